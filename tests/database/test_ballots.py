"""What the database tells of ballots, to somebody who has all of it, and the application key."""

import asyncio
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, text

from adapters.database.ballotbox import BallotBox, new_secret
from adapters.database.cipher import Cipher, WrongKey
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables import metadata
from adapters.database.tables.base import Words
from bot.messages import Person
from bot.ports.pulses import Ballot, Invitee, Pulse, PulseStatement, Receipt
from bot.scoring import Limits
from knowledge.model import Language
from tests.conftest import APPLICATION_KEY
from tests.fakes import WORKSPACE
from tests.postgres import Cluster

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STATEMENTS = 12  # enough for every person to answer like nobody else
LIMITS = Limits()
PEOPLE = [Person(workspace=WORKSPACE, id=f"person-{number}") for number in range(40)]


def a_pulse(name: str, people: Sequence[Person]) -> Pulse:
    statements = tuple(
        PulseStatement(id=f"people.{number}", topic="people.overview", en="?", zh="？")
        for number in range(1, STATEMENTS + 1)
    )
    return Pulse(
        workspace=WORKSPACE,
        id=name,
        channel=f"C-{name}",
        pillar="people",
        statements=statements,
        language=Language.EN,
        zone="UTC",
        lead="lead",
        with_lead=True,
        opened=NOW,
        closes=NOW + timedelta(days=7),
        days=7,
        invites=True,
        reminders=True,
        invited=len(people),
    )


async def launched(store: DatabaseStore, name: str, people: Sequence[Person]) -> Pulse:
    pulse = a_pulse(name, people)
    audience = [Invitee(person=one, zone="UTC") for one in people]
    assert await store.pulses.launch(pulse, audience, ())
    return pulse


def ballot_of(chance: random.Random, comment: str = "") -> Ballot:
    return Ballot(answers=tuple(chance.randint(1, 5) for _ in range(STATEMENTS)), comment=comment)


async def closed(store: DatabaseStore, pulse: Pulse) -> Pulse:
    assert await store.ballots.close(pulse, NOW + timedelta(days=7), LIMITS)
    found = await store.pulses.pulse(WORKSPACE, pulse.id)
    assert found
    return found


async def files_of(database: Database, postgres: Callable[[], Cluster]) -> bytes:
    """Every byte that is on disk now: SQLite's file and logs, PostgreSQL's tables."""
    if database.file is not None:
        folder, name = database.file.parent, database.file.name
        return b"".join(path.read_bytes() for path in folder.glob(f"{name}*"))
    postgres().sql("CHECKPOINT")
    async with database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT pg_relation_filepath(c.oid) FROM pg_class c"
                " WHERE c.relkind IN ('r', 'i', 't') AND c.oid >= 16384"
            )
        )
        paths = [postgres().folder / "data" / path for (path,) in rows]
    return b"".join(path.read_bytes() for path in paths if path.exists())


async def dump(database: Database) -> str:
    """Every row of every table."""
    lines = []
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(table.select())).all()
            lines += [f"{table.name}: {tuple(row)!r}" for row in rows]
    return "\n".join(lines)


@pytest.fixture
def cluster(database: Database, request: pytest.FixtureRequest) -> Callable[[], Cluster]:
    def found() -> Cluster:
        one: Cluster = request.getfixturevalue("postgres")
        return one

    return found


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A way to line ballots up with people: their order in the database, one way or another."""

    name: str
    query: str
    on: str = "any"


GUESSES = (
    Guess(name="key", query="SELECT answers FROM ballots WHERE pulse = :pulse ORDER BY key"),
    Guess(
        name="key backwards",
        query="SELECT answers FROM ballots WHERE pulse = :pulse ORDER BY key DESC",
    ),
    Guess(name="as stored", query="SELECT answers FROM ballots WHERE pulse = :pulse"),
    Guess(
        name="place in the table",
        query="SELECT answers FROM ballots WHERE pulse = :pulse ORDER BY ctid",
        on="postgresql",
    ),
)


async def test_after_the_close_no_order_in_the_database_is_that_of_the_people(
    store: DatabaseStore, database: Database, cluster: Callable[[], Cluster]
) -> None:
    """Who answered and in which order is known; guessing must stay at one hit a pulse, which is
    what any fixed order hits in a shuffled one, however many people there are."""
    chance = random.Random(11)
    hits: dict[str, int] = {}
    rounds = 40
    for number in range(rounds):
        people = chance.sample(PEOPLE, chance.randint(5, 12))
        pulse = await launched(store, f"P{number}", people)
        sent = []
        for one in people:
            ballot = ballot_of(chance)
            sent.append("".join(map(str, ballot.answers)))
            await store.ballots.answer(pulse, one, ballot, NOW)
        await closed(store, pulse)
        orders = await orders_of(database, pulse.id)
        content = await files_of(database, cluster)
        orders["place in the file"] = sorted(sent, key=lambda one: content.rfind(one.encode()))
        for name, order in orders.items():
            assert sorted(order) == sorted(sent)
            right = sum(a == b for a, b in zip(order, sent, strict=True))
            hits[name] = hits.get(name, 0) + right
            hits[f"{name}, from the end"] = hits.get(f"{name}, from the end", 0) + sum(
                a == b for a, b in zip(reversed(order), sent, strict=True)
            )
    for name, right in hits.items():
        assert right <= rounds + 5 * rounds**0.5, name


async def orders_of(database: Database, pulse: str) -> dict[str, list[str]]:
    async with database.reading() as connection:
        kind = "sqlite" if database.is_sqlite else "postgresql"
        return {
            guess.name: list(
                (await connection.execute(text(guess.query), {"pulse": pulse})).scalars()
            )
            for guess in GUESSES
            if guess.on in ("any", kind)
        }


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), size=st.integers(5, 12), replaced=st.integers(0, 4))
async def test_what_tied_people_to_ballots_while_open_is_on_no_disk_page_afterwards(
    seed: int,
    size: int,
    replaced: int,
    store: DatabaseStore,
    database: Database,
    cluster: Callable[[], Cluster],
) -> None:
    chance = random.Random(seed)
    people = chance.sample(PEOPLE, size)
    pulse = await launched(store, f"S{seed}-{size}-{replaced}", people)
    for one in [*people, *people[:replaced]]:
        await store.ballots.answer(pulse, one, ballot_of(chance, "a word"), NOW)
    async with database.reading() as connection:
        secrets = await connection.execute(
            text("SELECT sealed FROM pulse_secrets WHERE pulse = :pulse"), {"pulse": pulse.id}
        )
        sealed_secret = bytes(secrets.scalar_one())
        query = text("SELECT key FROM sealed_ballots WHERE pulse = :pulse")
        keys = list((await connection.execute(query, {"pulse": pulse.id})).scalars())
    secret = Cipher((APPLICATION_KEY,)).open(sealed_secret)
    await closed(store, pulse)
    content = await files_of(database, cluster)
    assert sealed_secret not in content
    assert secret not in content
    if database.is_sqlite:  # PostgreSQL keeps them in gaps of pages, where they are noise
        assert not any(key.encode() in content for key in keys)
    rows = await dump(database)
    assert not any(key in rows for key in keys)
    assert pulse.id not in re.findall(r"sealed_ballots: .*", rows)


async def test_while_open_nothing_in_the_database_reads_without_the_application_key(
    store: DatabaseStore, database: Database, cluster: Callable[[], Cluster]
) -> None:
    chance = random.Random(3)
    people = PEOPLE[:8]
    pulse = await launched(store, "P", people)
    sent = [ballot_of(chance, f"the words of number {n}") for n in range(8)]
    for one, ballot in zip(people, sent, strict=True):
        await store.ballots.answer(pulse, one, ballot, NOW)
    content = await files_of(database, cluster)
    for ballot in sent:
        assert "".join(map(str, ballot.answers)).encode() not in content
        assert bytes(ballot.answers) not in content
        assert ballot.comment.encode() not in content
    async with database.reading() as connection:
        lengths = await connection.execute(
            text("SELECT DISTINCT length(sealed) FROM sealed_ballots")
        )
        assert len(lengths.all()) == 1  # a long comment must not stand out
    other = DatabaseStore(
        database, application_keys=("b3RoZXIga2V5IG9mIHRoZSBjb2FjaCwgMzIgYnl0ZXM=",)
    )
    with pytest.raises(WrongKey):
        await other.ballots.has_answered(pulse, people[0])


async def test_ballots_and_comments_have_no_time_no_number_and_no_common_key(
    store: DatabaseStore, database: Database
) -> None:
    chance = random.Random(5)
    pulse = await launched(store, "P", PEOPLE[:9])
    for one in PEOPLE[:9]:
        await store.ballots.answer(pulse, one, ballot_of(chance, "word"), NOW)
    await closed(store, pulse)
    keys = {}
    for name in ("ballots", "pulse_comments"):
        columns = metadata.tables[name].columns
        assert all(isinstance(column.type, Text | Words) for column in columns)
        async with database.reading() as connection:
            keys[name] = set((await connection.execute(text(f"SELECT key FROM {name}"))).scalars())
    assert len(keys["ballots"]) == len(keys["pulse_comments"]) == 9
    assert not keys["ballots"] & keys["pulse_comments"]


async def test_a_person_has_another_key_in_every_pulse() -> None:
    boxes = [BallotBox(new_secret()) for _ in range(50)]
    assert len({box.key(PEOPLE[0]) for box in boxes}) == 50
    box = boxes[0]
    assert len({box.key(one) for one in PEOPLE}) == len(PEOPLE)
    moved = replace(PEOPLE[0], workspace=replace(WORKSPACE, id="W2"))
    assert box.key(moved) != box.key(PEOPLE[0])


async def test_five_hundred_answers_at_once_are_all_kept_and_none_twice(
    store: DatabaseStore,
) -> None:
    """Two pulses, twelve people; each person's last answer is the one that counts, so all of
    them end with the same one."""
    chance = random.Random(7)
    people = PEOPLE[:12]
    pulses = [await launched(store, name, people) for name in ("A", "B")]
    last = {(pulse.id, one.id): ballot_of(chance) for pulse in pulses for one in people}
    work = [(pulse, one) for pulse in pulses for one in people] * 21
    chance.shuffle(work)
    receipts = await asyncio.gather(
        *(store.ballots.answer(p, one, last[p.id, one.id], NOW) for p, one in work[:500])
    )
    assert len(receipts) == 500
    assert receipts.count(Receipt.NEW) == 24
    assert receipts.count(Receipt.REPLACED) == 476
    for pulse in pulses:
        done = await closed(store, pulse)
        assert done.answered == 12
        kept = sorted(
            [answers async for answers, n in store.ballots.closed(done) for _ in range(n)]
        )
        assert kept == sorted(last[pulse.id, one.id].answers for one in people)


async def test_answers_racing_the_close_are_kept_or_refused_never_half(
    store: DatabaseStore,
) -> None:
    people = PEOPLE[:30]
    pulse = await launched(store, "P", people)
    chance = random.Random(1)
    for one in people[:5]:
        await store.ballots.answer(pulse, one, ballot_of(chance), NOW)
    answers = [store.ballots.answer(pulse, one, ballot_of(chance), NOW) for one in people[5:]]
    closings = [store.ballots.close(pulse, NOW, LIMITS) for _ in range(3)]
    done = await asyncio.gather(*answers[:12], *closings, *answers[12:])
    assert done.count(True) == 1
    kept = 5 + done.count(Receipt.NEW)
    found = await store.pulses.pulse(WORKSPACE, pulse.id)
    assert found
    assert found.answered == kept
    assert sum([n async for _, n in store.ballots.closed(found)]) == kept
    assert done.count(Receipt.NEW) + done.count(Receipt.CLOSED) == 25


async def test_the_same_person_twice_at_the_same_instant_has_one_ballot(
    store: DatabaseStore,
) -> None:
    pulse = await launched(store, "P", PEOPLE[:5])
    ballots = [Ballot(answers=(step,) * STATEMENTS) for step in (1, 5)]
    receipts = await asyncio.gather(
        *(store.ballots.answer(pulse, PEOPLE[0], ballot, NOW) for ballot in ballots)
    )
    assert sorted(receipts) == [Receipt.NEW, Receipt.REPLACED]
    assert await store.ballots.count(pulse) == 1


async def test_two_launches_at_the_same_instant_open_one_pulse(store: DatabaseStore) -> None:
    audience = [Invitee(person=one, zone="UTC") for one in PEOPLE[:6]]
    pulses = [replace(a_pulse(f"P{number}", PEOPLE[:6]), channel="C") for number in range(8)]
    opened = await asyncio.gather(*(store.pulses.launch(one, audience, ()) for one in pulses))
    assert opened.count(True) == 1
    assert len(await store.pulses.open_in(WORKSPACE, "C")) == 1


def test_the_cipher_opens_what_an_older_key_sealed() -> None:
    new = "bmV3ZXIga2V5IG9mIHRoZSBjb2FjaCwgMzIgYnl0ZXM="
    sealed = Cipher((APPLICATION_KEY,)).seal(b"word")
    assert Cipher((new, APPLICATION_KEY)).open(sealed) == b"word"
    with pytest.raises(WrongKey):
        Cipher((new,)).open(sealed)


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=30),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=500),
)
def test_a_sealed_ballot_opens_to_itself(answers: list[int], comment: str) -> None:
    box = BallotBox(new_secret())
    ballot = Ballot(answers=tuple(answers), comment=comment)
    assert box.open("key", box.seal("key", ballot)) == ballot
