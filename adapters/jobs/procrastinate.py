"""Jobs on PostgreSQL for any number of replicas and workers, with Procrastinate as the queue.

Its jobs are wake-up calls and hold no state of ours: lost ones are given out again from our rows,
doubled ones find nothing to claim. So its tables can be dropped at any time, and each version of
Procrastinate gets its own schema in place of a migration.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import procrastinate
import psycopg
from psycopg import sql

from bot.errors import StoreUnavailable
from bot.messages import Platform, Workspace
from bot.ports.sends import Handed
from bot.sending import JobReport, Sending

PARALLEL = 32  # jobs in hand at the same time in one process
PLAN_CRON = "* * * * * */5"  # every five seconds
STALLED_CRON = "* * * * * 30"
POLL = 5.0  # seconds; the database's notifications are quicker
AWAY = 1.0  # seconds until a worker that ended is started again
GRACE = 30.0  # seconds that a stop waits for what is in hand
ONE_AT_A_TIME = 0x6A6F6273  # advisory lock: replicas that start together take turns
QUEUE = "coach"


class Queue:
    """A worker that is started again whenever it ends, until it is stopped."""

    def __init__(
        self, sending: Sending, url: str, report: JobReport, *, parallel: int = PARALLEL
    ) -> None:
        self._sending = sending
        self._url = url
        self._report = report
        self._parallel = parallel
        self._schema = "procrastinate_" + version("procrastinate").replace(".", "_")
        self._worker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._worker = asyncio.create_task(self.run(), name="coach-queue")

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand; the rest is left to its lease."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def run(self) -> None:
        """Until cancelled. A worker ends when PostgreSQL restarts: then another takes its place."""
        while True:
            try:
                await self._work()
            except (procrastinate.exceptions.ConnectorException, psycopg.Error, OSError):
                pass  # the database is away: the leases hold what was in hand
            except Exception as error:  # noqa: BLE001  the supervisor: the worker must not end
                self._report(error, doing="queue")
            await asyncio.sleep(AWAY)

    async def _work(self) -> None:
        await _make_schema(self._url, self._schema)
        app = self._app()
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._parallel,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="always",
                )
            )
            try:
                await asyncio.shield(worker)
            finally:
                if not worker.done():
                    worker.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await worker

    def _app(self) -> procrastinate.App:
        """A fresh one for each worker: a pool that lost its database is not used again."""
        connector = procrastinate.PsycopgConnector(
            conninfo=self._url,
            kwargs={"options": f"-c search_path={self._schema}"},
            min_size=1,
            max_size=8,
            timeout=10,
        )
        app = procrastinate.App(connector=connector)
        _register(app, self._sending)
        return app


def _register(app: procrastinate.App, sending: Sending) -> None:
    @app.task(name="deliver", queue=QUEUE)
    async def deliver(platform: str, workspace: str, keys: list[str]) -> None:
        where = Workspace(platform=Platform(platform), id=workspace)
        with suppress(StoreUnavailable):  # the rows are given out again
            taken = await sending.take_these(where, keys)
            await asyncio.gather(*(sending.deliver(one) for one in taken))

    async def enqueue(handed: Sequence[Handed]) -> None:
        await _deferred(deliver, handed)

    @app.periodic(cron=PLAN_CRON)
    @app.task(name="plan", queue=QUEUE, queueing_lock="plan", pass_context=False)
    async def plan(timestamp: int) -> None:
        with suppress(StoreUnavailable):  # planned again in a moment
            await sending.plan()
            while await sending.hand_out(enqueue):
                pass

    @app.periodic(cron=STALLED_CRON)
    @app.task(name="retry-stalled", queue=QUEUE, queueing_lock="retry-stalled")
    async def retry_stalled(timestamp: int) -> None:
        """Jobs of workers whose heart stopped are anybody's again."""
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.retry_job(job)


async def _deferred(deliver: Any, handed: Sequence[Handed]) -> None:
    """All at once those that may start now; those that wait, with their time."""
    now: list[dict[str, Any]] = []
    for one in handed:
        arguments = {
            "platform": one.workspace.platform.value,
            "workspace": one.workspace.id,
            "keys": list(one.keys),
        }
        if one.wait < 1:
            now.append(arguments)
        else:
            later = deliver.configure(schedule_in={"seconds": int(one.wait)})
            await later.defer_async(**arguments)
    if now:
        await deliver.batch_defer_async(*now)


async def _make_schema(url: str, name: str) -> None:
    connection = await psycopg.AsyncConnection.connect(url)
    async with connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        await connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name))
        )
        await connection.execute(
            sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(name))
        )
        found = await connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [f"{name}.procrastinate_jobs"]
        )
        row = await found.fetchone()
        if row is None or not row[0]:
            schema = procrastinate.schema.SchemaManager.get_schema()
            await connection.execute(schema)
