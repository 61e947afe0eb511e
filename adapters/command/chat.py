"""`maturity-coach chat`: the coach in this terminal, with no account anywhere."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from adapters.command.application import Application, application_of
from adapters.command.conversing import converse, due, screen

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
    from adapters.terminal.app import Terminal
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.clock import MovableClock

    try:
        await application.prepare()
        clock = MovableClock(application.clock, fixed=application.serves_platforms)
        chat = TerminalChat(zone=application.zone)
        warn_of_additions(application)
        whole = application.coach(chat, clock)
        locale = {"zh": "zh-CN", "en": "en"}.get(lang or "")
        tick = due(whole.sending)
        terminal = Terminal(whole.coach, chat, clock, screen(plain=plain), locale=locale, tick=tick)
        if sys.stdin.isatty():
            terminal.welcome()
        await converse(application, terminal, whole.sending, application.data_folder / HISTORY)
    except KeyboardInterrupt:
        pass
    finally:
        await application.close()


def warn_of_additions(application: Application) -> None:
    """On standard error, what of the overlay can't be used."""
    for problem in application.overlay.problems:
        sys.stderr.write(f"overlay: {problem}\n")
