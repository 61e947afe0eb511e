"""`maturity-coach chat`: the coach in this terminal, with no account anywhere."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.command.application import Application, application_of

if TYPE_CHECKING:
    from adapters.terminal.app import Terminal

HISTORY = "history"  # file in the data folder


def chat(
    context: typer.Context,
    lang: Annotated[
        str | None, typer.Option(help="Your language where the text doesn't tell: en or zh.")
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Plain lines instead of cards; as when piped.")
    ] = False,
) -> None:
    """Talk with the coach in this terminal; piped, one message a line.

    Type a question, a number to press a button, or /help.
    """
    if lang not in (None, "en", "zh"):
        raise typer.BadParameter("--lang is en or zh")
    asyncio.run(_chat(application_of(context), lang, plain))


async def _chat(application: Application, lang: str | None, plain: bool) -> None:
    from adapters.terminal.keyboard import Keyboard, Pipe

    try:
        await application.prepare()
        terminal = _terminal(application, lang, plain)
        if sys.stdin.isatty():
            terminal.welcome()
            await terminal.run(Keyboard(terminal, application.data_folder / HISTORY))
        else:
            await terminal.run(Pipe(sys.stdin))
    except KeyboardInterrupt:
        pass
    finally:
        await application.close()


def warn_of_additions(application: Application) -> None:
    """On standard error, what of the overlay can't be used."""
    for problem in application.overlay.problems:
        sys.stderr.write(f"overlay: {problem}\n")


def _terminal(application: Application, lang: str | None, plain: bool) -> Terminal:
    from rich.console import Console

    from adapters.terminal.app import Terminal
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.clock import MovableClock
    from adapters.terminal.screen import Cards, Lines

    clock = MovableClock(application.clock)
    chat = TerminalChat()
    screen = Cards(Console()) if sys.stdout.isatty() and not plain else Lines(sys.stdout)
    warn_of_additions(application)
    whole = application.coach(chat, clock)

    return Terminal(
        whole.coach,
        chat,
        clock,
        screen,
        locale={"zh": "zh-CN", "en": "en"}.get(lang or ""),
    )
