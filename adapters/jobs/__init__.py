"""Who calls plan and deliver: a task in this process, or a queue on PostgreSQL."""

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
