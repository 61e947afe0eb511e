"""Deliveries of the platforms, each handled once.

On some platforms a delivery's id names the conversation, and with it the person: it is kept as a
keyed hash, with the hour alone, so that nobody reads there who did something when.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, update
from sqlalchemy.sql.dml import ReturningInsert

from adapters.database.engine import Database
from adapters.database.notes import Notebook
from adapters.database.tables.asking import deliveries
from adapters.database.upsert import inserts
from bot.messages import Person, Place, Workspace
from bot.ports.asking import Claim, Notes

ABANDONED_AFTER = timedelta(minutes=1)  # a claim this old belongs to a process that died

THIS = (
    deliveries.c.workspace == bindparam("of_workspace"),
    deliveries.c.delivery == bindparam("this"),
)
FINISH = update(deliveries).where(*THIS).values(finished=True, claimed=None)
RELEASE = update(deliveries).where(*THIS).values(claimed=None)


class DatabaseInbox:
    """Implements bot.ports.asking.InboxStore."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._hash_key = key
        self._notebook = Notebook(sqlite=database.is_sqlite)
        self._taking = _taking(sqlite=database.is_sqlite)

    async def claim(self, workspace: Workspace, delivery: str, now: datetime) -> bool:
        return await self._database.write(
            lambda connection: self._take(connection, workspace, delivery, now)
        )

    async def claim_question(
        self, place: Place, person: Person, delivery: str, now: datetime, *, since: datetime
    ) -> Claim:
        def work(connection: Connection) -> Claim:
            if not self._take(connection, place.workspace, delivery, now):
                return Claim(ours=False)
            at_hand = self._notebook.at_hand(connection, place, person, since)
            return Claim(ours=True, at_hand=at_hand)

        return await self._database.write(work)

    def _take(
        self, connection: Connection, workspace: Workspace, delivery: str, now: datetime
    ) -> bool:
        row = {
            "workspace": workspace.key,
            "delivery": self._hash(delivery),
            "received": now.replace(minute=0, second=0, microsecond=0),
            "claimed": now,
            "finished": False,
            "abandoned": now - ABANDONED_AFTER,
        }
        return connection.execute(self._taking, row).first() is not None

    async def finish(self, workspace: Workspace, delivery: str, notes: Notes | None = None) -> None:
        def work(connection: Connection) -> None:
            connection.execute(FINISH, self._named(workspace, delivery))
            if notes:
                self._notebook.write(connection, notes)

        await self._database.write(work)

    async def release(self, workspace: Workspace, delivery: str) -> None:
        named = self._named(workspace, delivery)
        await self._database.write(lambda connection: connection.execute(RELEASE, named).close())

    def _named(self, workspace: Workspace, delivery: str) -> dict[str, str]:
        return {"of_workspace": workspace.key, "this": self._hash(delivery)}

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


def _taking(*, sqlite: bool) -> ReturningInsert[Any]:
    """One row comes back if the delivery is ours."""
    taking = inserts(deliveries, sqlite=sqlite)
    abandoned = or_(deliveries.c.claimed.is_(None), deliveries.c.claimed <= bindparam("abandoned"))
    return taking.on_conflict_do_update(
        index_elements=["workspace", "delivery"],
        set_={"claimed": taking.excluded.claimed},
        where=deliveries.c.finished.is_(False) & abandoned,
    ).returning(deliveries.c.delivery)
