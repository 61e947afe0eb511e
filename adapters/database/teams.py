"""How conversations and people of Teams are reached again."""

from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, update

from adapters.database.engine import Database
from adapters.database.tables.teams import conversations, people
from adapters.database.upsert import insert_into
from bot.messages import Person, Place, Workspace
from bot.ports.references import Kept, Known


class DatabaseReferences:
    """Implements bot.ports.references.ReferenceStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, kept: Kept, now: datetime) -> None:
        values = {
            "team": kept.group,
            "person": kept.reference.get("user", {}).get("id"),
            "reference": dict(kept.reference),
            "gone": kept.gone,
            "seen": now,
        }
        key = {"workspace": kept.place.workspace.key, "channel": kept.place.channel}
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(conversations, connection)
                .values(key | values)
                .on_conflict_do_update(index_elements=list(key), set_=values)
            )

    async def find(self, place: Place) -> Kept | None:
        found = await self._select(place.workspace, conversations.c.channel == place.channel)
        return found[0] if found else None

    async def any_of(self, workspace: Workspace) -> Kept | None:
        found = await self._select(workspace, conversations.c.gone.is_(False), most=1)
        return found[0] if found else None

    async def of_group(self, workspace: Workspace, group: str) -> tuple[Kept, ...]:
        return await self._select(workspace, conversations.c.team == group)

    async def _select(
        self, workspace: Workspace, condition: ColumnElement[bool], most: int | None = None
    ) -> tuple[Kept, ...]:
        query = (
            select(conversations)
            .where(conversations.c.workspace == workspace.key, condition)
            .order_by(conversations.c.seen.desc(), conversations.c.channel)
            .limit(most)
        )
        async with self._database.reading() as connection:
            return tuple(_kept(workspace, row) for row in await connection.execute(query))

    async def mark(self, place: Place, *, gone: bool) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(conversations)
                .where(
                    conversations.c.workspace == place.workspace.key,
                    conversations.c.channel == place.channel,
                )
                .values(gone=gone)
            )

    async def know(self, known: Known) -> None:
        key = {"workspace": known.person.workspace.key, "person": known.person.id}
        values = {"channel": known.channel, "zone": known.zone, "locale": known.locale}
        async with self._database.writing() as connection:
            insert = insert_into(people, connection).values(key | values | {"seen": known.seen})
            kept = {name: func.coalesce(insert.excluded[name], people.c[name]) for name in values}
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=list(key), set_=kept | {"seen": known.seen}
                )
            )

    async def known(self, person: Person) -> Known | None:
        query = select(people).where(
            people.c.workspace == person.workspace.key, people.c.person == person.id
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Known(
            person=person, channel=row.channel, zone=row.zone, locale=row.locale, seen=row.seen
        )

    async def forget(self, person: Person) -> None:
        key = person.workspace.key
        own = select(people.c.channel).where(
            people.c.workspace == key, people.c.person == person.id
        )
        async with self._database.writing() as connection:
            await connection.execute(
                delete(conversations).where(
                    conversations.c.workspace == key,
                    or_(
                        conversations.c.person == person.id,
                        conversations.c.channel.in_(own),
                    ),
                )
            )
            await connection.execute(
                delete(people).where(people.c.workspace == key, people.c.person == person.id)
            )


def _kept(workspace: Workspace, row: Row[tuple[object, ...]]) -> Kept:
    place = Place(workspace=workspace, channel=row.channel, private=row.person is not None)
    return Kept(place=place, reference=row.reference, group=row.team, gone=row.gone)
