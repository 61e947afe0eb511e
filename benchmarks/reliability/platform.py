"""A chat API on loopback that records every post it accepts, and can be as nasty as real ones."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field

from aiohttp import web

ACCEPTS_AFTER = 0.25  # share of the answer's time after which a post stands
SLOW_DOWN = 2  # seconds of Retry-After in a storm


@dataclass(kw_only=True)
class Platform:
    """Accepts posts, answers after a while, drops connections, storms, refuses; never forgets."""

    fastest: float = 0.1  # seconds
    slowest: float = 0.4  # seconds
    drops: float = 0.0  # share of accepted posts whose connection is dropped before the answer
    refused: Set[str] = frozenset()  # channels that refuse for good
    seed: int = 1
    storming: bool = False
    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[str, str] = field(default_factory=dict)  # send key → message
    storms: int = 0  # answers "slow down" given
    dropped: int = 0
    busiest: int = 0  # requests at the same time
    _now: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Its address."""
        app = web.Application()
        app.router.add_post("/post", self._post)
        app.router.add_get("/find", self._find)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def lost(self, channels: Set[str]) -> list[str]:
        """Channels that should have a post and have none."""
        return sorted(channels - self.refused - {one for one, of in self.accepted.items() if of})

    def doubled(self) -> list[str]:
        """Channels with more posts than intended sends."""
        return sorted(one for one, of in self.accepted.items() if len(of) != len(set(of)))

    async def _post(self, request: web.Request) -> web.StreamResponse:
        self._now += 1
        self.busiest = max(self.busiest, self._now)
        try:
            return await self._answer(request)
        finally:
            self._now -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        channel, key = body["channel"], body["key"]
        if self.storming and self._random.random() < 0.5:
            self.storms += 1
            return web.json_response({"error": "ratelimited", "seconds": SLOW_DOWN}, status=429)
        if channel in self.refused:
            return web.json_response({"error": "is_archived"}, status=403)
        takes = self._random.uniform(self.fastest, self.slowest)
        await asyncio.shield(asyncio.sleep(takes * ACCEPTS_AFTER))
        message = f"m{len(self.keys) + 1}"
        self.accepted[channel].append(key)
        self.keys[key] = message
        if self._random.random() < self.drops:
            self.dropped += 1
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        await asyncio.sleep(takes * (1 - ACCEPTS_AFTER))
        return web.json_response({"message": message})

    async def _find(self, request: web.Request) -> web.Response:
        message = self.keys.get(request.query["key"])
        if message is None:
            return web.json_response({"error": "none"}, status=404)
        return web.json_response({"message": message})
