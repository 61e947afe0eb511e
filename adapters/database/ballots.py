"""Ballots: sealed and keyed by a pulse's own secret while it is open, nobody's afterwards."""

import random
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ballotbox import BallotBox
from adapters.database.cipher import Cipher
from adapters.database.engine import Database
from adapters.database.locks import serialise, share
from adapters.database.scrub import scrub
from adapters.database.sends import forget_sends, renew_sends
from adapters.database.tables.pulses import (
    ballots,
    pulse_audience,
    pulse_comments,
    pulse_secrets,
    pulses,
    sealed_ballots,
)
from adapters.database.upsert import insert_into
from bot.messages import Person
from bot.ports.pulses import Ballot, Pulse, PulseState, Receipt
from bot.ports.sends import Send
from bot.scoring import Answers, Limits

BATCH = 2000  # ballots in memory at a time
CHANCE = random.SystemRandom()


class DatabaseBallots:
    """Implements bot.ports.pulses.BallotStore."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def answer(self, pulse: Pulse, person: Person, ballot: Ballot, now: datetime) -> Receipt:
        async with self._database.writing() as connection:
            await share(connection, "ballots", pulse.workspace, pulse.id)
            found = await _standing(connection, pulse, person)
            if refused := _refused(found, pulse, person, now):
                return refused
            box = BallotBox(self._cipher.open(found.secret))
            key = box.key(person)
            sealed = box.seal(key, ballot)
            added = await connection.execute(
                insert_into(sealed_ballots, connection)
                .values(**_key(pulse), key=key, sealed=sealed)
                .on_conflict_do_nothing()
            )
            if added.rowcount > 0:
                return Receipt.NEW
            await connection.execute(
                update(sealed_ballots)
                .where(*_of(sealed_ballots, pulse), sealed_ballots.c.key == key)
                .values(sealed=sealed)
            )
            return Receipt.REPLACED

    async def count(self, pulse: Pulse) -> int:
        async with self._database.reading() as connection:
            return await _count(connection, pulse)

    async def has_answered(self, pulse: Pulse, person: Person) -> bool:
        async with self._database.reading() as connection:
            sealed = await _secret(connection, pulse)
            if sealed is None:
                return False
            key = BallotBox(self._cipher.open(sealed)).key(person)
            wanted = select(sealed_ballots.c.key).where(
                *_of(sealed_ballots, pulse), sealed_ballots.c.key == key
            )
            return (await connection.execute(wanted)).first() is not None

    async def close(
        self, pulse: Pulse, now: datetime, limits: Limits, sends: Sequence[Send] = ()
    ) -> bool:
        async with self._database.writing() as connection:
            await serialise(connection, "pulse closes", pulse.workspace, "")
            await serialise(connection, "ballots", pulse.workspace, pulse.id)
            closes = await _lock_open(connection, pulse)
            if closes is None:
                return False
            answered = await _count(connection, pulse)
            if answered >= limits.scores:
                comments = answered >= limits.comments
                await self._rekey(connection, pulse, comments=comments)
            for table in (sealed_ballots, pulse_secrets):
                await connection.execute(delete(table).where(*_of(table, pulse)))
            await forget_sends(connection, pulse.workspace, pulse.id)
            await connection.execute(
                update(pulses)
                .where(pulses.c.workspace == pulse.workspace.key, pulses.c.id == pulse.id)
                .values(
                    state=PulseState.CLOSED,
                    closes=await _in_turn(connection, pulse, min(now, closes)),
                    answered=answered,
                    not_before=None,
                )
            )
            await renew_sends(connection, pulse.workspace, sends)
        await scrub(self._database)
        return True

    async def closed(self, pulse: Pulse) -> AsyncIterator[tuple[Answers, int]]:
        wanted = (
            select(ballots.c.answers, func.count())
            .where(*_of(ballots, pulse))
            .group_by(ballots.c.answers)
        )
        async with self._database.reading() as connection:
            result = await connection.stream(wanted)
            async for answers, people in result:
                yield tuple(map(int, answers)), people

    async def comments(self, pulse: Pulse) -> tuple[str, ...]:
        wanted = (
            select(pulse_comments.c.comment)
            .where(*_of(pulse_comments, pulse))
            .order_by(pulse_comments.c.key)
        )
        async with self._database.reading() as connection:
            return tuple((await connection.execute(wanted)).scalars())

    async def _rekey(self, connection: AsyncConnection, pulse: Pulse, *, comments: bool) -> None:
        """Batches come in the order of keyed hashes, which tells nothing once the secret is gone;
        each is shuffled all the same."""
        box = await self._box(connection, pulse)
        last = ""
        while batch := await _batch(connection, pulse, last):
            last = batch[-1][0]
            opened = [box.open(key, sealed) for key, sealed in batch]
            await _insert(
                connection,
                pulse,
                ballots,
                "answers",
                ["".join(map(str, b.answers)) for b in opened],
            )
            if comments:
                words = [ballot.comment for ballot in opened if ballot.comment]
                await _insert(connection, pulse, pulse_comments, "comment", words)

    async def _box(self, connection: AsyncConnection, pulse: Pulse) -> BallotBox:
        sealed = await _secret(connection, pulse)
        if sealed is None:
            raise LookupError("an open pulse without its secret")
        return BallotBox(self._cipher.open(sealed))


async def _standing(
    connection: AsyncConnection, pulse: Pulse, person: Person
) -> Row[Any, Any, Any, Any]:
    """How the pulse is, and this person in it."""
    wanted = (
        select(
            pulses.c.state,
            pulses.c.closes,
            pulse_audience.c.person.label("invited"),
            pulse_secrets.c.sealed.label("secret"),
        )
        .select_from(pulses)
        .outerjoin(
            pulse_audience,
            and_(*_of(pulse_audience, pulse), pulse_audience.c.person == person.id),
        )
        .outerjoin(pulse_secrets, and_(*_of(pulse_secrets, pulse)))
        .where(pulses.c.workspace == pulse.workspace.key, pulses.c.id == pulse.id)
    )
    return (await connection.execute(wanted)).one()


def _refused(
    found: Row[Any, Any, Any, Any], pulse: Pulse, person: Person, now: datetime
) -> Receipt | None:
    """Why this ballot can't be kept."""
    if found.state == PulseState.CANCELLED:
        return Receipt.CANCELLED
    if found.state != PulseState.OPEN or found.closes <= now:
        return Receipt.CLOSED
    if person.workspace != pulse.workspace or found.invited is None:
        return Receipt.NOT_INVITED
    return None


async def _lock_open(connection: AsyncConnection, pulse: Pulse) -> datetime | None:
    """When it was to close, with nobody else able to answer or close it; None if it isn't open."""
    wanted = (
        select(pulses.c.closes)
        .where(
            pulses.c.workspace == pulse.workspace.key,
            pulses.c.id == pulse.id,
            pulses.c.state == PulseState.OPEN,
        )
        .with_for_update()
    )
    closes: datetime | None = (await connection.execute(wanted)).scalar()
    return closes


async def _in_turn(connection: AsyncConnection, pulse: Pulse, moment: datetime) -> datetime:
    """Later than all that closed before in this workspace: each result is compared with those of
    earlier pulses, so one that was due long ago must not slip in before one already shown."""
    wanted = select(func.max(pulses.c.closes)).where(
        pulses.c.workspace == pulse.workspace.key, pulses.c.state == PulseState.CLOSED
    )
    last: datetime | None = (await connection.execute(wanted)).scalar()
    return moment if last is None else max(moment, last + timedelta(microseconds=1))


async def _count(connection: AsyncConnection, pulse: Pulse) -> int:
    wanted = select(func.count()).select_from(sealed_ballots).where(*_of(sealed_ballots, pulse))
    return int((await connection.execute(wanted)).scalar_one())


async def _secret(connection: AsyncConnection, pulse: Pulse) -> bytes | None:
    wanted = select(pulse_secrets.c.sealed).where(*_of(pulse_secrets, pulse))
    sealed: bytes | None = (await connection.execute(wanted)).scalar()
    return sealed


async def _batch(connection: AsyncConnection, pulse: Pulse, after: str) -> Sequence[Any]:
    wanted = (
        select(sealed_ballots.c.key, sealed_ballots.c.sealed)
        .where(*_of(sealed_ballots, pulse), sealed_ballots.c.key > after)
        .order_by(sealed_ballots.c.key)
        .limit(BATCH)
    )
    return (await connection.execute(wanted)).all()


async def _insert(
    connection: AsyncConnection, pulse: Pulse, table: Any, column: str, values: list[str]
) -> None:
    rows = [{**_key(pulse), "key": secrets.token_hex(16), column: value} for value in values]
    CHANCE.shuffle(rows)
    if rows:
        await connection.execute(insert(table), rows)


def _of(table: Any, pulse: Pulse) -> tuple[ColumnElement[bool], ...]:
    return table.c.workspace == pulse.workspace.key, table.c.pulse == pulse.id


def _key(pulse: Pulse) -> dict[str, str]:
    return {"workspace": pulse.workspace.key, "pulse": pulse.id}
