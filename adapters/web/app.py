"""The one aiohttp application: chat platforms mounted on it, health, readiness, metrics."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from aiohttp import web

from adapters.web.metrics import Metrics

STOP_SECONDS = 20.0  # a stop waits so long for answers in hand


class Mount(Protocol):
    """A chat platform: adds its routes, and finishes what is in hand at the end."""

    def mount(self, application: web.Application) -> None: ...

    async def close(self, seconds: float) -> None: ...


class Readiness(Protocol):
    """Whether everything that an answer needs is there."""

    async def problems(self) -> Mapping[str, str]:
        """What is not ready and what to do, by part: database, schema, knowledge. Empty: ready."""
        ...


def application(
    mounts: Sequence[Mount],
    readiness: Readiness,
    metrics: Metrics,
    *,
    stop_seconds: float = STOP_SECONDS,
) -> web.Application:
    """Routes of all parts; on shutdown each mount finishes its answers."""
    app = web.Application(middlewares=[metrics.middleware])
    app.router.add_get("/healthz", _alive)
    app.router.add_get("/readyz", _Ready(readiness, metrics).answer)
    app.router.add_get("/metrics", metrics.show)
    for one in mounts:
        one.mount(app)

    async def close(_app: web.Application) -> None:
        for one in mounts:
            await one.close(stop_seconds)

    app.on_shutdown.append(close)
    return app


async def _alive(_request: web.Request) -> web.Response:
    """The process answers; nothing else is looked at."""
    return web.json_response({"status": "alive"})


class _Ready:
    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self._readiness = readiness
        self._metrics = metrics

    async def answer(self, _request: web.Request) -> web.Response:
        problems = dict(await self._readiness.problems())
        self._metrics.ready.set(0 if problems else 1)
        if problems:
            return web.json_response({"status": "not ready", "problems": problems}, status=503)
        return web.json_response({"status": "ready"})
