"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells per dialect."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = sqlite.Insert | postgresql.Insert


def insert_into(table: Table, connection: AsyncConnection) -> Insert:
    """An insert that offers `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return inserts(table, sqlite=connection.dialect.name == "sqlite")


def inserts(table: Table, *, sqlite: bool) -> Insert:
    """The same ahead of any connection, for a statement that is made once."""
    return _sqlite(table) if sqlite else postgresql.insert(table)


_sqlite = sqlite.insert
