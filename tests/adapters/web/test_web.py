"""The one application: health, readiness, metrics, and an orderly end."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request

from adapters.web.app import application
from adapters.web.metrics import Metrics
from adapters.web.readiness import Readiness
from adapters.web.serve import PortTaken, serve
from bot.errors import OldSchema, StoreUnavailable


class Store:
    """Ready, or failing as a test says."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    async def ready(self) -> None:
        if self.failure:
            raise self.failure


class Platform:
    """A mount that keeps what happens to it."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def mount(self, app: web.Application) -> None:
        app.router.add_post("/slow", self._slow)

    async def close(self, seconds: float) -> None:
        self.events.append("closed")

    async def _slow(self, _request: web.Request) -> web.Response:
        self.events.append("asked")
        await asyncio.sleep(0.3)
        self.events.append("answered")
        return web.Response(text="done")


class Running:
    """A server in this process."""

    def __init__(self) -> None:
        self.store, self.platform, self.stop = Store(), Platform(), asyncio.Event()
        self.port = 0
        self.beside: list[str] = []

    async def run(self, started: asyncio.Event) -> None:
        def told(port: int) -> None:
            self.port = port
            started.set()

        app = application([self.platform], Readiness(self.store, 25), Metrics())
        await serve(app, host="127.0.0.1", port=0, beside=self.jobs, started=told, stop=self.stop)

    async def jobs(self) -> None:
        self.beside.append("started")
        try:
            await asyncio.Event().wait()
        finally:
            self.beside.append("stopped")

    async def get(self, path: str) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.port}{path}"
        async with ClientSession() as session, session.get(url) as response:
            return response.status, await response.text()


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    made, started = Running(), asyncio.Event()
    task = asyncio.create_task(made.run(started))
    await asyncio.wait_for(started.wait(), 5)
    yield made
    made.stop.set()
    await asyncio.wait_for(task, 5)


async def test_it_says_that_it_lives_and_is_ready(running: Running) -> None:
    assert (await running.get("/healthz"))[0] == 200
    assert await running.get("/readyz") == (200, '{"status": "ready"}')


@pytest.mark.parametrize(
    ("failure", "part", "what_to_do"),
    [
        (OldSchema("x"), "schema", "maturity-coach migrate"),
        (StoreUnavailable("OperationalError"), "database", "OperationalError"),
    ],
)
async def test_it_says_what_is_missing_and_comes_back(
    running: Running, failure: Exception, part: str, what_to_do: str
) -> None:
    running.store.failure = failure
    status, said = await running.get("/readyz")
    assert status == 503
    assert part in said
    assert what_to_do in said
    assert (await running.get("/healthz"))[0] == 200
    assert "coach_ready 0.0" in (await running.get("/metrics"))[1]
    running.store.failure = None
    assert (await running.get("/readyz"))[0] == 200
    assert "coach_ready 1.0" in (await running.get("/metrics"))[1]


async def test_without_topics_it_is_not_ready() -> None:
    problems: Mapping[str, str] = await Readiness(Store(), 0).problems()
    assert list(problems) == ["knowledge"]


async def test_requests_are_counted_by_route_and_status_without_their_address(
    running: Running,
) -> None:
    await running.get("/healthz?secret=1")
    await running.get("/nowhere/secret")
    _, text = await running.get("/metrics")
    assert 'coach_http_requests_total{route="/healthz",status="200"} 1.0' in text
    assert 'coach_http_requests_total{route="unknown",status="404"} 1.0' in text
    assert "secret" not in text


async def test_a_stop_answers_what_was_asked_and_stops_the_jobs(running: Running) -> None:
    url = f"http://127.0.0.1:{running.port}/slow"
    async with ClientSession() as session:
        asking = asyncio.create_task(session.post(url))
        while "asked" not in running.platform.events:  # noqa: ASYNC110  the server's own state
            await asyncio.sleep(0.01)
        running.stop.set()
        response = await asking
        assert await response.text() == "done"
    while "closed" not in running.platform.events:  # noqa: ASYNC110  the server's own state
        await asyncio.sleep(0.01)
    assert sorted(running.platform.events) == ["answered", "asked", "closed"]
    assert running.beside == ["started", "stopped"]


async def test_a_taken_port_is_said_in_words(running: Running) -> None:
    app = application([], Readiness(Store(), 1), Metrics())
    with pytest.raises(PortTaken, match="COACH_PORT"):
        await serve(app, host="127.0.0.1", port=running.port)


async def test_jobs_that_end_by_an_error_end_the_process() -> None:
    async def broken() -> None:
        raise RuntimeError("jobs")

    app = application([], Readiness(Store(), 1), Metrics())
    with pytest.raises(RuntimeError, match="jobs"):
        await serve(app, host="127.0.0.1", port=0, beside=broken)


class Sent:
    """Implements adapters.web.metrics.Sends."""

    away = False

    async def counts(self) -> dict[tuple[str, str], int]:
        if self.away:
            raise StoreUnavailable("restart")
        return {("digest", "sent"): 7, ("digest", "unknown"): 1}

    async def pauses(self) -> int:
        return 2


async def test_what_was_sent_is_counted_and_left_out_while_the_store_is_away() -> None:
    sent = Sent()
    measured = Metrics(sent)
    text = await _shown(measured)
    assert 'coach_sends{kind="digest",state="sent"} 7.0' in text
    assert 'coach_sends{kind="digest",state="unknown"} 1.0' in text
    assert "coach_paused_workspaces 2.0" in text
    sent.away = True
    text = await _shown(measured)
    assert "coach_sends{" not in text
    assert "coach_paused_workspaces NaN" in text


async def _shown(measured: Metrics) -> str:
    page = await measured.show(make_mocked_request("GET", "/metrics"))
    assert isinstance(page.body, bytes)
    return page.body.decode()
