"""A pulse's life in rows; its ballots are in ballots.py, its rounds in pulserounds.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ballotbox import new_secret
from adapters.database.cipher import Cipher
from adapters.database.engine import Database
from adapters.database.locks import serialise
from adapters.database.neighbours import neighbours_of
from adapters.database.pulserounds import DatabasePulseRounds
from adapters.database.pulserows import json_of, row_of
from adapters.database.scrub import scrub
from adapters.database.sends import forget_sends, insert_sends, renew_sends
from adapters.database.tables.pulses import (
    ballots,
    pulse_audience,
    pulse_comments,
    pulse_secrets,
    pulses,
    sealed_ballots,
)
from bot.messages import Person, Workspace
from bot.ports.chat import Posted
from bot.ports.pulses import ALL, Invitee, Pulse, PulseState
from bot.ports.sends import Send
from bot.schedule import next_start
from bot.scoring import Hidden, Neighbour, Result

BATCH = 5000  # rows an insert


class DatabasePulses(DatabasePulseRounds):
    """Implements bot.ports.pulses.PulseStore."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        super().__init__(database)
        self._cipher = cipher

    async def launch(
        self,
        pulse: Pulse,
        audience: Sequence[Invitee],
        sends: Sequence[Send],
        *,
        follows: str | None = None,
    ) -> bool:
        row = row_of(pulse) | {"next_start": _next_start(pulse)}
        try:
            async with self._database.writing() as connection:
                await serialise(connection, "pulses", pulse.workspace, pulse.channel)
                if await _is_taken(connection, pulse):
                    return False
                if follows and not await _take_over(connection, pulse.workspace, follows):
                    return False
                await connection.execute(insert(pulses).values(row))
                await connection.execute(
                    insert(pulse_secrets).values(
                        **_key(pulse), sealed=self._cipher.seal(new_secret())
                    )
                )
                await _insert_audience(connection, pulse, audience)
                await insert_sends(connection, pulse.workspace, sends)
        except IntegrityError:  # the unique index has the last word
            return False
        return True

    async def pulse(self, workspace: Workspace, pulse: str) -> Pulse | None:
        found = await self._pulses(
            select(pulses).where(pulses.c.workspace == workspace.key, pulses.c.id == pulse)
        )
        return found[0] if found else None

    async def open_in(self, workspace: Workspace, channel: str) -> tuple[Pulse, ...]:
        return await self._pulses(
            _in(workspace, channel)
            .where(pulses.c.state == PulseState.OPEN)
            .order_by(pulses.c.opened, pulses.c.id)
        )

    async def open_of(self, workspace: Workspace) -> tuple[Pulse, ...]:
        return await self._pulses(
            select(pulses)
            .where(pulses.c.workspace == workspace.key, pulses.c.state == PulseState.OPEN)
            .order_by(pulses.c.closes, pulses.c.id)
        )

    async def closed_in(self, workspace: Workspace, channel: str, most: int) -> tuple[Pulse, ...]:
        return await self._pulses(
            _in(workspace, channel)
            .where(pulses.c.state == PulseState.CLOSED, pulses.c.result.is_not(None))
            .order_by(pulses.c.closes.desc(), pulses.c.id)
            .limit(most)
        )

    async def asked_in(self, workspace: Workspace, channel: str) -> tuple[tuple[str, ...], ...]:
        found = await self._pulses(
            _in(workspace, channel)
            .where(pulses.c.state != PulseState.CANCELLED)
            .order_by(pulses.c.opened, pulses.c.id)
        )
        return tuple(pulse.order for pulse in found)

    async def is_invited(self, pulse: Pulse, person: Person) -> bool:
        if person.workspace != pulse.workspace:
            return False
        wanted = select(pulse_audience.c.person).where(
            *_of(pulse_audience, pulse), pulse_audience.c.person == person.id
        )
        async with self._database.reading() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def audience(self, pulse: Pulse) -> tuple[Invitee, ...]:
        wanted = (
            select(pulse_audience.c.person, pulse_audience.c.zone)
            .where(*_of(pulse_audience, pulse))
            .order_by(pulse_audience.c.person)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(
            Invitee(person=Person(workspace=pulse.workspace, id=person), zone=zone)
            for person, zone in rows
        )

    async def neighbours(self, pulse: Pulse, since: datetime) -> tuple[Neighbour, ...]:
        earlier = (
            select(pulses)
            .where(
                pulses.c.workspace == pulse.workspace.key,
                pulses.c.state == PulseState.CLOSED,
                pulses.c.id != pulse.id,
                pulses.c.closes > since,
                (pulses.c.closes < pulse.closes)
                | and_(pulses.c.closes == pulse.closes, pulses.c.id < pulse.id),
            )
            .order_by(pulses.c.closes)
        )
        others = await self._pulses(earlier)
        async with self._database.reading() as connection:
            return await neighbours_of(connection, pulse, others)

    async def keep_result(self, pulse: Pulse, result: Result, sends: Sequence[Send]) -> bool:
        async with self._database.writing() as connection:
            kept = await connection.execute(
                update(pulses)
                .where(*_is(pulse), pulses.c.result.is_(None))
                .values(result=json_of(result))
            )
            if kept.rowcount < 1:
                return False
            if result.hidden is Hidden.FEW:
                for table in (ballots, pulse_comments):
                    await connection.execute(delete(table).where(*_of(table, pulse)))
            await insert_sends(connection, pulse.workspace, sends)
            return True

    async def extend(self, pulse: Pulse, closes: datetime, sends: Sequence[Send] = ()) -> bool:
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(pulses)
                .where(*_is(pulse), pulses.c.state == PulseState.OPEN)
                .values(closes=closes)
            )
            if changed.rowcount < 1:
                return False
            await renew_sends(connection, pulse.workspace, sends)
            return True

    async def cancel(self, pulse: Pulse, now: datetime, sends: Sequence[Send] = ()) -> bool:
        async with self._database.writing() as connection:
            await serialise(connection, "ballots", pulse.workspace, pulse.id)
            changed = await connection.execute(
                update(pulses)
                .where(*_is(pulse), pulses.c.state == PulseState.OPEN)
                .values(state=PulseState.CANCELLED, closes=now, next_start=None)
            )
            if changed.rowcount < 1:
                return False
            for table in (sealed_ballots, pulse_secrets, pulse_audience):
                await connection.execute(delete(table).where(*_of(table, pulse)))
            await forget_sends(connection, pulse.workspace, pulse.id)
            await renew_sends(connection, pulse.workspace, sends)
        await scrub(self._database)
        return True

    async def stop_repeating(self, pulse: Pulse) -> bool:
        async with self._database.writing() as connection:
            return await _take_over(connection, pulse.workspace, pulse.id)

    async def forget_audiences(self, before: datetime) -> int:
        ended = exists().where(
            pulses.c.workspace == pulse_audience.c.workspace,
            pulses.c.id == pulse_audience.c.pulse,
            pulses.c.state != PulseState.OPEN,
            pulses.c.closes < before,
        )
        async with self._database.writing() as connection:
            return (await connection.execute(delete(pulse_audience).where(ended))).rowcount

    async def send(self, workspace: Workspace, sends: Sequence[Send]) -> int:
        async with self._database.writing() as connection:
            return await insert_sends(connection, workspace, sends)

    async def remind(
        self, pulse: Pulse, sends: Sequence[Send], now: datetime, *, not_since: datetime
    ) -> bool:
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(pulses)
                .where(
                    *_is(pulse),
                    pulses.c.state == PulseState.OPEN,
                    pulses.c.reminded.is_(None) | (pulses.c.reminded <= not_since),
                )
                .values(reminded=now)
            )
            if changed.rowcount < 1:
                return False
            await insert_sends(connection, pulse.workspace, sends)
            return True

    async def posted(self, pulse: Pulse, posted: Posted) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                update(pulses)
                .where(*_is(pulse))
                .values(
                    post_channel=posted.place.channel,
                    post_thread=posted.place.thread,
                    post_message=posted.message,
                )
            )

    async def renew(self, workspace: Workspace, sends: Sequence[Send]) -> None:
        async with self._database.writing() as connection:
            await renew_sends(connection, workspace, sends)


async def _is_taken(connection: AsyncConnection, pulse: Pulse) -> bool:
    """A pulse that asks about any of the same pillars is open in the channel."""
    wanted = _in(pulse.workspace, pulse.channel).where(pulses.c.state == PulseState.OPEN)
    if pulse.pillar != ALL:
        wanted = wanted.where(pulses.c.pillar.in_((pulse.pillar, ALL)))
    return (await connection.execute(wanted.limit(1))).first() is not None


async def _take_over(connection: AsyncConnection, workspace: Workspace, pulse: str) -> bool:
    changed = await connection.execute(
        update(pulses)
        .where(
            pulses.c.workspace == workspace.key,
            pulses.c.id == pulse,
            pulses.c.next_start.is_not(None),
        )
        .values(next_start=None)
    )
    return changed.rowcount > 0


async def _insert_audience(
    connection: AsyncConnection, pulse: Pulse, audience: Sequence[Invitee]
) -> None:
    rows = [{**_key(pulse), "person": one.person.id, "zone": one.zone} for one in audience]
    for first in range(0, len(rows), BATCH):
        await connection.execute(insert(pulse_audience), rows[first : first + BATCH])


def _next_start(pulse: Pulse) -> datetime | None:
    if not pulse.repeat_weeks:
        return None
    return next_start(pulse.opened, pulse.repeat_weeks, pulse.zone)


def _in(workspace: Workspace, channel: str) -> Select[Any]:
    return select(pulses).where(pulses.c.workspace == workspace.key, pulses.c.channel == channel)


def _is(pulse: Pulse) -> tuple[ColumnElement[bool], ...]:
    return pulses.c.workspace == pulse.workspace.key, pulses.c.id == pulse.id


def _of(table: Any, pulse: Pulse) -> tuple[ColumnElement[bool], ...]:
    return table.c.workspace == pulse.workspace.key, table.c.pulse == pulse.id


def _key(pulse: Pulse) -> dict[str, str]:
    return {"workspace": pulse.workspace.key, "pulse": pulse.id}
