"""Where lines come from: a person's keyboard with a history, or a pipe."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.history import FileHistory, InMemoryHistory

from adapters.terminal.app import Terminal

MOST_CHARACTERS = 1_000_000  # of one piped line; more is cut


class Keyboard:
    """Lines typed at a terminal; Ctrl-C gives up a form, or ends; Ctrl-D ends."""

    def __init__(self, terminal: Terminal, history: Path | None) -> None:
        self._terminal = terminal
        self._session: PromptSession[str] = PromptSession(history=_history(history))

    async def line(self, prompt: str) -> str | None:
        while True:
            try:
                return await self._session.prompt_async(prompt)
            except KeyboardInterrupt:
                if not self._terminal.interrupt():
                    return None
            except EOFError:
                return None

    async def aside(self, show: Callable[[], None]) -> None:
        """Above the line that is being typed, which stays as it is."""
        await run_in_terminal(show)


class Pipe:
    """One message a line."""

    def __init__(self, source: TextIO) -> None:
        self._source = source

    async def line(self, prompt: str) -> str | None:
        line = await asyncio.to_thread(self._source.readline)
        return line.rstrip("\r\n")[:MOST_CHARACTERS] if line else None

    async def aside(self, show: Callable[[], None]) -> None:
        show()


def _history(file: Path | None) -> FileHistory | InMemoryHistory:
    if file is None:
        return InMemoryHistory()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))
