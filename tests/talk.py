"""A conversation with the whole coach through the terminal adapter, as text."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

from adapters.terminal.app import Terminal
from adapters.terminal.chat import TerminalChat
from adapters.terminal.clock import MovableClock
from adapters.terminal.screen import Lines
from bot.assembly import Surroundings, assembled
from bot.messages import Inbound
from bot.ports import Store
from knowledge.base import KnowledgeBase
from knowledge.overlay import NOTHING, Overlay
from knowledge.search import Finder

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday


class Reports:
    """Implements bot.coach.Report; nothing unexpected may happen unnoticed in a test."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __call__(self, error: Exception, *, reference: str, inbound: Inbound) -> None:
        self.errors.append(error)


class Talk:
    """Takes lines, gives what the terminal shows."""

    def __init__(
        self,
        *,
        base: KnowledgeBase,
        finder: Finder,
        store: Store,
        overlay: Overlay = NOTHING,
        clock: Callable[[], datetime] = lambda: START,
    ) -> None:
        self.reports = Reports()
        self.chat = TerminalChat()
        self.clock = MovableClock(clock)
        self._out = io.StringIO()
        around = Surroundings(
            base=base,
            finder=finder,
            overlay=overlay,
            store=store,
            chat=self.chat,
            clock=self.clock,
            report=self.reports,
            job_report=job_failed,
        )
        whole = assembled(around)
        self.terminal = Terminal(
            whole.coach, self.chat, self.clock, Lines(self._out), tick=whole.sending.all_due
        )

    async def say(self, line: str) -> str:
        """What appears after this line; raises what went wrong unexpectedly."""
        await self.terminal.take(line)
        shown = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        if self.reports.errors:
            raise self.reports.errors[0]
        return shown.rstrip("\n")


def job_failed(error: Exception, *, doing: str) -> None:
    raise AssertionError(doing) from error
