"""What digests are made of, a statement a table for many channels."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.actions import action_of
from adapters.database.channels import slot_of, team_of
from adapters.database.engine import Database
from adapters.database.gaps import gap_of
from adapters.database.pairs import one_of
from adapters.database.pulserows import pulse_of
from adapters.database.sendrows import workspace_of
from adapters.database.tables.asking import answers_given, gaps
from adapters.database.tables.channels import channels, digests, slots
from adapters.database.tables.pulses import actions, pulses
from bot.ports.actions import ActionState
from bot.ports.channels import SlotKind, Team
from bot.ports.pulses import PulseState
from bot.ports.weeks import Channel, ChannelWeek

T = TypeVar("T")
Found = Mapping[Channel, tuple[T, ...]]


class DatabaseWeeks:
    """Implements bot.ports.weeks.WeekStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(
        self,
        channels: Sequence[Channel],
        *,
        since: datetime,
        most_pulses: int,
        most_ended: int,
        most_gaps: int,
        most_past: int,
    ) -> Mapping[Channel, ChannelWeek]:
        async with self._database.snapshot(), self._database.reading() as connection:
            read = _Reading(connection, channels)
            teams, own = await read.teams(), await read.slots()
            closed, running = await read.closed(most_pulses), await read.open()
            to_do, ended = await read.to_do(), await read.ended(most_ended)
            answered, unanswered = await read.answered(since), await read.gaps(since, most_gaps)
            past = await read.past(most_past)
        return {
            one: ChannelWeek(
                team=next(iter(teams.get(one, ())), Team(workspace=one[0], channel=one[1])),
                slot=next(iter(own.get(one, ())), None),
                closed=closed.get(one, ()),
                open=running.get(one, ()),
                actions=to_do.get(one, ()),
                ended=ended.get(one, ()),
                answered=answered.get(one, ()),
                gaps=unanswered.get(one, ()),
                past=past.get(one, ()),
            )
            for one in channels
        }


class _Reading:
    """One table after the other, for the same channels."""

    def __init__(self, connection: AsyncConnection, channels: Sequence[Channel]) -> None:
        self._connection = connection
        self._keys = [(workspace.key, channel) for workspace, channel in channels]

    async def teams(self) -> Found[Team]:
        return await self._grouped(select(channels).where(self._mine(channels)), team_of)

    async def slots(self) -> Found[Any]:
        digest = slots.c.kind == SlotKind.DIGEST.value
        return await self._grouped(select(slots).where(self._mine(slots), digest), slot_of)

    async def closed(self, most: int) -> Found[Any]:
        closed = (pulses.c.state == PulseState.CLOSED) & pulses.c.result.is_not(None)
        order = (pulses.c.closes.desc(), pulses.c.id)
        return await self._newest(pulses, closed, order, most, lambda row: pulse_of(row._mapping))

    async def open(self) -> Found[Any]:
        query = (
            select(pulses)
            .where(self._mine(pulses), pulses.c.state == PulseState.OPEN)
            .order_by(pulses.c.opened, pulses.c.id)
        )
        return await self._grouped(query, lambda row: pulse_of(row._mapping))

    async def to_do(self) -> Found[Any]:
        query = (
            select(actions)
            .where(self._mine(actions), actions.c.state == ActionState.OPEN)
            .order_by(actions.c.due_week, actions.c.created, actions.c.id)
        )
        return await self._grouped(query, _action)

    async def ended(self, most: int) -> Found[Any]:
        order = (actions.c.ended.desc(), actions.c.id)
        return await self._newest(
            actions, actions.c.state != ActionState.OPEN, order, most, _action
        )

    async def answered(self, since: datetime) -> Found[tuple[date, str, int]]:
        """By the channel's own days, of which the first may begin a day before UTC's."""
        given = answers_given.c
        first = since.astimezone(UTC).date() - timedelta(days=1)
        query = (
            select(answers_given)
            .where(self._mine(answers_given), given.day >= first)
            .order_by(given.day, given.topic)
        )
        return await self._grouped(query, lambda row: (row.day, row.topic, row.times))

    async def gaps(self, since: datetime, most: int) -> Found[Any]:
        order = (gaps.c.times.desc(), gaps.c.asked.desc(), gaps.c.id)
        return await self._newest(gaps, gaps.c.asked >= since, order, most, gap_of)

    async def past(self, most: int) -> Found[tuple[str, bool]]:
        kind = digests.c.kind == SlotKind.DIGEST.value
        order = (digests.c.week.desc(),)
        return await self._newest(digests, kind, order, most, lambda row: (row.week, row.quiet))

    def _mine(self, table: Table) -> ColumnElement[bool]:
        return one_of(table.c.workspace, table.c.channel, self._keys)

    async def _newest(
        self,
        table: Table,
        wanted: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]],
        most: int,
        made: Callable[[Any], T],
    ) -> Found[T]:
        """The first so many of each channel."""
        place = func.row_number().over(
            partition_by=(table.c.workspace, table.c.channel), order_by=order
        )
        placed = select(table, place.label("place")).where(self._mine(table), wanted).subquery()
        query = select(placed).where(placed.c.place <= most).order_by(placed.c.place)
        return await self._grouped(query, made)

    async def _grouped(self, query: Any, made: Callable[[Any], T]) -> Found[T]:
        found: dict[Channel, tuple[T, ...]] = {}
        for row in await self._connection.execute(query):
            key = (workspace_of(row.workspace), row.channel)
            found[key] = (*found.get(key, ()), made(row))
        return found


def _action(row: Any) -> Any:
    return action_of(workspace_of(row.workspace), row._mapping)
