"""The database's own clock, which all replicas share."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.base import Instant


def clock_of(connection: AsyncConnection) -> ColumnElement[datetime]:
    """This moment, inside a statement; written as SQLAlchemy writes instants."""
    if connection.dialect.name == "sqlite":
        return type_coerce(func.strftime("%Y-%m-%d %H:%M:%f000", "now"), Instant)
    return type_coerce(func.clock_timestamp(), Instant)


async def moment(connection: AsyncConnection) -> datetime:
    """This moment, as a value."""
    read: datetime = (await connection.execute(select(clock_of(connection)))).scalar_one()
    return read
