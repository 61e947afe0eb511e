"""Migrations lead to the tables that the code uses, whole or not at all."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables import metadata
from bot.errors import OldSchema, StoreUnavailable
from bot.messages import Place, Platform, Workspace
from bot.ports.asking import GapReason
from knowledge.model import Language
from tests.conftest import APPLICATION_KEY
from tests.postgres import Cluster


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "target_metadata": metadata}
    )
    return list(compare_metadata(context, metadata))


def _primary_keys(connection: Connection) -> dict[str, tuple[str, ...]]:
    inspector = inspect(connection)
    return {
        table: tuple(inspector.get_pk_constraint(table)["constrained_columns"])
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


async def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    async with database.reading() as connection:
        differences = await connection.run_sync(_differences)
        keys = await connection.run_sync(_primary_keys)
    assert differences == []
    assert keys == {
        name: tuple(column.name for column in table.primary_key)
        for name, table in metadata.tables.items()
    }


async def test_every_table_has_a_workspace(database: Database) -> None:
    assert [name for name, table in metadata.tables.items() if "workspace" not in table.c] == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await migrate.upgrade(database)
    assert await migrate.is_current(database)


async def test_an_empty_database_is_not_current_and_says_what_to_run(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    database.make_file()
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    assert not await migrate.is_current(database)
    with pytest.raises(OldSchema, match="maturity-coach migrate"):
        await store.ready()
    await migrate.upgrade(database)
    await store.ready()
    await store.close()


async def test_a_newer_schema_is_refused_too(database: Database, store: DatabaseStore) -> None:
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(OldSchema):
        await store.ready()


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'taken.sqlite3'}")
    database.make_file()
    async with database.writing() as connection:
        await connection.execute(text("CREATE TABLE gaps (something TEXT)"))
    with pytest.raises(StoreUnavailable):
        await migrate.upgrade(database)
    async with database.reading() as connection:
        tables = (await connection.execute(text("SELECT name FROM sqlite_master"))).scalars().all()
    assert "deliveries" not in tables
    await database.close()


async def test_gaps_of_an_older_version_count_as_asked_in_private_and_are_merged(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    database.make_file()

    def to_0007(connection: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0007_turns")

    async with database.writing() as connection:
        await connection.run_sync(to_0007)
        for number, words in enumerate(("Who is it?", "who  is it", "what is it")):
            await connection.execute(
                text(
                    "INSERT INTO gaps (workspace, id, channel, text_hash, text, language, reason,"
                    " nearest, asked, times) VALUES ('slack:T1', :id, 'C1', :id, :words, 'en',"
                    " 'not-covered', '[]', :asked, 2)"
                ),
                {"id": f"g{number}", "words": words, "asked": f"2026-03-0{number + 1} 12:00:00"},
            )
    await migrate.upgrade(database)
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    acme = Workspace(platform=Platform.SLACK, id="T1")
    since = datetime(2026, 1, 1, tzinfo=UTC)
    kept = await store.asking.gaps(acme, "C1", since=since, most=9)
    assert [(gap.text, gap.times) for gap in kept] == [("who  is it", 4), ("what is it", 2)]
    assert {(gap.aloud, gap.times_aloud) for gap in kept} == {(None, 0)}
    await store.asking.add_gap(
        Place(workspace=acme, channel="C1"),
        text="Who is it",
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=(),
        now=since,
    )
    assert (await store.asking.gaps(acme, "C1", since=since, most=9))[0].times == 5
    await store.close()


async def test_replicas_that_migrate_at_once_take_turns(postgres: Cluster) -> None:
    postgres.sql("CREATE DATABASE at_once")
    replicas = [Database(postgres.url("at_once")) for _ in range(3)]
    await asyncio.gather(*(migrate.upgrade(replica) for replica in replicas))
    assert await migrate.is_current(replicas[0])
    for replica in replicas:
        await replica.close()
