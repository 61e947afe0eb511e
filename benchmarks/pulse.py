"""How long a pulse takes to start, close and compute, from a hundred ballots to 100,000.

Run: python -m benchmarks.pulse [DATABASE_URL of an empty, migrated database]
Without a URL: a SQLite file in a temporary folder.
"""

import asyncio
import random
import resource
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from cryptography.fernet import Fernet
from sqlalchemy import insert, select

from adapters.database import migrate
from adapters.database.ballotbox import BallotBox
from adapters.database.cipher import Cipher
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables.pulses import pulse_secrets, sealed_ballots
from bot.closing import Closing
from bot.instrument import Instrument
from bot.invitations import at_launch
from bot.messages import Person, Platform, Workspace
from bot.ports.pulses import Ballot, Invitee, Pulse
from bot.scoring import Limits
from knowledge.load import load
from knowledge.model import Language

SIZES = (100, 1_000, 10_000, 100_000)
MEMBERS_SENT_TO = 10_000  # of more, the sends are left out: no channel is larger
WORKSPACE = Workspace(platform=Platform.SLACK, id="T1")
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BATCH = 2_000


def a_pulse(size: int, instrument: Instrument) -> Pulse:
    return Pulse(
        workspace=WORKSPACE,
        id=f"P{size}",
        channel=f"C{size}",
        pillar="people",
        statements=instrument.statements("people", []),
        language=Language.EN,
        zone="UTC",
        lead="lead",
        with_lead=True,
        opened=NOW,
        closes=NOW + timedelta(days=7),
        days=7,
        invites=True,
        reminders=True,
        invited=size,
    )


async def fill(database: Database, key: str, pulse: Pulse, people: Sequence[Person]) -> None:
    """Everybody's ballot, sealed as the store seals it, without waiting for each."""
    chance = random.Random(1)
    async with database.writing() as connection:
        wanted = select(pulse_secrets.c.sealed).where(pulse_secrets.c.pulse == pulse.id)
        box = BallotBox(Cipher((key,)).open((await connection.execute(wanted)).scalar_one()))
        for first in range(0, len(people), BATCH):
            rows = []
            for one in people[first : first + BATCH]:
                name = box.key(one)
                answers = tuple(chance.randint(0, 5) for _ in pulse.statements)
                ballot = Ballot(answers=answers, comment="a few words")
                rows.append(
                    {
                        "workspace": WORKSPACE.key,
                        "pulse": pulse.id,
                        "key": name,
                        "sealed": box.seal(name, ballot),
                    }
                )
            await connection.execute(insert(sealed_ballots), rows)


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds, and by how much the process's peak of memory grew, MB (Linux)."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = perf_counter()
    await work()
    seconds = perf_counter() - begun
    return seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3


async def measure(database: Database, size: int, instrument: Instrument) -> None:
    key = Fernet.generate_key().decode()
    store = DatabaseStore(database, application_keys=(key,))
    pulse = a_pulse(size, instrument)
    people = [Person(workspace=WORKSPACE, id=f"U{number:06}") for number in range(size)]
    audience = [Invitee(person=one, zone="UTC") for one in people]

    async def start() -> None:
        sends = at_launch(pulse, audience[:MEMBERS_SENT_TO])
        assert await store.pulses.launch(pulse, audience, sends)

    async def close() -> None:
        assert await store.ballots.close(pulse, NOW + timedelta(days=7), Limits())

    async def compute() -> None:
        closed = replace(pulse, answered=size)
        result = await Closing(store.pulses, store.ballots, Limits()).result(closed)
        assert result.respondents == size
        assert await store.pulses.keep_result(pulse, result, ())

    cells = [f"{size:,}"]
    cells += ["{:.2f} s, {:.0f} MB".format(*await timed(start))]
    await fill(database, key, pulse, people)
    for work in (close, compute):
        cells += ["{:.2f} s, {:.0f} MB".format(*await timed(work))]
    print(f"| {' | '.join(cells)} |", flush=True)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        database = Database(url)
        await migrate.upgrade(database)
        instrument = Instrument(load(examples=False))
        print("| people and ballots | start | close | result |\n|---|---|---|---|")
        for size in SIZES:
            await measure(database, size, instrument)
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
