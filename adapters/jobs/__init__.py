"""Who calls plan and deliver: a task in this process, or a queue on PostgreSQL."""

import asyncio
import signal
from contextlib import suppress
from typing import Protocol


class Jobs(Protocol):
    """Either of them."""

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand; the rest is left to its lease."""
        ...

    async def run(self) -> None:
        """Until cancelled; then as `stop`."""
        ...


async def until_told(jobs: Jobs) -> None:
    """Run them until SIGTERM or SIGINT, then finish what is in hand."""
    told = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(one, told.set)
    await jobs.start()
    try:
        await told.wait()
    finally:
        await jobs.stop()
