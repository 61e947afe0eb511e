"""Migrations lead to the tables that the code uses, whole or not at all."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables import metadata
from bot.errors import OldSchema, StoreUnavailable
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


async def test_replicas_that_migrate_at_once_take_turns(postgres: Cluster) -> None:
    postgres.sql("CREATE DATABASE at_once")
    replicas = [Database(postgres.url("at_once")) for _ in range(3)]
    await asyncio.gather(*(migrate.upgrade(replica) for replica in replicas))
    assert await migrate.is_current(replicas[0])
    for replica in replicas:
        await replica.close()
