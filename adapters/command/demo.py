"""`maturity-coach demo`: a sample team's three months, lived through the real coach in seconds."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from adapters.command.application import Application, application_of
from adapters.command.conversing import converse, due, screen

LOCALES = {"zh": "zh-CN", "en": "en"}


def demo(
    context: typer.Context,
    lang: Annotated[str, typer.Option(help="Of the conversation and the team: en or zh.")] = "en",
) -> None:
    """Open a terminal on a sample team with three months of pulses, questions and digests.

    It is sample data, in a database of its own, made anew each time; yours is not touched.
    Try: /digest preview, /pulse history, /pulse results, /coach actions, /coach gaps, /coach audit.
    """
    if lang not in LOCALES:
        raise typer.BadParameter("--lang is en or zh")
    asyncio.run(_demo(application_of(context).sample(), lang))


async def _demo(sample: Application, lang: str) -> None:
    from adapters.command.sampleteam import CHANNEL, LEAD, SampleTeam
    from adapters.terminal.app import Terminal
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.clock import MovableClock

    try:
        await sample.prepare()
        clock, chat = MovableClock(sample.clock), TerminalChat(zone=sample.zone or "UTC")
        whole = sample.coach(chat, clock)
        await SampleTeam(whole, chat, clock, lang, LOCALES[lang]).live(_progress)
        locale, tick = LOCALES[lang], due(whole.sending)
        terminal = Terminal(whole.coach, chat, clock, screen(), locale=locale, tick=tick)
        terminal.welcome_to_sample(CHANNEL)
        for line in (f"/as {LEAD}", f"/in #{CHANNEL}"):
            await terminal.take(line)
        await converse(sample, terminal, whole.sending, sample.data_folder / "history")
    except KeyboardInterrupt:
        pass
    finally:
        await sample.close()


def _progress(day: int, of: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if day == of else ""
        sys.stderr.write(f"\rA sample team's three months: day {day} of {of}{end}")
        sys.stderr.flush()
