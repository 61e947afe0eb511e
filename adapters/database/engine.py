"""One database, SQLite or PostgreSQL: engine, transactions, and its errors as ours."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from sqlite3 import Error as SQLiteError
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.database.shortly import Shortly
from bot.errors import StoreUnavailable

BUSY_MILLISECONDS = 5000  # how long SQLite waits for another writer
CONNECT_SECONDS = 5  # how long a connection to PostgreSQL may take
QUEUE_SECONDS = 30  # how long a burst waits for a free connection of the pool
COMMAND_SECONDS = 60
NO_CONNECTION = (SQLAlchemyError, SQLiteError, OSError)

T = TypeVar("T")
SNAPSHOT: ContextVar[AsyncConnection | None] = ContextVar("SNAPSHOT", default=None)


class Database:
    """Opens transactions; every verb of the store is one of them."""

    def __init__(self, url: str, *, busy_milliseconds: int = BUSY_MILLISECONDS) -> None:
        self.url = async_url(url)
        self.dialect = self.url.get_backend_name()
        self.is_sqlite = self.dialect == "sqlite"
        self.file = Path(self.url.database or "") if self.is_sqlite else None
        # SQLite lets one write: who waits for that inside this process queues up here, because
        # SQLite's own waiting is sleeping, up to a tenth of a second a time.
        self._writers = asyncio.Semaphore(1 if self.is_sqlite else 1_000_000)
        self.engine = _sqlite(self.file, busy_milliseconds) if self.file else _postgresql(self.url)
        self._writes = self._short("BEGIN IMMEDIATE", busy_milliseconds)
        self._reads = self._short("BEGIN", busy_milliseconds)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; inside `snapshot`, that one. Raises StoreUnavailable."""
        shared = SNAPSHOT.get()
        if shared is not None:
            yield shared
            return
        async with self._connected() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """All that this task reads inside is read at one moment. Raises StoreUnavailable."""
        async with self._connected() as connection:
            if not self.is_sqlite:  # there every transaction is one
                await connection.execution_options(isolation_level="REPEATABLE READ")
            before = SNAPSHOT.set(connection)
            try:
                yield
            finally:
                SNAPSHOT.reset(before)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; SQLite takes its lock at once. Raises StoreUnavailable."""
        async with self._writers, self._connected() as connection:
            if self.is_sqlite:
                await connection.execution_options(coach_writes=True)
            async with connection.begin():
                yield connection

    async def write(self, work: Callable[[Connection], T]) -> T:
        """One transaction of a few statements, as quickly as can be. Raises StoreUnavailable."""
        if self._writes is None:
            async with self.writing() as connection:
                return await connection.run_sync(work)
        async with self._writers:
            return await _run(self._writes, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """The same for what only reads."""
        if self._reads is None:
            async with self.reading() as connection:
                return await connection.run_sync(work)
        return await _run(self._reads, work)

    def _short(self, begin: str, busy_milliseconds: int) -> Shortly | None:
        if self.file is None:
            return None
        return Shortly(_sqlite_sync(self.file, begin, busy_milliseconds))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await self.engine.connect()
        except NO_CONNECTION as error:
            raise StoreUnavailable(type(error).__name__) from error
        try:
            yield connection
        except (SQLAlchemyError, OSError) as error:
            if not _is_away(error):
                raise
            raise StoreUnavailable(type(error).__name__) from error
        finally:
            await connection.close()

    def make_file(self) -> None:
        """The SQLite file, empty and only for its owner, if there is none.

        Connections never make it: a file that went missing is an error, not a fresh start.
        Raises StoreUnavailable.
        """
        if self.file is None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            if not self.file.exists():
                self.file.touch(mode=0o600)
        except OSError as error:
            raise StoreUnavailable(type(error).__name__) from error

    async def close(self) -> None:
        await self.engine.dispose()
        for short in (self._writes, self._reads):
            if short is not None:
                short.close()


def async_url(url: str) -> URL:
    """The same database through its asyncio driver."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(
            "DATABASE_URL is not an address like postgresql://… or sqlite:///…"
        ) from error
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}.get(
        parsed.get_backend_name()
    )
    if driver is None:
        raise ValueError("DATABASE_URL must begin with postgresql:// or sqlite:///")
    if driver.startswith("sqlite") and parsed.database in (None, "", ":memory:"):
        raise ValueError("DATABASE_URL must name a file, for example sqlite:////var/lib/coach.db")
    return parsed.set(drivername=driver)


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_timeout=QUEUE_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": COMMAND_SECONDS},
    )


def _sqlite(file: Path, busy_milliseconds: int) -> AsyncEngine:
    engine = create_async_engine(
        _location("sqlite+aiosqlite", file),
        hide_parameters=True,
        connect_args={"timeout": busy_milliseconds / 1000},
    )
    _watch_the_file(engine.sync_engine, file)
    _prepared(engine.sync_engine, file)

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("coach_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


async def _run(short: Shortly, work: Callable[[Connection], T]) -> T:
    try:
        return await short.run(work)
    except NO_CONNECTION as error:
        if not _is_away(error):
            raise
        raise StoreUnavailable(type(error).__name__) from error


def _sqlite_sync(file: Path, begin: str, busy_milliseconds: int) -> Engine:
    """For short transactions."""
    engine = create_engine(
        _location("sqlite+pysqlite", file),
        hide_parameters=True,
        connect_args={"timeout": busy_milliseconds / 1000},
    )
    _watch_the_file(engine, file)
    _prepared(engine, file)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _location(driver: str, file: Path) -> URL:
    return URL.create(
        driver,
        database=f"file:{quote(str(file.absolute()))}",
        query={"mode": "rw", "uri": "true"},
    )


def _prepared(engine: Engine, file: Path) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()
        record.info["inode"] = file.stat().st_ino


def _watch_the_file(engine: Engine, file: Path) -> None:
    """Never begin on a file that is missing, and never go on with one that was taken away."""

    @event.listens_for(engine, "do_connect")
    def _look_first(*_: Any) -> None:
        """A connection that aiosqlite can't open leaves a thread that outlives the event loop.

        The file isn't opened for the look: closing it would drop SQLite's locks of this process.
        """
        if not file.is_file():
            raise FileNotFoundError("there is no such SQLite file")
        effective = os.access in os.supports_effective_ids
        if not os.access(file, os.R_OK | os.W_OK, effective_ids=effective):
            raise PermissionError("the SQLite file may not be written")

    @event.listens_for(engine, "checkout")
    def _still_there(_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        """Without this a pooled connection would write into a file that was deleted."""
        if not file.exists() or file.stat().st_ino != record.info["inode"]:
            raise DisconnectionError("the SQLite file was removed or replaced")


# PostgreSQL's: a deadlock or a failed serialisation, no room, and a server that comes or goes.
FOR_NOW = ("40001", "40P01", "53", "57P")


def _is_away(error: Exception) -> bool:
    """Whether the database went away, is locked or full, as against a statement that is wrong."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(FOR_NOW):
            return True
    return isinstance(error, OperationalError | InterfaceError | SQLiteError | OSError)
