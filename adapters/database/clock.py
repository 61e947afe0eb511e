"""The database's own clock, which all replicas share."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.base import Instant


def clock_of(
    connection: AsyncConnection, ahead: timedelta = timedelta(0)
) -> ColumnElement[datetime]:
    """This moment or one ahead, inside a statement; written as SQLAlchemy writes instants."""
    return clock_in(connection.dialect.name, ahead)


def clock_in(dialect: str, ahead: timedelta = timedelta(0)) -> ColumnElement[datetime]:
    """The same for a statement that is made once for all connections."""
    if dialect == "sqlite":
        later = f"+{ahead.total_seconds():.0f} seconds"
        return type_coerce(func.strftime("%Y-%m-%d %H:%M:%f000", "now", later), Instant)
    return type_coerce(func.clock_timestamp() + ahead, Instant)


async def moment(connection: AsyncConnection) -> datetime:
    """This moment, as a value."""
    read: datetime = (await connection.execute(select(clock_of(connection)))).scalar_one()
    return read
