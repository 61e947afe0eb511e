"""Jobs inside one process: two supervised loops, one that plans and one that delivers."""

import asyncio

from adapters.jobs.loops import Loops
from bot.delivering import JobReport, Taken
from bot.sending import Sending

PARALLEL = 128  # sends in hand at the same time, a quarter of them of one workspace
PLAN_EVERY = 5.0  # seconds
POLL = 1.0  # seconds, when nothing was waiting
HANDS_POLL = 0.1  # seconds, when nothing was waiting and something is in hand
BUSY_POLL = 0.05  # seconds, when something was waiting
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
        self._parallel = parallel
        self._plan_every = plan_every
        self._poll = poll
        self._in_hand: set[asyncio.Task[None]] = set()
        self._loops = Loops(report)

    async def start(self) -> None:
        self._loops.start(self._plan, self._deliver)

    async def stop(self, grace: float = GRACE) -> None:
        """Take nothing new, finish what is in hand; the rest is left to its lease."""
        await self._loops.stop(grace)
        if self._in_hand:
            _, slow = await asyncio.wait(self._in_hand, timeout=grace)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)

    async def run(self) -> None:
        """Until cancelled; then stops gracefully."""
        await self.start()
        try:
            await self._loops.wait()
        finally:
            await self.stop()

    async def _plan(self) -> float:
        await self._sending.plan()
        return self._plan_every

    async def _deliver(self) -> float:
        free = self._parallel - len(self._in_hand)
        if 2 * free < self._parallel:  # few at a time would cost as many statements as many
            await asyncio.wait(
                self._in_hand, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED
            )
            return 0.0
        taken = await self._sending.take(free, self._begin, each=max(1, self._parallel // 4))
        if taken:
            return BUSY_POLL
        return min(self._poll, HANDS_POLL) if self._in_hand else self._poll

    def _begin(self, one: Taken) -> None:
        task = asyncio.create_task(self._sending.deliver(one))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
