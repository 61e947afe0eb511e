"""One store and one instant give the same bytes everywhere; teams stand in the order of names."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.messages import Message, Place, Platform, Table, Workspace
from bot.plaintext import plain
from bot.ports.asking import GapReason
from bot.ports.channels import Languages, SlotKind, Team
from bot.ports.pulses import Pulse
from bot.scoring import Limits, Result
from knowledge.model import Language
from tests.bot.printed import AT, WEEK, WORKSPACE, a_slot, printed, rollup_of
from tests.bot.shown import nodes, on_slack, payloads
from tests.bot.teamweeks import (
    BASE,
    HOSTILE,
    INSTRUMENT,
    a_pulse,
    a_result,
    a_score,
    an_action,
    topics_of,
)
from tests.conftest import APPLICATION_KEY
from tests.noting import counted

ROOT = Path(__file__).parents[2]
NAMES = ("Ärzte", "平台组", *(f"Team {number}" for number in range(9)))
TIES = ("Ops", "ops", "OPS")  # alike but for their case


@dataclass(frozen=True, kw_only=True)
class Line:
    """One team of a workspace."""

    name: str
    value: int  # the score of its last pulse
    actions: int
    questions: int


async def found_team(store: DatabaseStore, workspace: Workspace, line: Line, channel: str) -> None:
    team = Team(workspace=workspace, channel=channel, name=line.name, language=Languages.BOTH)
    await store.channels.put_team(team)
    await pulse_of(store, workspace, channel, "people", line.value, closed=2)
    for number in range(line.actions):
        action = replace(an_action(f"Do {number}", "Bo"), id=f"{channel}-{number}", channel=channel)
        await store.actions.add(replace(action, workspace=workspace))
    for _ in range(line.questions):
        place = Place(workspace=workspace, channel=channel)
        await store.asking.keep(counted(place, "people.overview", AT - timedelta(days=1)))


async def pulse_of(
    store: DatabaseStore,
    workspace: Workspace,
    channel: str,
    pillar: str,
    value: int | None,
    *,
    closed: int,
) -> Pulse:
    """`closed` so many days ago; still open where it has no value."""
    closes = AT - timedelta(days=closed)
    pulse = replace(
        a_pulse(pillar, None),
        workspace=workspace,
        id=f"{channel}-{pillar}-{closed}",
        channel=channel,
        opened=AT - timedelta(days=closed + 7),
        closes=closes,
    )
    assert await store.pulses.launch(pulse, (), ())
    if value is not None:
        await store.ballots.close(pulse, closes, Limits())
        await store.pulses.keep_result(pulse, scored(pillar, value), ())
    return pulse


def scored(pillar: str, value: int) -> Result:
    """With all topics at the same score, so that only the order of names decides."""
    topics = tuple(a_score(topic, value) for topic in reversed(topics_of(pillar)))
    return replace(a_result(pillar, value), topics=topics)


async def rolled_up(store: DatabaseStore, workspace: Workspace, lines: Sequence[Line]) -> Message:
    for number, line in enumerate(lines):
        await found_team(store, workspace, line, f"C{number}")
    slot = replace(a_slot(SlotKind.ROLLUP), workspace=workspace)
    rollup = rollup_of(store)
    return rollup.message(await rollup.of(slot, WEEK, AT))


def teams_listed(message: Message) -> list[str]:
    (table,) = [part for part in message.parts if isinstance(part, Table)]
    return [row[0] for row in table.rows]


lines = st.builds(
    Line,
    name=st.sampled_from(
        [*TIES, "Ärzte", "平台组", *HOSTILE[:4], *(f"Team {n}" for n in range(9))]
    ),
    value=st.integers(0, 100),
    actions=st.integers(0, 2),
    questions=st.integers(0, 2),
)


@given(found=st.lists(lines, min_size=2, max_size=6), random=st.randoms(use_true_random=True))
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],  # a smaller example is not worth minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_teams_stand_by_name_whatever_their_scores_are(
    migrated_file: Path, tmp_path: Path, found: list[Line], random: Random
) -> None:
    """And with the scores in other hands the roll-up is the same, byte for byte."""
    values = random.sample([one.value for one in found], len(found))
    others = [replace(one, value=value) for one, value in zip(found, values, strict=True)]

    async def compared() -> list[Message]:
        async with fresh(migrated_file, tmp_path) as store:
            worlds = [Workspace(platform=Platform.TERMINAL, id=name) for name in ("A", "B")]
            return [
                await rolled_up(store, one, which)
                for one, which in zip(worlds, (found, others), strict=True)
            ]

    ours, theirs = asyncio.run(compared())
    shown = teams_listed(ours)
    assert [one.casefold() for one in shown] == sorted(one.casefold() for one in shown)
    assert payloads(ours) == payloads(theirs)
    assert not any(one.get("type") == "data_visualization" for one in nodes(on_slack(ours)))


async def test_teams_with_more_to_tell_do_not_stand_first(
    migrated_file: Path, tmp_path: Path
) -> None:
    rows = [Line(name=f"Team {n}", value=10 * n, actions=n % 3, questions=9 - n) for n in range(9)]
    async with fresh(migrated_file, tmp_path) as store:
        message = await rolled_up(store, WORKSPACE, rows[::-1])
    assert teams_listed(message) == [row.name for row in rows]
    assert "Team 8 | 21 Nov 2026 | 0 | 2 | 1" in plain(message)


async def test_a_roll_up_says_how_many_teams_it_does_not_list(
    migrated_file: Path, tmp_path: Path
) -> None:
    rows = [Line(name=f"T{n:02}", value=50, actions=0, questions=0) for n in range(23)]
    async with fresh(migrated_file, tmp_path) as store:
        message = await rolled_up(store, WORKSPACE, rows)
    assert teams_listed(message) == [f"T{n:02}" for n in range(20)]
    assert "The first 20 are listed, 3 more teams are not." in plain(message)
    assert "另有 3 个团队未列出" in plain(message)


@asynccontextmanager
async def fresh(migrated_file: Path, folder: Path) -> AsyncIterator[DatabaseStore]:
    """A store of its own, in a new file."""
    file = folder / f"{next(numbers)}.sqlite3"
    shutil.copy(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    yield DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    await database.close()


numbers = count(1)


# ── the same bytes ───────────────────────────────────────────────────────────


async def filled(store: DatabaseStore) -> None:
    """A team and its neighbours, with a tie wherever something stands in an order."""
    for number, name in enumerate((*TIES, "Ops", "Ärzte")):
        line = Line(name=name, value=50, actions=3, questions=1)
        await found_team(store, WORKSPACE, line, f"C{number}")
    for pillar in INSTRUMENT.pillars[1:]:
        await pulse_of(store, WORKSPACE, "C1", pillar, 40, closed=2)
        await pulse_of(store, WORKSPACE, "C1", pillar, 40, closed=16)
    for pillar in INSTRUMENT.pillars:
        await pulse_of(store, WORKSPACE, "C1", pillar, None, closed=-3)
    place = Place(workspace=WORKSPACE, channel="C1")
    for number, topic in enumerate(sorted(BASE.topics)):
        at = AT - timedelta(days=1)
        await store.asking.keep(counted(place, topic, at))
        await store.asking.add_gap(
            place,
            text=f"how do {number} penguins fly",
            language=Language.EN,
            reason=GapReason.NOT_COVERED,
            nearest=(),
            now=at,
        )


def inserted_otherwise(file: Path, seed: int) -> None:
    """All rows of all tables, taken out and put in again in another order."""
    with sqlite3.connect(file) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            if len(rows) > 1:
                Random(seed).shuffle(rows)
                connection.execute(f'DELETE FROM "{table}"')
                marks = ", ".join("?" * len(rows[0]))
                connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)


def in_another_process(file: Path, hash_seed: str) -> list[str]:
    """What `printed` gives there."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bot.printed", f"sqlite:///{file}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Pacific/Auckland"},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return done.stdout.splitlines()


async def test_the_same_store_and_instant_give_the_same_bytes_in_every_process(
    migrated_file: Path, tmp_path: Path
) -> None:
    async with fresh(migrated_file, tmp_path) as store:
        await filled(store)
        file = Path(str(store.database.url.database))
    here = await printed(f"sqlite:///{file}")
    assert len(set(here)) == 8  # two kinds in three languages, and details in two
    assert await printed(f"sqlite:///{file}") == here
    for seed in (1, 2):
        inserted_otherwise(file, seed)
        assert await printed(f"sqlite:///{file}") == here
    assert in_another_process(file, "4242") == here
