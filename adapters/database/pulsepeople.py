"""What is kept of single people for pulses: who wants no messages, and how to forget somebody."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.ballotbox import BallotBox
from adapters.database.cipher import Cipher
from adapters.database.engine import Database
from adapters.database.scrub import scrub
from adapters.database.tables.pulses import (
    pulse_audience,
    pulse_mutes,
    pulse_secrets,
    pulses,
    sealed_ballots,
)
from adapters.database.tables.sends import sends
from adapters.database.upsert import insert_into
from bot.messages import Person
from bot.ports.pulses import PulseState


class DatabasePulsePeople:
    """Implements bot.ports.pulses.PulsePeopleStore."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def mute(self, person: Person) -> bool:
        async with self._database.writing() as connection:
            row = {"workspace": person.workspace.key, "person": person.id}
            added = await connection.execute(
                insert_into(pulse_mutes, connection).values(row).on_conflict_do_nothing()
            )
            return added.rowcount > 0

    async def unmute(self, person: Person) -> bool:
        async with self._database.writing() as connection:
            return await _deleted(connection, pulse_mutes, person) > 0

    async def is_muted(self, person: Person) -> bool:
        async with self._database.reading() as connection:
            wanted = select(pulse_mutes.c.person).where(*_whose(pulse_mutes, person))
            return (await connection.execute(wanted)).first() is not None

    async def forget(self, person: Person, *, stand_in: str) -> Mapping[str, int]:
        async with self._database.writing() as connection:
            kept = {
                "ballots": await self._forget_ballots(connection, person),
                "invitations": await _deleted(connection, pulse_audience, person),
                "mutes": await _deleted(connection, pulse_mutes, person),
            }
            await _deleted(connection, sends, person)
            await connection.execute(
                update(pulses)
                .where(pulses.c.workspace == person.workspace.key, pulses.c.lead == person.id)
                .values(lead=stand_in)
            )
        await scrub(self._database)
        return kept

    async def _forget_ballots(self, connection: AsyncConnection, person: Person) -> int:
        """In open pulses; in closed ones nobody can tell which is whose."""
        wanted = (
            select(pulse_secrets.c.pulse, pulse_secrets.c.sealed)
            .join(
                pulses,
                (pulses.c.workspace == pulse_secrets.c.workspace)
                & (pulses.c.id == pulse_secrets.c.pulse),
            )
            .where(
                pulse_secrets.c.workspace == person.workspace.key,
                pulses.c.state == PulseState.OPEN,
            )
        )
        found = 0
        for pulse, sealed in (await connection.execute(wanted)).all():
            key = BallotBox(self._cipher.open(sealed)).key(person)
            gone = await connection.execute(
                delete(sealed_ballots).where(
                    sealed_ballots.c.workspace == person.workspace.key,
                    sealed_ballots.c.pulse == pulse,
                    sealed_ballots.c.key == key,
                )
            )
            found += gone.rowcount
        return found


async def _deleted(connection: AsyncConnection, table: Any, person: Person) -> int:
    return (await connection.execute(delete(table).where(*_whose(table, person)))).rowcount


def _whose(table: Any, person: Person) -> tuple[ColumnElement[bool], ...]:
    return table.c.workspace == person.workspace.key, table.c.person == person.id
