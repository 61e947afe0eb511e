"""Deliveries of the platforms, each handled once.

On some platforms a delivery's id names the conversation, and with it the person: it is kept as a
keyed hash, with the hour alone, so that nobody reads there who did something when.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from adapters.database.engine import Database
from adapters.database.tables.asking import deliveries
from adapters.database.upsert import insert_into
from bot.messages import Workspace

ABANDONED_AFTER = timedelta(minutes=1)  # a claim this old belongs to a process that died


class DatabaseInbox:
    """Implements bot.ports.asking.InboxStore."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._hash_key = key

    async def claim(self, workspace: Workspace, delivery: str, now: datetime) -> bool:
        async with self._database.writing() as connection:
            row = {
                "workspace": workspace.key,
                "delivery": self._hash(delivery),
                "received": now.replace(minute=0, second=0, microsecond=0),
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
        await self._set(workspace, delivery, finished=True, claimed=None)

    async def release(self, workspace: Workspace, delivery: str) -> None:
        await self._set(workspace, delivery, claimed=None)

    async def _set(self, workspace: Workspace, delivery: str, **values: object) -> None:
        key = self._hash(delivery)
        async with self._database.writing() as connection:
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.workspace == workspace.key, deliveries.c.delivery == key)
                .values(values)
            )

    async def forget_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(deliveries).where(deliveries.c.received < instant)
            )
            return gone.rowcount

    def _hash(self, delivery: str) -> str:
        return hmac.new(
            self._hash_key, delivery.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()
