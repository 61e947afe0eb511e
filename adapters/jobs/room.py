"""How much may be in hand at once, in all and of one workspace: one that hangs leaves room."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.messages import Workspace


class Room:
    """Who comes when it is full waits; a share larger than all of it counts as all of it."""

    def __init__(self, size: int, *, each: int) -> None:
        self._size = size
        self._each = each
        self._taken = 0
        self._of: Counter[Workspace] = Counter()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def taken(self, workspace: Workspace, share: int) -> AsyncIterator[None]:
        share = min(share, self._size, self._each)
        async with self._changed:
            await self._changed.wait_for(lambda: self._has(workspace, share))
            self._taken += share
            self._of[workspace] += share
        try:
            yield
        finally:
            async with self._changed:
                self._taken -= share
                self._of[workspace] -= share
                self._changed.notify_all()

    def _has(self, workspace: Workspace, share: int) -> bool:
        return self._taken + share <= self._size and self._of[workspace] + share <= self._each
