"""A database that is away says so, whatever the reason, and is used again once it is back."""

import os
import pwd
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.errors import StoreUnavailable
from bot.messages import Platform, Workspace
from tests.conftest import APPLICATION_KEY
from tests.postgres import Cluster, programs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACME = Workspace(platform=Platform.SLACK, id="T1")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of this test's own, to be stopped."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def store_on(url: str) -> DatabaseStore:
    database = Database(url, busy_milliseconds=50)
    return DatabaseStore(database, application_keys=(APPLICATION_KEY,))


async def migrated(file: Path) -> DatabaseStore:
    store = store_on(f"sqlite:///{file}")
    await migrate.upgrade(store.database)
    return store


async def test_a_file_locked_by_another_writer_is_unavailable_until_it_is_free(
    tmp_path: Path,
) -> None:
    file = tmp_path / "coach.sqlite3"
    store = await migrated(file)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await store.inbox.claim(ACME, "d1", NOON)
        with pytest.raises(StoreUnavailable):
            await store.ready()
        other.execute("ROLLBACK")
    assert await store.inbox.claim(ACME, "d1", NOON)
    await store.close()


async def test_a_file_that_was_deleted_under_us_is_unavailable_not_made_anew(
    tmp_path: Path,
) -> None:
    file = tmp_path / "coach.sqlite3"
    store = await migrated(file)
    assert await store.inbox.claim(ACME, "d1", NOON)
    moved = file.rename(tmp_path / "moved.sqlite3")
    with pytest.raises(StoreUnavailable):
        await store.inbox.claim(ACME, "d2", NOON)
    assert not file.exists()
    moved.rename(file)
    assert not await store.inbox.claim(ACME, "d1", NOON)
    await store.close()


async def test_a_file_that_never_was_is_unavailable(tmp_path: Path) -> None:
    store = store_on(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with pytest.raises(StoreUnavailable):
        await store.ready()
    await store.close()


async def test_a_folder_in_place_of_the_file_is_unavailable(tmp_path: Path) -> None:
    store = store_on(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreUnavailable):
        await store.ready()
    await store.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "coach.sqlite3"
    file.write_bytes(b"this is no database, it is a letter to somebody" * 100)
    store = store_on(f"sqlite:///{file}")
    with pytest.raises(StoreUnavailable):
        await store.ready()
    await store.close()


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write everything; as root, be `nobody` for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_file_that_must_not_be_written_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "coach.sqlite3"
    await (await migrated(file)).close()
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    store = store_on(f"sqlite:///{file}")
    with ordinary_user():
        with pytest.raises(StoreUnavailable):
            await store.ready()
        with pytest.raises(StoreUnavailable):
            await store.inbox.claim(ACME, "d1", NOON)
        await store.close()
    tmp_path.chmod(0o755)


async def test_a_file_cannot_be_made_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a folder")
    database = Database(f"sqlite:///{tmp_path / 'letter' / 'coach.sqlite3'}")
    with pytest.raises(StoreUnavailable):
        await migrate.upgrade(database)
    await database.close()


async def test_postgresql_that_stops_is_unavailable_and_used_again_when_it_is_back(
    cluster: Cluster,
) -> None:
    store = store_on(cluster.url("postgres"))
    await migrate.upgrade(store.database)
    assert await store.inbox.claim(ACME, "d1", NOON)
    cluster.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await store.inbox.claim(ACME, "d2", NOON)
        with pytest.raises(StoreUnavailable):
            await store.ready()
    cluster.start()
    await store.ready()
    assert await store.inbox.claim(ACME, "d2", NOON)
    assert not await store.inbox.claim(ACME, "d1", NOON)
    await store.close()


async def test_a_restart_of_postgresql_between_two_verbs_is_not_noticed(cluster: Cluster) -> None:
    store = store_on(cluster.url("postgres"))
    await migrate.upgrade(store.database)
    assert await store.inbox.claim(ACME, "d1", NOON)
    cluster.stop()
    cluster.start()
    assert await store.inbox.claim(ACME, "d2", NOON)
    await store.close()


async def test_postgresql_that_stops_within_a_transaction_is_unavailable(
    cluster: Cluster,
) -> None:
    store = store_on(cluster.url("postgres"))
    await migrate.upgrade(store.database)

    async def interrupted() -> None:
        async with store.database.writing() as connection:
            cluster.stop()
            await connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable):
        await interrupted()
    await store.close()


async def test_a_wrong_password_and_a_missing_database_are_unavailable(postgres: Cluster) -> None:
    for url in (
        postgres.url("no_such_database"),
        postgres.url("postgres").replace("postgres@", "nobody@"),
        "postgresql://coach:secret@127.0.0.1:9/coach",
    ):
        store = store_on(url)
        with pytest.raises(StoreUnavailable):
            await store.ready()
        with pytest.raises(StoreUnavailable) as caught:
            await store.inbox.claim(ACME, "d1", NOON)
        assert "secret" not in str(caught.value)
        await store.close()


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_an_address_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        Database(url)
