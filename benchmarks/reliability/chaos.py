"""Everything bad that is done while posts are made, each with the proof that it met some."""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.reliability.platform import Platform
from benchmarks.reliability.processes import Release, Replica
from benchmarks.reliability.replica import AHEAD, BEHIND, RIGHT

PATIENCE = 3.0  # seconds that one replica is watched for a request
DOWN = 2.0  # seconds without PostgreSQL
WRONG = 1.5  # seconds with a wrong clock, each way
MIXED = 1.5  # seconds that two versions are at work side by side
STORM = (1.5, 6.0, 8)  # at least and at most so many seconds; enough 429s
OTHER = {"embedded": "queue", "queue": "embedded"}


class Missed(Exception):
    """An event that met nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One event, and what was going on when it came."""

    event: str
    at: float  # seconds since the start
    in_flight: int  # requests that it met: of the replica, or of all for what concerns all
    before: int  # posts accepted before it


@dataclass(kw_only=True)
class Chaos:
    """Events come when a share of all posts was accepted."""

    replicas: list[Replica]
    platform: Platform
    release: Release
    expected: int  # posts
    lease: float  # seconds
    stop_database: Callable[[], None] | None = None
    start_database: Callable[[], None] | None = None
    seed: int = 1
    hits: list[Hit] = field(default_factory=list)
    over: bool = False  # nothing is left to post

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._began = time.monotonic()

    def events(self, chosen: frozenset[str], kills: int) -> dict[str, Coroutine[Any, Any, None]]:
        """To be run at the same time; each raises Missed if it meets nothing."""
        every: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "kill": lambda: self.killing(kills),
            "dead": lambda: self.dying_for_good(0.1),
            "clock": lambda: self.clocks_wrong(0.2),
            "freeze": lambda: self.freezing(0.3),
            "restart": lambda: self.crashing(0.4),
            "storm": lambda: self.storming(0.5),
            "deploy": lambda: self.deploying(0.6),
            "switch": lambda: self.switching(0.7),
        }
        return {name: make() for name, make in every.items() if name in chosen}

    async def killing(self, kills: int) -> None:
        """kill -9 of a random replica every 1–2 s, each started again at once."""
        await self._reached(0.02)
        for _ in range(kills):
            await asyncio.sleep(self._random.uniform(1.0, 2.0))
            async with self._busy() as one:
                self._hit("kill", self.platform.flying[one.name])
                await one.kill()
                await one.start()

    async def dying_for_good(self, share: float) -> None:
        await self._reached(share)
        async with self._busy() as one:
            self._hit("dead", self.platform.flying[one.name])
            one.dead = True
            await one.kill()

    async def freezing(self, share: float) -> None:
        """Longer than the lease, then awake again with its work in hand."""
        await self._reached(share)
        async with self._busy() as one:
            one.send(signal.SIGSTOP)
            self._hit("freeze", self.platform.flying[one.name])
            try:
                await asyncio.sleep(self.lease * 1.5)
            finally:
                one.send(signal.SIGCONT)

    async def crashing(self, share: float) -> None:
        """PostgreSQL, at once and without goodbye."""
        assert self.stop_database
        assert self.start_database
        await self._reached(share)
        await self._some_in_flight()
        self._hit("restart", self.platform.in_flight)
        try:
            await asyncio.to_thread(self.stop_database)
            await asyncio.sleep(DOWN)
        finally:
            await asyncio.to_thread(self.start_database)

    async def deploying(self, share: float) -> None:
        await self._reached(share)
        self.release.version += 1
        met = 0
        before = len(self.platform.posts)
        for one in self._living():
            async with one.lock:
                met += await self._has_in_flight(one)
                await one.stop()
                await one.start()
                await one.ready()
            await asyncio.sleep(MIXED)
        self._hit("deploy", met, before=before)

    async def switching(self, share: float) -> None:
        """Both engines post from one database for a while."""
        await self._reached(share)
        before = len(self.platform.posts)
        first, *others = self._living()
        await self._switch(first)
        engines = await self._both_post(first, others)
        for one in others:
            await self._switch(one)
        self._hit("switch", engines, before=before)

    async def _switch(self, one: Replica) -> None:
        async with one.lock:
            await one.stop()
            one.engine = OTHER[one.engine]
            await one.start()
            await one.ready()

    async def _both_post(self, first: Replica, others: list[Replica]) -> int:
        """Posts since the first was switched, 0 unless they came through both engines."""
        since, until = len(self.platform.posts), time.monotonic() + 4 * PATIENCE
        wanted = {one.engine for one in (first, *others)}
        while time.monotonic() < until and not self.over:
            made = [one.replica.partition(":")[2] for one in self.platform.posts[since:]]
            if set(made) == wanted:
                return len(made)
            await asyncio.sleep(0.05)
        return 0

    async def clocks_wrong(self, share: float) -> None:
        """Of one replica, by hours; the database's stays right."""
        await self._reached(share)
        async with self._busy() as one:
            self._hit("clock", self.platform.flying[one.name])
            for number in (AHEAD, BEHIND):
                one.send(number)
                await asyncio.sleep(WRONG)
            one.send(RIGHT)

    async def storming(self, share: float) -> None:
        await self._reached(share)
        before, given = len(self.platform.posts), self.platform.counts.answers
        began, already = time.monotonic(), given["429"]
        shortest, longest, enough = STORM
        self.platform.storming = True
        try:
            while (passed := time.monotonic() - began) < longest and not self.over:
                await asyncio.sleep(0.05)
                if passed > shortest and given["429"] - already >= enough:
                    break
        finally:
            self.platform.storming = False
        self._hit("storm", given["429"] - already, before=before)

    def _living(self) -> list[Replica]:
        return [one for one in self.replicas if not one.dead]

    def _hit(self, event: str, in_flight: int, *, before: int | None = None) -> None:
        """Raises Missed if there was nothing to meet."""
        posts = len(self.platform.posts)
        self.hits.append(
            Hit(
                event=event,
                at=round(time.monotonic() - self._began, 1),
                in_flight=in_flight,
                before=posts if before is None else before,
            )
        )
        if not in_flight:
            raise Missed("met no request")

    async def _reached(self, share: float) -> None:
        while len(self.platform.posts) < share * self.expected:
            self._still_on()
            await asyncio.sleep(0.01)

    async def _some_in_flight(self) -> None:
        while not self.platform.in_flight:
            self._still_on()
            await asyncio.sleep(0.002)

    @asynccontextmanager
    async def _busy(self) -> AsyncIterator[Replica]:
        """A random replica that has a request in flight this moment, locked."""
        while True:
            self._still_on()
            free = [one for one in self._living() if not one.lock.locked()]
            if not free:
                await asyncio.sleep(0.01)
                continue
            one = self._random.choice(free)
            async with one.lock:
                if not one.dead and await self._has_in_flight(one):
                    yield one
                    return

    async def _has_in_flight(self, one: Replica) -> int:
        """Its requests as soon as it has some; 0 if it has none for a while."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self.over:
            if flying := self.platform.flying[one.name]:
                return flying
            await asyncio.sleep(0.002)
        return 0

    def _still_on(self) -> None:
        if self.over:
            raise Missed("everything was posted before")
