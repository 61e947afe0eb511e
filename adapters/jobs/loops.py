"""Steps repeated for as long as the process lives: an error or a store away ends none of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.delivering import JobReport
from bot.errors import StoreUnavailable

AWAY = 2.0  # seconds until a step is tried again that failed

Step = Callable[[], Awaitable[float]]  # one round; seconds until the next


class Loops:
    """One task a step, until `stop`, which lets the rounds under way come to their end."""

    def __init__(self, report: JobReport) -> None:
        self._report = report
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    def start(self, *steps: Step) -> None:
        self._stopping.clear()
        self._tasks = [
            asyncio.create_task(self._forever(step), name=f"coach-{_name(step)}") for step in steps
        ]

    async def stop(self, grace: float) -> None:
        """Rounds that take longer than `grace` seconds are cancelled."""
        self._stopping.set()
        if self._tasks:
            _, slow = await asyncio.wait(self._tasks, timeout=grace)
            for task in slow:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait(self) -> None:
        """Until stopped."""
        await asyncio.gather(*self._tasks)

    async def _forever(self, step: Step) -> None:
        while not self._stopping.is_set():
            seconds = AWAY
            try:
                seconds = await step()
            except StoreUnavailable:
                pass
            except Exception as error:  # noqa: BLE001  the supervisor: a loop must not end
                self._report(error, doing=_name(step))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()


def _name(step: Step) -> str:
    return getattr(step, "__name__", "job").strip("_")
