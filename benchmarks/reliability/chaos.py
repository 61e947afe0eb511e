"""Replicas as processes, and everything bad that is done to them."""

import asyncio
import random
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(kw_only=True)
class Replica:
    """One process, started as often as it is killed."""

    arguments: list[str]
    process: asyncio.subprocess.Process | None = None
    log: Path | None = None

    async def start(self, *extra: str) -> None:
        out = self.log.open("ab") if self.log else None
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.reliability.replica",
            *self.arguments,
            *extra,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=out or asyncio.subprocess.DEVNULL,
        )
        if out:
            out.close()

    async def ready(self) -> None:
        assert self.process
        assert self.process.stdout
        try:
            async with asyncio.timeout(30):
                said = await self.process.stdout.readline()
        except TimeoutError as error:
            raise TimeoutError("a replica did not start within 30 s") from error
        if not said:
            log = self.log.read_text(errors="replace")[-1000:] if self.log else ""
            raise RuntimeError(f"a replica ended at its start: {log}")

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        if self.process is not None:
            await self.process.wait()

    async def stop(self) -> None:
        """As an orchestrator does: SIGTERM, and SIGKILL for who doesn't listen."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self.process is not None:
            try:
                async with asyncio.timeout(10):
                    await self.process.wait()
            except TimeoutError:
                await self.kill()


@dataclass(kw_only=True)
class Chaos:
    """What happens while digests are posted; each event once it is its turn."""

    replicas: list[Replica]
    lease: float
    seed: int = 1
    kills: int = 0
    events: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def killing(self, most: int, *, spare: Replica | None = None) -> None:
        """kill -9 of a random replica every 1–2 s, each started again at once."""
        while self.kills < most:
            await asyncio.sleep(self._random.uniform(1.0, 2.0))
            one = self._random.choice([one for one in self.replicas if one is not spare])
            await one.kill()
            await one.start()
            self.kills += 1

    async def dying_for_good(self, after: float) -> None:
        await asyncio.sleep(after)
        await self.replicas[-1].kill()
        self.events.append("one replica dead for good")

    async def freezing(self, after: float) -> None:
        """Longer than the lease, then awake again with its work in hand."""
        await asyncio.sleep(after)
        self.replicas[0].send(signal.SIGSTOP)
        await asyncio.sleep(self.lease * 1.5)
        self.replicas[0].send(signal.SIGCONT)
        self.events.append(f"frozen for {self.lease * 1.5:.0f} s")

    async def restarting(
        self, after: float, down: float, stop: Callable[[], None], start: Callable[[], None]
    ) -> None:
        """PostgreSQL, at once and without goodbye."""
        await asyncio.sleep(after)
        await asyncio.to_thread(stop)
        await asyncio.sleep(down)
        await asyncio.to_thread(start)
        self.events.append("PostgreSQL crashed and started")

    async def deploying(self, after: float) -> None:
        """One replica after the other, to the next version."""
        await asyncio.sleep(after)
        for one in self.replicas:
            await one.stop()
            await one.start("--version", "2")
            await asyncio.sleep(0.5)
        self.events.append("next version deployed")

    async def storming(self, set_storm: Callable[[bool], None], after: float, last: float) -> None:
        await asyncio.sleep(after)
        set_storm(True)
        await asyncio.sleep(last)
        set_storm(False)
        self.events.append("429 storm")
