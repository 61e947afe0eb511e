"""Rights and the audit trail, as rows."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.tables.roles import admins, audit, leads
from adapters.database.upsert import insert_into
from bot.messages import Person, Workspace
from bot.ports.roles import Act


class DatabaseRoles:
    """Implements bot.ports.roles.RoleStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def leads(self, workspace: Workspace, channel: str) -> tuple[Person, ...]:
        async with self._database.reading() as connection:
            return await _leads(connection, workspace, channel)

    async def led_by(self, person: Person) -> tuple[str, ...]:
        wanted = (
            select(leads.c.channel)
            .where(leads.c.workspace == person.workspace.key, leads.c.person == person.id)
            .order_by(leads.c.since, leads.c.channel)
        )
        async with self._database.reading() as connection:
            return tuple((await connection.execute(wanted)).scalars())

    async def add_lead(self, person: Person, channel: str, *, by: Person, now: datetime) -> bool:
        async with self._database.writing() as connection:
            return await _add_lead(connection, person, channel, by, now)

    async def add_first_lead(self, person: Person, channel: str, *, now: datetime) -> bool:
        async with self._database.writing() as connection:
            await _serialise(connection, person.workspace, channel)
            if await _leads(connection, person.workspace, channel):
                return False
            return await _add_lead(connection, person, channel, person, now)

    async def remove_lead(
        self, person: Person, channel: str, *, by: Person, now: datetime, leave_one: bool
    ) -> bool:
        async with self._database.writing() as connection:
            await _serialise(connection, person.workspace, channel)
            now_leading = await _leads(connection, person.workspace, channel)
            if person not in now_leading or (leave_one and len(now_leading) == 1):
                return False
            await connection.execute(
                delete(leads).where(
                    leads.c.workspace == person.workspace.key,
                    leads.c.channel == channel,
                    leads.c.person == person.id,
                )
            )
            await _note(connection, _act(person, channel, by, "lead.removed", now))
            return True

    async def admins(self, workspace: Workspace) -> tuple[Person, ...]:
        wanted = (
            select(admins.c.person)
            .where(admins.c.workspace == workspace.key)
            .order_by(admins.c.since, admins.c.person)
        )
        async with self._database.reading() as connection:
            ids = (await connection.execute(wanted)).scalars()
            return tuple(Person(workspace=workspace, id=one) for one in ids)

    async def add_admin(self, person: Person, *, by: Person, now: datetime) -> bool:
        row = {"workspace": person.workspace.key, "person": person.id, "since": now}
        async with self._database.writing() as connection:
            added = await connection.execute(
                insert_into(admins, connection).values(row).on_conflict_do_nothing()
            )
            if added.rowcount < 1:
                return False
            await _note(connection, _act(person, None, by, "admin.added", now))
            return True

    async def remove_admin(self, person: Person, *, by: Person, now: datetime) -> bool:
        async with self._database.writing() as connection:
            removed = await connection.execute(
                delete(admins).where(
                    admins.c.workspace == person.workspace.key, admins.c.person == person.id
                )
            )
            if removed.rowcount < 1:
                return False
            await _note(connection, _act(person, None, by, "admin.removed", now))
            return True

    async def note(self, act: Act) -> None:
        async with self._database.writing() as connection:
            await _note(connection, act)

    async def trail(
        self, workspace: Workspace, channel: str | None, *, most: int
    ) -> tuple[Act, ...]:
        wanted = select(audit).where(audit.c.workspace == workspace.key)
        if channel is not None:
            wanted = wanted.where(audit.c.channel == channel)
        wanted = wanted.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(
            Act(
                workspace=workspace,
                channel=row["channel"],
                by=row["actor"],
                what=row["what"],
                subject=row["subject"],
                at=row["at"],
            )
            for row in rows
        )

    async def forget(self, person: Person, *, stand_in: str) -> None:
        key = person.workspace.key
        async with self._database.writing() as connection:
            for table in (leads, admins):
                await connection.execute(
                    delete(table).where(table.c.workspace == key, table.c.person == person.id)
                )
            for column in (audit.c.actor, audit.c.subject):
                await connection.execute(
                    update(audit)
                    .where(audit.c.workspace == key, column == person.id)
                    .values({column.name: stand_in})
                )


async def _leads(
    connection: AsyncConnection, workspace: Workspace, channel: str
) -> tuple[Person, ...]:
    wanted = (
        select(leads.c.person)
        .where(leads.c.workspace == workspace.key, leads.c.channel == channel)
        .order_by(leads.c.since, leads.c.person)
    )
    ids = (await connection.execute(wanted)).scalars()
    return tuple(Person(workspace=workspace, id=one) for one in ids)


async def _serialise(connection: AsyncConnection, workspace: Workspace, channel: str) -> None:
    """One change of a channel's leads at a time; SQLite has a single writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    name: ColumnElement[str] = func.hashtextextended(f"leads:{workspace.key}:{channel}", 0)
    await connection.execute(select(func.pg_advisory_xact_lock(name)))


async def _note(connection: AsyncConnection, act: Act) -> None:
    await connection.execute(
        insert(audit).values(
            workspace=act.workspace.key,
            channel=act.channel,
            actor=act.by,
            what=act.what,
            subject=act.subject,
            at=act.at,
        )
    )


def _act(person: Person, channel: str | None, by: Person, what: str, now: datetime) -> Act:
    return Act(
        workspace=person.workspace,
        channel=channel,
        by=by.id,
        what=what,
        subject=person.id,
        at=now,
    )


async def _add_lead(
    connection: AsyncConnection, person: Person, channel: str, by: Person, now: datetime
) -> bool:
    row = {
        "workspace": person.workspace.key,
        "channel": channel,
        "person": person.id,
        "since": now,
    }
    added = await connection.execute(
        insert_into(leads, connection).values(row).on_conflict_do_nothing()
    )
    if added.rowcount < 1:
        return False
    await _note(connection, _act(person, channel, by, "lead.added", now))
    return True
