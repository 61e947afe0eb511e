"""Brings a database to the schema of this version, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from adapters.database.engine import Database

SCRIPTS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x636F616368  # PostgreSQL advisory lock: replicas that start together take turns


async def upgrade(database: Database) -> None:
    """All or nothing, in one transaction; makes the SQLite file if there is none.

    Raises StoreUnavailable.
    """
    database.make_file()
    async with database.writing() as connection:
        if not database.is_sqlite:
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}
            )
        await connection.run_sync(_upgrade)


async def is_current(database: Database) -> bool:
    """False for an older schema, a newer one, and an empty database. Raises StoreUnavailable."""
    async with database.reading() as connection:
        found = await connection.run_sync(_heads)
    return found == set(ScriptDirectory.from_config(_config()).get_heads())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _heads(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())
