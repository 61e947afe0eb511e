"""Fixtures that all tests share: the real store, on SQLite and on PostgreSQL."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from knowledge.load import load
from tests.postgres import Cluster, programs

APPLICATION_KEY = "dGVzdCBrZXkgb2YgdGhlIGNvYWNoLCAzMiBieXRlcyE="
numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One running cluster for all tests, with a migrated database `template_coach`."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = Cluster(folder)
    try:
        cluster.start()
        cluster.sql("CREATE DATABASE template_coach")
        asyncio.run(_migrated(cluster.url("template_coach")))
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    asyncio.run(_migrated(f"sqlite:///{file}"))
    return file


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        file = tmp_path / "coach.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        return f"sqlite:///{file}"
    cluster: Cluster = request.getfixturevalue("postgres")
    name = f"coach_{next(numbers)}"
    cluster.sql(f"CREATE DATABASE {name} TEMPLATE template_coach")
    return cluster.url(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def store(database: Database) -> DatabaseStore:
    return DatabaseStore(database, application_keys=(APPLICATION_KEY,))


@pytest.fixture(scope="session")
def base() -> KnowledgeBase:
    """The shipped base."""
    return load(examples=False)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The search over the shipped base."""
    return Engine.open()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed one: what isn't run isn't known."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and terminal and terminal.stats.get("skipped"):
        terminal.ensure_newline()
        terminal.write_line("CI=true: skipped tests count as failed", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
