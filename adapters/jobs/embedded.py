"""Jobs inside one process: two supervised loops, one that plans and one that delivers."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.errors import StoreUnavailable
from bot.sending import JobReport, Sending, Taken

PARALLEL = 128  # sends in hand at the same time
PLAN_EVERY = 5.0  # seconds
POLL = 1.0  # seconds, when nothing was waiting
BUSY_POLL = 0.05  # seconds, when something was
AWAY = 2.0  # seconds until a store that can't be reached is tried again
GRACE = 30.0  # seconds that a stop waits for what is in hand


class Embedded:
    """Runs until it is stopped; survives a store that goes away and comes back."""

    def __init__(
        self,
        sending: Sending,
        report: JobReport,
        *,
        parallel: int = PARALLEL,
        plan_every: float = PLAN_EVERY,
        poll: float = POLL,
    ) -> None:
        self._sending = sending
        self._report = report
        self._parallel = parallel
        self._plan_every = plan_every
        self._poll = poll
        self._in_hand: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._forever(self._plan, "plan"), name="coach-plan"),
            asyncio.create_task(self._forever(self._deliver, "deliver"), name="coach-deliver"),
        ]

    async def stop(self, grace: float = GRACE) -> None:
        """Take nothing new, finish what is in hand; the rest is left to its lease."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._in_hand:
            _, slow = await asyncio.wait(self._in_hand, timeout=grace)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)

    async def run(self) -> None:
        """Until cancelled; then stops gracefully."""
        await self.start()
        try:
            await asyncio.gather(*self._loops)
        finally:
            await self.stop()

    async def _forever(self, step: Callable[[], Awaitable[float]], doing: str) -> None:
        while True:
            wait = AWAY
            try:
                wait = await step()
            except StoreUnavailable:
                pass
            except Exception as error:  # noqa: BLE001  the supervisor: a loop must not end
                self._report(error, doing=doing)
            await asyncio.sleep(wait)

    async def _plan(self) -> float:
        await self._sending.plan()
        return self._plan_every

    async def _deliver(self) -> float:
        free = self._parallel - len(self._in_hand)
        if 2 * free < self._parallel:  # few at a time would cost as many statements as many
            await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
            return 0.0
        taken = await self._sending.take(free)
        for one in taken:
            self._begin(one)
        return BUSY_POLL if taken else self._idle()

    def _idle(self) -> float:
        return min(self._poll, 0.2) if self._in_hand else self._poll

    def _begin(self, one: Taken) -> None:
        task = asyncio.create_task(self._sending.deliver(one))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
