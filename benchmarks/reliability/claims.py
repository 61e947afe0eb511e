"""The real store, noting when each send was claimed: to judge whether pauses are obeyed."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from adapters.database.engine import Database
from adapters.database.sends import DatabaseSends
from bot.delivering import send_key
from bot.messages import Workspace
from bot.ports.sends import Claimed


class NotedSends(DatabaseSends):
    """Implements bot.ports.sends.SendStore."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.claims: dict[str, float] = {}  # when it was last asked for, by the machine's clock

    async def claim(
        self, workspace: Workspace, now: datetime, *, most: int, pace: float, lease: timedelta
    ) -> tuple[Claimed, ...]:
        began = time.monotonic()
        claimed = await super().claim(workspace, now, most=most, pace=pace, lease=lease)
        return self._noted(claimed, began)

    async def claim_these(
        self,
        workspace: Workspace,
        keys: Sequence[str],
        now: datetime,
        *,
        pace: float,
        lease: timedelta,
    ) -> tuple[Claimed, ...]:
        began = time.monotonic()
        claimed = await super().claim_these(workspace, keys, now, pace=pace, lease=lease)
        return self._noted(claimed, began)

    def _noted(self, claimed: tuple[Claimed, ...], began: float) -> tuple[Claimed, ...]:
        self.claims |= {send_key(one.send): began for one in claimed}
        return claimed
