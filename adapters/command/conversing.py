"""A conversation in this terminal, with what the coach sends by itself appearing between."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from adapters.command.application import Application
    from adapters.terminal.app import Input, Terminal
    from adapters.terminal.screen import Screen
    from bot.sending import Sending


def screen(*, plain: bool = False) -> Screen:
    """Cards for a person, lines for a pipe."""
    from adapters.terminal.screen import Cards, Lines

    if plain or not sys.stdout.isatty():
        return Lines(sys.stdout)
    from rich.console import Console

    return Cards(Console())


def due(sending: Sending) -> Callable[[], Awaitable[None]]:
    """Does what is due by now; what can't be done while the store is away waits for the next."""
    from bot.errors import StoreUnavailable

    async def done() -> None:
        with suppress(StoreUnavailable):
            await sending.all_due()

    return done


async def converse(
    application: Application, terminal: Terminal, sending: Sending, history: Path
) -> None:
    """At a keyboard the jobs run beside it; in a pipe, where every line counts, after each line."""
    from adapters.terminal.keyboard import Keyboard, Pipe

    if sys.stdin.isatty():
        await at_keyboard(application, terminal, sending, Keyboard(terminal, history))
    else:
        await terminal.run(Pipe(sys.stdin))


async def at_keyboard(
    application: Application, terminal: Terminal, sending: Sending, lines: Input
) -> None:
    """Until the lines end; meanwhile what comes due is sent while nobody types, too."""
    beside = asyncio.create_task(application.embedded_jobs(sending).run())
    try:
        await terminal.run(lines)
    finally:
        beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside
