"""What has served its time is deleted, once a day, as docs/privacy.md promises."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.closing import DIFFERENCING
from bot.coach import REMEMBERED
from bot.messages import Message
from bot.ports import Store
from bot.ports.chat import Posted
from bot.ports.sends import Send, Unknown

EVERY = timedelta(days=1)
DELIVERIES = timedelta(hours=24)  # no platform repeats a delivery for as long
AUDIENCES = 2 * DIFFERENCING  # as long as they are compared with other pulses' audiences
SENDS = timedelta(days=100)  # finished ones; longer than any weekly key can come up again


class Retention:
    """Implements bot.ports.sends.Sender, for its turn in the planning; it sends nothing.

    Each process deletes for itself: a second one finds nothing left to do.
    """

    def __init__(self, store: Store, *, gaps_days: int) -> None:
        self._store = store
        self._gaps = timedelta(days=gaps_days)
        self._last: datetime | None = None

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {}

    async def plan(self, now: datetime) -> int:
        if self._last is not None and self._last <= now < self._last + EVERY:
            return 0
        await self.forget(now)
        self._last = now
        return 0

    async def forget(self, now: datetime) -> Sequence[int]:
        """Deliveries, topics at hand, unanswered questions, finished sends, who was asked in
        pulses long ago: how many of each.
        """
        return (
            await self._store.inbox.forget_before(now - DELIVERIES),
            await self._store.asking.forget_at_hand_before(now - REMEMBERED),
            await self._store.asking.forget_gaps_before(now - self._gaps),
            await self._store.sends.forget_before(now - SENDS),
            await self._store.pulses.forget_audiences(now - AUDIENCES),
        )

    async def compose(self, send: Send, now: datetime) -> Message | None:
        return None

    async def posted(self, send: Send, posted: Posted) -> None:
        """It never posts."""
