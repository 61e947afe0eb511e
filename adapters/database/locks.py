"""Taking turns where a unique row isn't enough."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Workspace


async def serialise(
    connection: AsyncConnection, what: str, workspace: Workspace, channel: str
) -> None:
    """Until the transaction ends, others who say the same wait; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        name = _name(what, workspace, channel)
        await connection.execute(select(func.pg_advisory_xact_lock(name)))


async def share(connection: AsyncConnection, what: str, workspace: Workspace, channel: str) -> None:
    """Until the transaction ends, those who `serialise` wait, and others who share don't."""
    if connection.dialect.name == "postgresql":
        name = _name(what, workspace, channel)
        await connection.execute(select(func.pg_advisory_xact_lock_shared(name)))


def _name(what: str, workspace: Workspace, channel: str) -> ColumnElement[str]:
    return func.hashtextextended(f"{what}:{workspace.key}:{channel}", 0)
