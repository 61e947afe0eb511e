"""A team's settings, weekly slots and past digests."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, bindparam, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import moment
from adapters.database.engine import Database
from adapters.database.moving import move_channel
from adapters.database.sendrows import WAITING, workspace_of
from adapters.database.sends import insert_sends
from adapters.database.tables.base import Instant
from adapters.database.tables.channels import channels, digests, slots
from adapters.database.tables.sends import sends
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.channels import (
    Languages,
    PastDigest,
    Slot,
    SlotKind,
    SlotState,
    Team,
    Turn,
)
from bot.ports.sends import TRACELESS, SendState

LONGEST = timedelta(days=8)  # a next time further off: the clock was set back since
# Whether any slot has come, or is too far off; asked every few seconds: made once.
SOME = select(
    exists().where(slots.c.next <= bindparam("now", type_=Instant))
    | exists().where(slots.c.next > bindparam("far", type_=Instant))
)


class DatabaseChannels:
    """Implements bot.ports.channels.ChannelStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def team(self, workspace: Workspace, channel: str) -> Team:
        async with self._database.reading() as connection:
            query = select(channels).where(_of(channels, workspace, channel))
            row = (await connection.execute(query)).first()
        return team_of(row) if row else Team(workspace=workspace, channel=channel)

    async def teams(self, workspace: Workspace) -> tuple[Team, ...]:
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(channels)
                .where(channels.c.workspace == workspace.key)
                .order_by(channels.c.name, channels.c.channel)
            )
            return tuple(team_of(row) for row in rows)

    async def put_team(self, team: Team) -> None:
        row = {
            "workspace": team.workspace.key,
            "channel": team.channel,
            "name": team.name,
            "language": team.language.value,
            "gone": team.gone,
        }
        async with self._database.writing() as connection:
            await _put(connection, channels, row)

    async def slot(self, workspace: Workspace, channel: str, kind: SlotKind) -> Slot | None:
        async with self._database.reading() as connection:
            query = select(slots).where(_of(slots, workspace, channel), slots.c.kind == kind.value)
            row = (await connection.execute(query)).first()
        return slot_of(row) if row else None

    async def put_slot(self, slot: Slot) -> None:
        async with self._database.writing() as connection:
            await _put(connection, slots, _slot_row(slot))

    async def turn(self, now: datetime, *, most: int, turn: Turn) -> int:
        times = {"now": now, "far": now + LONGEST}
        if not await self._database.read(lambda connection: connection.scalar(SOME, times)):
            return 0
        come, set_back = slots.c.next <= now, slots.c.next > now + LONGEST
        async with self._database.writing() as connection:
            rows = await _first(connection, come, most) or await _first(connection, set_back, most)
            planned: dict[Workspace, list[Any]] = {}
            moved = []
            for row in rows:
                slot, send = turn(slot_of(row), now)
                moved.append(_slot_row(slot))
                if send is not None:
                    planned.setdefault(slot.workspace, []).append(send)
            for workspace, of in planned.items():
                await insert_sends(connection, workspace, of)
            if moved:
                await _put_many(connection, slots, moved)
            return len(rows)

    async def keep_digests(self, made: Sequence[PastDigest]) -> None:
        rows = [
            {
                "workspace": one.workspace.key,
                "channel": one.channel,
                "kind": one.kind.value,
                "week": one.week,
                "made": one.made,
                "headline": one.headline,
                "text": one.text,
                "quiet": one.quiet,
            }
            for one in made
        ]
        if rows:
            async with self._database.writing() as connection:
                await _put_many(connection, digests, rows)

    async def digests(
        self, workspace: Workspace, channel: str, kind: SlotKind, *, most: int
    ) -> tuple[PastDigest, ...]:
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(digests)
                .where(_of(digests, workspace, channel), digests.c.kind == kind.value)
                .order_by(digests.c.week.desc())
                .limit(most)
            )
            return tuple(_past(row) for row in rows)

    async def gone(self, workspace: Workspace, channel: str | None, reason: str) -> None:
        async with self._database.writing() as connection:
            if channel is not None:
                row = {
                    "workspace": workspace.key,
                    "channel": channel,
                    "language": Languages.EN.value,
                }
                known = insert_into(channels, connection).values(row)
                await connection.execute(
                    known.on_conflict_do_nothing(index_elements=["workspace", "channel"])
                )
            await connection.execute(
                update(channels).where(_of(channels, workspace, channel)).values(gone=reason)
            )
            await connection.execute(
                update(slots)
                .where(_of(slots, workspace, channel))
                .values(state=SlotState.OFF.value, next=None, week=None)
            )
            await _drop_unsent(connection, workspace, channel, reason)

    async def move(self, workspace: Workspace, channel: str, new_channel: str) -> None:
        async with self._database.writing() as connection:
            await move_channel(connection, workspace, channel, new_channel)


async def _drop_unsent(
    connection: AsyncConnection, workspace: Workspace, channel: str | None, reason: str
) -> None:
    """What no try has in hand. A lead can still be told of their channel: what goes to single
    people about it is left to its feature, as long as the workspace is there."""
    unsent = WAITING & (sends.c.doubtful == 0) & _of(sends, workspace, channel)
    if channel is not None:
        unsent &= sends.c.person.is_(None)
    await connection.execute(delete(sends).where(unsent, sends.c.kind.in_(TRACELESS)))
    finished = await moment(connection)
    await connection.execute(
        update(sends)
        .where(unsent)
        .values(state=SendState.DROPPED.value, finished=finished, ready=None, reason=reason)
    )


async def _first(
    connection: AsyncConnection, wanted: ColumnElement[bool], most: int
) -> Sequence[Row[Any]]:
    """Slots by their next time, locked for this planner; others' are left to them."""
    query = select(slots).where(wanted).order_by(slots.c.next).limit(most)
    return (await connection.execute(query.with_for_update(skip_locked=True))).all()


def _of(table: Table, workspace: Workspace, channel: str | None) -> ColumnElement[bool]:
    """Rows of one channel; None: of all."""
    mine: ColumnElement[bool] = table.c.workspace == workspace.key
    return mine if channel is None else mine & (table.c.channel == channel)


async def _put(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> None:
    await _put_many(connection, table, [row])


async def _put_many(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert, or replace what has the same key: one prepared statement for all rows."""
    insert = insert_into(table, connection)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    await connection.execute(
        insert.on_conflict_do_update(index_elements=keys, set_=changed),
        sorted(rows, key=lambda row: [row[name] for name in keys]),  # locked in one order
    )


def team_of(row: Row[Any]) -> Team:
    """A row as a team."""
    return Team(
        workspace=workspace_of(row.workspace),
        channel=row.channel,
        name=row.name,
        language=Languages(row.language),
        gone=row.gone,
    )


def slot_of(row: Row[Any]) -> Slot:
    """A row as a slot."""
    return Slot(
        workspace=workspace_of(row.workspace),
        channel=row.channel,
        kind=SlotKind(row.kind),
        weekday=row.weekday,
        at=time(row.minute // 60, row.minute % 60),
        zone=row.zone,
        state=SlotState(row.state),
        resume=row.resume,
        week=row.week,
        next=row.next,
        changed_by=row.changed_by,
    )


def _slot_row(slot: Slot) -> dict[str, Any]:
    return {
        "workspace": slot.workspace.key,
        "channel": slot.channel,
        "kind": slot.kind.value,
        "weekday": slot.weekday,
        "minute": slot.at.hour * 60 + slot.at.minute,
        "zone": slot.zone,
        "state": slot.state.value,
        "resume": slot.resume,
        "week": slot.week,
        "next": slot.next,
        "changed_by": slot.changed_by,
    }


def _past(row: Row[Any]) -> PastDigest:
    return PastDigest(
        workspace=workspace_of(row.workspace),
        channel=row.channel,
        kind=SlotKind(row.kind),
        week=row.week,
        made=row.made,
        headline=row.headline,
        text=row.text,
        quiet=row.quiet,
    )
