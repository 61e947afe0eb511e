"""Jobs on PostgreSQL for any number of replicas and workers, with Procrastinate as the queue.

Its jobs are wake-up calls and hold no state of ours: lost ones are given out again from our rows,
doubled ones find nothing to claim. So its tables can be dropped at any time, and each version of
Procrastinate gets its own schema in place of a migration. What comes round by itself is called by
loops of ours: its periodic tasks go by the wall clock, and a clock that jumps ahead and back stops
them for as long.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

import procrastinate
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from adapters.jobs.loops import Loops
from adapters.jobs.room import Room
from bot.delivering import JobReport
from bot.errors import StoreUnavailable
from bot.messages import Platform, Workspace
from bot.ports.sends import Handed
from bot.sending import Sending

PARALLEL = 128  # sends in hand at the same time in one process, a quarter of them of one workspace
JOBS = 256  # jobs that are held, most of them waiting for room
PLAN_EVERY = 5.0  # seconds
HAND_OUT_EVERY = 2.0  # seconds, when nothing was waiting
STALLED_EVERY = 30.0  # seconds between looks for jobs of workers that died
POLL = 5.0  # seconds; the database's notifications are quicker
AWAY = 1.0  # seconds until a worker that ended is started again
COMPLAINT = 60.0  # seconds that the database may be away before it is reported, and again after
GRACE = 30.0  # seconds that a stop waits for what is in hand
ONE_AT_A_TIME = 0x6A6F6273  # advisory lock: replicas that start together take turns
QUEUE = "coach"


class Queue:
    """A worker that is started again whenever it ends, and loops that feed it, until stopped."""

    def __init__(
        self, sending: Sending, url: str, report: JobReport, *, parallel: int = PARALLEL
    ) -> None:
        self._sending = sending
        self._url = url
        self._report = report
        self._room = Room(parallel, each=max(1, parallel // 4))
        self._schema = "procrastinate_" + version("procrastinate").replace(".", "_")
        self._app: procrastinate.App | None = None  # while it is open
        self._worker: asyncio.Task[None] | None = None
        self._loops = Loops(report)
        self._away_since: float | None = None
        self._complained: float | None = None

    async def start(self) -> None:
        self._worker = asyncio.create_task(self._work_for_ever(), name="coach-queue")
        self._loops.start(self._plan, self._hand_out, self._retry_stalled)

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand; the rest is left to its lease."""
        await self._loops.stop(GRACE)
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def run(self) -> None:
        """Until cancelled; then stops gracefully."""
        await self.start()
        try:
            await self._loops.wait()
        finally:
            await self.stop()

    async def _plan(self) -> float:
        await self._sending.plan()
        return PLAN_EVERY

    async def _hand_out(self) -> float:
        if self._app is None:
            return AWAY
        try:
            return 0.0 if await self._sending.hand_out(self._enqueue) else HAND_OUT_EVERY
        except procrastinate.exceptions.ConnectorException:
            return AWAY  # the worker's supervisor sees it too; the rows are given out again

    async def _enqueue(self, handed: Sequence[Handed]) -> None:
        if self._app is None:
            raise procrastinate.exceptions.ConnectorException
        await _deferred(self._app.tasks["deliver"], handed)

    async def _retry_stalled(self) -> float:
        """Jobs of workers whose heart stopped are anybody's again."""
        if self._app is None:
            return AWAY
        manager = self._app.job_manager
        with suppress(procrastinate.exceptions.ConnectorException):
            for job in await manager.get_stalled_jobs():
                await manager.retry_job(job)
        return STALLED_EVERY

    async def _work_for_ever(self) -> None:
        """A worker ends when PostgreSQL restarts: then another takes its place."""
        while True:
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001  the supervisor: the worker must not end
                self._complain(error)
            await asyncio.sleep(AWAY)

    def _complain(self, error: Exception) -> None:
        """A database that is away for a moment is nothing to report; all else is, once a minute."""
        now = asyncio.get_running_loop().time()
        self._away_since = self._away_since or now
        if _is_away(error) and now - self._away_since < COMPLAINT:
            return
        if self._complained is None or now - self._complained >= COMPLAINT:
            self._complained = now
            self._report(error, doing="queue")

    async def _work(self) -> None:
        await _make_schema(self._url, self._schema)
        app = self._new_app()
        async with app.open_async():
            self._app, self._away_since = app, None
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=JOBS,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs="always",
                )
            )
            try:
                await asyncio.shield(worker)
            finally:
                self._app = None
                if not worker.done():
                    worker.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await worker

    def _new_app(self) -> procrastinate.App:
        """A fresh one for each worker: a pool that lost its database is not used again."""
        connector = procrastinate.PsycopgConnector(
            conninfo=self._url,
            kwargs={"options": f"-c search_path={self._schema}"},
            min_size=1,
            max_size=8,
            timeout=10,
        )
        app = procrastinate.App(connector=connector)

        @app.task(name="deliver", queue=QUEUE)
        async def deliver(platform: str, workspace: str, keys: list[str]) -> None:
            where = Workspace(platform=Platform(platform), id=workspace)
            async with self._room.taken(where, len(keys)):
                with suppress(StoreUnavailable):  # the rows are given out again
                    taken = await self._sending.take_these(where, keys)
                    await asyncio.gather(*(self._sending.deliver(one) for one in taken))

        return app


def check(url: str) -> None:
    """Raises ValueError for an address that the queue's driver can't use."""
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise ValueError(
            "DATABASE_URL: with COACH_JOBS=queue it may only have parameters that libpq knows, "
            "for example sslmode=require in place of ssl=require"
        ) from error


def _is_away(error: BaseException) -> bool:
    """Whether the database can't be reached, as against one that doesn't let us work."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.OperationalError | OSError):
            return True
        cause = cause.__cause__
    return False


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
        found = await connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [f"{name}.procrastinate_jobs"]
        )
        row = await found.fetchone()
        if row is not None and row[0]:
            return
        await connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name))
        )
        await connection.execute(
            sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(name))
        )
        await connection.execute(procrastinate.schema.SchemaManager.get_schema())
