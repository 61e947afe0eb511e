"""Pulses whose time has come: to be closed, computed, counted, or followed by the next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.engine import Database
from adapters.database.pairs import one_of
from adapters.database.pulserows import pulse_of
from adapters.database.sends import renew_sends
from adapters.database.tables.base import Instant
from adapters.database.tables.pulses import pulses, sealed_ballots
from bot.messages import Workspace
from bot.ports.pulses import Changing, Pulse, PulseState
from bot.ports.sends import Send

Key = tuple[str, str]  # a pulse's workspace and id


def _is(state: PulseState) -> ColumnElement[bool]:
    """Spelt out: with a parameter no database would use the indexes on one state."""
    return pulses.c.state == literal_column(f"'{state.value}'")


THIS = (pulses.c.workspace == bindparam("its_workspace")) & (pulses.c.id == bindparam("its_id"))
TOLD = update(pulses).where(THIS)  # the columns come with each row
NOW, MOST = bindparam("now", type_=Instant), bindparam("most", type_=Integer)
NOT_PUT_OFF = or_(pulses.c.not_before.is_(None), pulses.c.not_before <= NOW)
# Asked every few seconds: made once.
TO_CLOSE = (
    select(pulses)
    .where(_is(PulseState.OPEN), pulses.c.closes <= NOW, NOT_PUT_OFF)
    .order_by(pulses.c.closes)
    .limit(MOST)
)
NO_RESULT = (
    select(pulses)
    .where(_is(PulseState.CLOSED), pulses.c.result.is_(None), NOT_PUT_OFF)
    .order_by(pulses.c.closes)
    .limit(MOST)
)
TO_REPEAT = (
    select(pulses).where(pulses.c.next_start <= NOW).order_by(pulses.c.next_start).limit(MOST)
)


class DatabasePulseRounds:
    """The verbs of bot.ports.pulses.PulseStore that look at the pulses of every workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due_to_close(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        return await self._first(TO_CLOSE, now, most)

    async def without_result(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        return await self._first(NO_RESULT, now, most)

    async def put_off(self, pulse: Pulse, until: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(pulses).where(_this(pulse)).values(not_before=until))

    async def due_to_repeat(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        return await self._first(TO_REPEAT, now, most)

    async def go_on(self, pulse: Pulse, again: datetime, sends: Sequence[Send]) -> bool:
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(pulses)
                .where(_this(pulse), pulses.c.next_start.is_not(None))
                .values(next_start=again)
            )
            if changed.rowcount < 1:
                return False
            await renew_sends(connection, pulse.workspace, sends)
            return True

    async def tell(self, now: datetime, moment: datetime, *, most: int, change: Changing) -> int:
        old = (
            _is(PulseState.OPEN)
            & (pulses.c.closes > now)
            & (func.coalesce(pulses.c.shown_at, pulses.c.opened) < moment)
        )
        async with self._database.reading() as connection:
            if not (await connection.execute(select(exists().where(old)))).scalar():
                return 0
        async with self._database.writing() as connection:
            in_order = select(pulses).where(old).order_by(pulses.c.closes, pulses.c.id)
            locked = await connection.execute(in_order.limit(most).with_for_update())
            found = [pulse_of(row) for row in locked.mappings()]
            counts = await _answered(connection, map(_key, found))
            rows = [_told(pulse, counts.get(_key(pulse), 0), now) for pulse in found]
            if rows:
                await connection.execute(TOLD, rows)
            others: dict[Workspace, list[Send]] = {}
            for pulse in found:
                if counts.get(_key(pulse), 0) != pulse.told:
                    others.setdefault(pulse.workspace, []).append(change(pulse, now))
            for workspace in sorted(others, key=lambda one: one.key):  # locked in one order
                await renew_sends(connection, workspace, others[workspace])
            return len(found)

    async def _first(self, wanted: Select[Any], now: datetime, most: int) -> tuple[Pulse, ...]:
        values = {"now": now, "most": most}
        rows = await self._database.read(
            lambda connection: connection.execute(wanted, values).mappings().all()
        )
        return tuple(pulse_of(row) for row in rows)

    async def _pulses(self, wanted: Select[Any]) -> tuple[Pulse, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(pulse_of(row) for row in rows)


def _this(pulse: Pulse) -> ColumnElement[bool]:
    return (pulses.c.workspace == pulse.workspace.key) & (pulses.c.id == pulse.id)


def _key(pulse: Pulse) -> Key:
    return pulse.workspace.key, pulse.id


def _told(pulse: Pulse, answered: int, now: datetime) -> dict[str, object]:
    workspace, name = _key(pulse)
    which = {"its_workspace": workspace, "its_id": name}
    return {**which, "shown_answered": answered, "shown_at": now}


async def _answered(connection: AsyncConnection, keys: Iterable[Key]) -> Mapping[Key, int]:
    """How many answered; pulses without an answer are left out."""
    of = sealed_ballots.c
    counted = (
        select(of.workspace, of.pulse, func.count())
        .where(one_of(of.workspace, of.pulse, keys))
        .group_by(of.workspace, of.pulse)
    )
    rows = (await connection.execute(counted)).all()
    return {(workspace, pulse): number for workspace, pulse, number in rows}
