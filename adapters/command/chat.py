"""`maturity-coach chat`: the coach in this terminal, with no account anywhere."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer

from adapters.command.application import Application, application_of
from adapters.command.conversing import converse, due, screen

HISTORY = "history"  # file in the data folder
LONGEST_PULSE = timedelta(days=366)
MOST_PULSES = 1000  # looked at


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
        clock = MovableClock(application.clock, fixed=await _is_shared(application))
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


async def _is_shared(application: Application) -> bool:
    """Whether people on Slack or Teams live by the clock of the same database."""
    from adapters.terminal.inbound import TERMINAL

    if application.serves_platforms:
        return True
    later = application.clock() + LONGEST_PULSE
    open_ones = await application.store.pulses.due_to_close(later, MOST_PULSES)
    return any(one.workspace != TERMINAL for one in open_ones)


def warn_of_additions(application: Application) -> None:
    """On standard error, what of the overlay can't be used."""
    for problem in application.overlay.problems:
        sys.stderr.write(f"overlay: {problem}\n")
