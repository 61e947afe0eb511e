"""A chat API on loopback that records every post it accepts, and can be as nasty as real ones."""

import asyncio
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ACCEPTS_AFTER = 0.25  # share of the answer's time after which a post stands
SKEW = -20.0  # seconds by which its clock differs from everybody else's
SETTLED = 1.0  # seconds in which a 429 has reached all replicas through the database
RETRY_AFTER = (1, 2, 4, 8)  # seconds, by workspace
HISTORY_FATES = {2: "error", 4: "slow down", 6: "slow"}  # of each twenty look-ups
WORDS = frozenset({"extra", "ask", "again", "news"})  # posts that say what they are
Target = tuple[str, str]  # channel and kind of send


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One that was accepted."""

    channel: str
    kind: str
    key: str
    replica: str
    stamp: float  # seconds by the platform's clock
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """A workspace's Retry-After, by the steady clock."""

    began: float
    until: float


@dataclass(kw_only=True)
class Counts:
    """What was answered, and what was asked at the wrong time."""

    answers: Counter[str] = field(default_factory=Counter)  # by fate
    refusals: Counter[Target] = field(default_factory=Counter)
    lookups: int = 0
    found: set[str] = field(default_factory=set)  # keys that were looked for and stood there
    in_hand: int = 0  # requests during a Retry-After that were claimed before it
    trespasses: int = 0  # those that were claimed during it
    busiest: int = 0  # requests at the same time


@dataclass(kw_only=True)
class Platform:
    """Accepts posts, answers after a while, fails as its fates say; never forgets."""

    lease: float  # seconds, of those who post
    fastest: float = 0.1  # seconds
    slowest: float = 0.4  # seconds
    fates: Mapping[int, str] = field(default_factory=dict)  # by number of the request
    nasty_history: bool = False
    refused: Set[str] = frozenset()  # channels that refuse for good
    seed: int = 1
    storming: bool = False
    posts: list[Post] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    flying: Counter[str] = field(default_factory=Counter)  # requests now, by replica

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._runner: web.AppRunner | None = None
        self._history: dict[str, list[Post]] = defaultdict(list)
        self._pauses: dict[str, Pause] = {}
        self._requests = 0

    async def start(self) -> str:
        """Its address."""
        app = web.Application()
        app.router.add_post("/post", self._post)
        app.router.add_get("/history", self._look)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def in_flight(self) -> int:
        return self.flying.total()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.flying[body["replica"]] += 1
        self.counts.busiest = max(self.counts.busiest, self.in_flight)
        try:
            return await self._answer(request, body)
        finally:
            self.flying[body["replica"]] -= 1

    async def _answer(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        channel, text = body["channel"], body["text"].strip()
        target = (channel, text if text in WORDS else "digest")
        if (refusal := self._refusal(target, body["claimed"])) is not None:
            return refusal
        self._requests += 1
        fate = self.fates.get(self._requests, "")
        if fate:
            self.counts.answers[fate] += 1
        takes = self._random.uniform(self.fastest, self.slowest)
        if fate == "late":
            await self._after_goodbye(request)
        else:
            await asyncio.sleep(takes * ACCEPTS_AFTER)
        if fate == "error before":
            return _failed(self._random.choice((500, 502, 503)))
        post = self._accept(target, body)
        if fate == "drop" and request.transport is not None:
            request.transport.abort()
        if fate == "error after":
            return _failed(self._random.choice((500, 502, 503)))
        await asyncio.sleep(takes * (1 - ACCEPTS_AFTER))
        return web.json_response({"message": post.message})

    def _refusal(self, target: Target, claimed: float) -> web.Response | None:
        channel, _ = target
        workspace = channel.partition("/")[0]
        pause, now = self._pauses.get(workspace), time.monotonic()
        if pause is not None and now < pause.until:
            if claimed < pause.began + SETTLED:
                self.counts.in_hand += 1
            else:
                self.counts.trespasses += 1
            return _slow_down(pause.until - now)
        if self.storming and self._random.random() < 0.5:
            return self._pause(workspace)
        if channel in self.refused:
            self.counts.refusals[target] += 1
            return web.json_response({"error": "is_archived"}, status=403)
        return None

    def _pause(self, workspace: str) -> web.Response:
        seconds = RETRY_AFTER[sum(workspace.encode()) % len(RETRY_AFTER)]
        now = time.monotonic()
        self._pauses[workspace] = Pause(began=now, until=now + seconds)
        self.counts.answers["429"] += 1
        return _slow_down(seconds)

    async def _after_goodbye(self, request: web.Request) -> None:
        """Until a while after the client hung up, and not longer than it may take to post."""
        until = time.monotonic() + self.lease / 2
        while time.monotonic() < until:
            await asyncio.sleep(0.02)
            if request.transport is None or request.transport.is_closing():
                await asyncio.sleep(self.lease / 5)
                return

    def _accept(self, target: Target, body: dict[str, Any]) -> Post:
        channel, kind = target
        post = Post(
            channel=channel,
            kind=kind,
            key=body["key"],
            replica=body["replica"],
            stamp=time.time() + SKEW,
            message=f"m{len(self.posts) + 1}",
        )
        self.posts.append(post)
        self._history[channel].append(post)
        return post

    async def _look(self, request: web.Request) -> web.Response:
        """What stands in a channel since then, with the keys that posts were given."""
        self.counts.lookups += 1
        fate = HISTORY_FATES.get(self.counts.lookups % 20, "") if self.nasty_history else ""
        channel, oldest = request.query["channel"], float(request.query["oldest"])
        if fate:
            self.counts.answers[f"look-up: {fate}"] += 1
        if fate == "error":
            return _failed(503)
        if fate == "slow down":
            return self._pause(channel.partition("/")[0])
        if fate == "slow":
            await asyncio.sleep(self.lease * 0.6)
        shown = [one for one in self._history[channel] if one.stamp >= oldest]
        self.counts.found |= {one.key for one in shown} & {request.query["for"]}  # only counted
        await asyncio.sleep(self._random.uniform(self.fastest, self.slowest) / 2)
        return web.json_response(
            {"messages": [{"key": one.key, "message": one.message} for one in shown]}
        )


def _slow_down(seconds: float) -> web.Response:
    headers = {"Retry-After": str(math.ceil(seconds))}
    return web.json_response({"error": "ratelimited"}, status=429, headers=headers)


def _failed(status: int) -> web.Response:
    return web.json_response({"error": "server"}, status=status)
