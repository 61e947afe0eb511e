"""Deliveries of the platforms, each handled once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from adapters.database.engine import Database
from adapters.database.tables.asking import deliveries
from adapters.database.upsert import insert_into
from bot.messages import Workspace

ABANDONED_AFTER = timedelta(minutes=1)  # a claim this old belongs to a process that died


class DatabaseInbox:
    """Implements bot.ports.asking.InboxStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, workspace: Workspace, delivery: str, now: datetime) -> bool:
        async with self._database.writing() as connection:
            row = {
                "workspace": workspace.key,
                "delivery": delivery,
                "received": now,
                "claimed": now,
                "finished": False,
            }
            free = or_(
                deliveries.c.claimed.is_(None), deliveries.c.claimed <= now - ABANDONED_AFTER
            )
            claim = (
                insert_into(deliveries, connection)
                .values(row)
                .on_conflict_do_update(
                    index_elements=["workspace", "delivery"],
                    set_={"claimed": now},
                    where=deliveries.c.finished.is_(False) & free,
                )
                .returning(deliveries.c.delivery)
            )
            return (await connection.execute(claim)).first() is not None

    async def finish(self, workspace: Workspace, delivery: str) -> None:
        await self._set(workspace, delivery, finished=True)

    async def release(self, workspace: Workspace, delivery: str) -> None:
        await self._set(workspace, delivery, claimed=None)

    async def _set(self, workspace: Workspace, delivery: str, **values: object) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.workspace == workspace.key, deliveries.c.delivery == delivery)
                .values(values)
            )

    async def forget_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(deliveries).where(deliveries.c.received < instant)
            )
            return gone.rowcount
