"""Replicas as processes, started as often as they are killed."""

import asyncio
import signal
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.reliability.nursery import STARTS_WITHIN, Child, Nursery

STOPS_WITHIN = 20.0  # seconds


@dataclass(kw_only=True)
class Release:
    """What is deployed: whoever is started gets it."""

    version: int = 1


@dataclass(kw_only=True)
class Replica:
    """Who does something to it holds `lock` meanwhile."""

    number: int
    arguments: list[str]
    nursery: Nursery
    release: Release
    log: Path
    engine: str = "embedded"
    dead: bool = False  # for good
    process: Child | None = None
    starts: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def name(self) -> str:
        """Of the process that runs now; the API counts by it."""
        return f"{self.number}.{self.starts}:{self.engine}"

    async def start(self) -> None:
        assert not self.dead
        self.starts += 1
        own = ["--name", self.name, "--engine", self.engine, "--version", self.release.version]
        self.process = await self.nursery.fork([*self.arguments, *map(str, own)], self.log)

    async def ready(self) -> None:
        """Raises TimeoutError or RuntimeError if it doesn't start."""
        assert self.process
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                await self.process.ready.wait()
        except TimeoutError as error:
            raise TimeoutError(f"a replica did not start within {STARTS_WITHIN:.0f} s") from error
        if self.process.ended.is_set():
            log = self.log.read_text(errors="replace")[-1000:] if self.log.exists() else ""
            raise RuntimeError(f"a replica ended at its start: {log}")

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            await self.process.ended.wait()

    async def stop(self) -> None:
        """As an orchestrator does: SIGTERM, and SIGKILL for who doesn't listen."""
        self.send(signal.SIGTERM)
        if self.process is not None:
            try:
                async with asyncio.timeout(STOPS_WITHIN):
                    await self.process.ended.wait()
            except TimeoutError:
                await self.kill()
