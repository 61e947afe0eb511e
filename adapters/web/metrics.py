"""What an operator's monitoring reads: requests, how long they took, and whether we are ready."""

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.errors import StoreUnavailable

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class Sends(Protocol):
    """What was sent by itself, in the whole installation."""

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """By kind and state."""
        ...

    async def pauses(self) -> int:
        """Workspaces that wait because their platform asked for it."""
        ...


class Metrics:
    """Requests of this process and sends of all; labels hold nothing of people."""

    def __init__(self, sends: Sends | None = None) -> None:
        self.registry = CollectorRegistry()
        self._sends = sends
        self._counted = Gauge(
            "coach_sends",
            "What the coach sends by itself, by kind and state, as long as it is kept.",
            ("kind", "state"),
            registry=self.registry,
        )
        self._pauses = Gauge(
            "coach_paused_workspaces",
            "Workspaces in which nothing is sent because the platform asked to wait.",
            registry=self.registry,
        )
        self._requests = Counter(
            "coach_http_requests",
            "Requests answered, by route and status.",
            ("route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "coach_http_seconds",
            "Time until a request was answered (for a chat platform: acknowledged).",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.ready = Gauge(
            "coach_ready",
            "1 if the last look at database, schema and knowledge found nothing wrong.",
            registry=self.registry,
        )

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
            route = request.match_info.route.resource
            name = route.canonical if route else "unknown"
            status = "500"
            with self._seconds.labels(name).time():
                try:
                    response = await handler(request)
                    status = str(response.status)
                    return response
                except web.HTTPException as refused:
                    status = str(refused.status)
                    raise
                finally:
                    self._requests.labels(name, status).inc()

        return counted

    async def _count(self) -> None:
        """What can't be counted now is left out: a figure of earlier would pass for one of now."""
        self._counted.clear()
        self._pauses.set(math.nan)
        if self._sends is None:
            return
        with suppress(StoreUnavailable):
            for (kind, state), number in (await self._sends.counts()).items():
                self._counted.labels(kind, state).set(number)
            self._pauses.set(await self._sends.pauses())

    async def show(self, _request: web.Request) -> web.Response:
        await self._count()
        return web.Response(
            body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
