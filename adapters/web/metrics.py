"""What an operator's monitoring reads: requests, how long they took, and whether we are ready."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)


class Metrics:
    """Counted in this process; labels hold routes and numbers, nothing of people."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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

    async def show(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )
