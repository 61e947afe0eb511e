"""Deleted rows leave copies in SQLite's log and PostgreSQL's dead tuples: away with them."""

from contextlib import suppress

from sqlalchemy import text

from adapters.database.engine import Database
from bot.errors import StoreUnavailable

TABLES = ("sealed_ballots", "ballots", "pulse_comments", "sends")


async def scrub(database: Database) -> None:
    """Best effort, outside transactions: a reader of that moment may keep old copies alive until
    the database cleans up by itself. SQLite zeroes deleted content (secure_delete); PostgreSQL
    leaves it in the gaps of a page, so the small table of secrets is written anew: without its
    secret a sealed ballot is noise."""
    with suppress(StoreUnavailable):
        async with database.reading() as connection:
            if database.is_sqlite:
                raw = await connection.get_raw_connection()
                driver = raw.driver_connection
                assert driver is not None
                cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                await cursor.close()
                return
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM FULL pulse_secrets"))
            for table in TABLES:
                await connection.execute(text(f"VACUUM {table}"))
