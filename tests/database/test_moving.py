"""A channel that the platform gave another id takes all that is kept of it along."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, Table, insert, select

from adapters.database import moving
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables import metadata
from adapters.database.tables.asking import answers_given, gaps
from adapters.database.tables.base import Instant
from adapters.database.tables.pulses import pulses
from adapters.database.tables.sends import sends
from bot.messages import Person, Place
from bot.ports.channels import Languages, Team
from bot.ports.pulses import PulseState
from bot.ports.sends import Send, SendState
from tests.fakes import WORKSPACE

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OLD, NEW = "C-old", "C-new"


def names_a_channel(table: Table) -> bool:
    return any(column.name.endswith("channel") for column in table.columns)


def a_row(table: Table, **given: Any) -> dict[str, Any]:
    """A whole row: what a column takes, in every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.autoincrement is True:
            continue
        match column.type:
            case Instant():
                row[column.name] = NOW
            case Date():
                row[column.name] = date(2026, 3, 2)
            case Boolean():
                row[column.name] = False
            case Integer():
                row[column.name] = 1
            case _:
                row[column.name] = OLD if column.name.endswith("channel") else "it"
    if table is sends:
        row |= {"key": f"digest:{OLD}:2026-W10", "kind": "digest", "target": f"channel:{OLD}"}
        row |= {"person": None, "state": SendState.SENT.value}
    return row | {"workspace": WORKSPACE.key} | given


async def put(database: Database, table: Table, **given: Any) -> None:
    async with database.writing() as connection:
        await connection.execute(insert(table).values(a_row(table, **given)))


async def rows(database: Database, table: Table) -> list[Mapping[str, Any]]:
    async with database.reading() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


def a_send(key: str, *, kind: str = "digest", person: str | None = None, subject: str = "") -> Send:
    return Send(
        key=key,
        kind=kind,
        place=Place(workspace=WORKSPACE, channel=OLD),
        person=Person(workspace=WORKSPACE, id=person) if person else None,
        subject=subject,
        due=NOW,
        late_after=NOW + timedelta(hours=12),
    )


def test_every_table_that_names_a_channel_moves_or_says_why_not() -> None:
    named = {name for name, table in metadata.tables.items() if names_a_channel(table)}
    assert {table.name for table in moving.MOVED} | set(moving.STAYS) == named


@pytest.mark.parametrize("table", moving.MOVED, ids=lambda table: table.name)
async def test_nothing_of_a_table_is_left_under_the_old_id(
    store: DatabaseStore, database: Database, table: Table
) -> None:
    await put(database, table)
    await put(database, table, workspace="terminal:W2")
    for _ in range(2):  # platforms repeat what they tell
        await store.channels.move(WORKSPACE, OLD, NEW)
        ours, theirs = sorted(await rows(database, table), key=lambda row: row["workspace"])
        assert OLD not in str(ours)
        assert NEW in str(ours)
        assert OLD in str(theirs)


async def test_settings_win_leads_come_together_and_counts_are_added(
    store: DatabaseStore, database: Database
) -> None:
    anna, bo = (Person(workspace=WORKSPACE, id=name) for name in ("anna", "bo"))
    for channel, language in ((OLD, Languages.ZH), (NEW, Languages.EN)):
        await store.channels.put_team(Team(workspace=WORKSPACE, channel=channel, language=language))
        await store.roles.add_lead(anna, channel, by=anna, now=NOW)
        await put(database, answers_given, channel=channel, times=2)
        await put(database, gaps, channel=channel, times=3, id=channel)
    await store.roles.add_lead(bo, OLD, by=anna, now=NOW)
    await store.channels.move(WORKSPACE, OLD, NEW)
    assert (await store.channels.team(WORKSPACE, NEW)).language is Languages.ZH
    assert set(await store.roles.leads(WORKSPACE, NEW)) == {anna, bo}
    assert len(await store.roles.trail(WORKSPACE, NEW, most=10)) == 3
    assert [row["times"] for row in await rows(database, answers_given)] == [4]
    assert [row["times"] for row in await rows(database, gaps)] == [6]


async def test_of_two_open_pulses_of_a_pillar_the_moved_one_ends_where_it_is(
    store: DatabaseStore, database: Database
) -> None:
    for channel in (OLD, NEW):
        await put(database, pulses, channel=channel, id=channel, state=PulseState.OPEN.value)
    await store.channels.move(WORKSPACE, OLD, NEW)
    found = {
        row["id"]: (row["channel"], row["post_channel"]) for row in await rows(database, pulses)
    }
    assert found == {OLD: (OLD, NEW), NEW: (NEW, NEW)}


async def test_a_word_about_a_send_still_finds_it(store: DatabaseStore) -> None:
    about = a_send(f"digest:{OLD}:2026-W10")
    word = a_send("word:1", kind="word", person="anna", subject=about.key)
    await store.sends.insert([about, word])
    await store.channels.move(WORKSPACE, OLD, NEW)
    moved = await store.sends.one(WORKSPACE, "word:1")
    assert moved
    assert await store.sends.one(WORKSPACE, moved.send.subject)
    async with store.database.reading() as connection:
        targets = dict((await connection.execute(select(sends.c.key, sends.c.target))).all())
    assert targets == {f"digest:{NEW}:2026-W10": f"channel:{NEW}", "word:1": "person:anna"}


@pytest.mark.parametrize(
    ("moved", "there", "left"),
    [
        (SendState.SENT, SendState.WAITING, SendState.SENT),
        (SendState.WAITING, SendState.SENT, SendState.SENT),
        (SendState.WAITING, SendState.WAITING, SendState.WAITING),
        (SendState.SENT, SendState.UNKNOWN, SendState.UNKNOWN),
    ],
)
async def test_a_week_that_both_ids_have_is_kept_once_and_not_sent_again(
    store: DatabaseStore, database: Database, moved: SendState, there: SendState, left: SendState
) -> None:
    untried = {"attempts": 0, "doubtful": 0}
    await put(database, sends, state=moved.value, **untried)
    other = {"key": f"digest:{NEW}:2026-W10", "channel": NEW, "target": f"channel:{NEW}"}
    await put(database, sends, state=there.value, **untried, **other)
    await store.channels.move(WORKSPACE, OLD, NEW)
    (row,) = await rows(database, sends)
    assert (row["key"], row["channel"], row["state"]) == (other["key"], NEW, left)


async def test_a_try_under_way_keeps_the_key_by_which_it_is_looked_for_and_its_week(
    store: DatabaseStore,
) -> None:
    await store.sends.insert([a_send(f"digest:{OLD}:2026-W10")])
    (claimed,) = await store.sends.claim(
        WORKSPACE, NOW, most=1, pace=3.0, lease=timedelta(seconds=60)
    )
    await store.channels.move(WORKSPACE, OLD, NEW)
    new = replace(claimed.send, key=f"digest:{NEW}:2026-W10")
    assert await store.sends.insert([new]) == 0
    assert await store.sends.finish(claimed, SendState.SENT, NOW)
    found = await store.sends.one(WORKSPACE, claimed.send.key)
    assert found
    assert (found.state, found.send.place.channel) == (SendState.SENT, NEW)


async def test_what_a_channel_was_to_get_is_finished_when_it_is_gone(store: DatabaseStore) -> None:
    person = a_send("pulse.report:1", kind="pulse.report", person="anna")
    change = a_send("pulse.update:1", kind="pulse.update")
    await store.sends.insert([a_send("digest:1"), person, change])
    await store.channels.gone(WORKSPACE, OLD, "archived")
    dropped = await store.sends.one(WORKSPACE, "digest:1")
    assert dropped
    assert (dropped.state, dropped.reason) == (SendState.DROPPED, "archived")
    assert dropped.finished is not None
    assert await store.sends.one(WORKSPACE, "pulse.update:1") is None
    kept = await store.sends.one(WORKSPACE, "pulse.report:1")
    assert kept
    assert kept.state is SendState.WAITING


async def test_nobody_is_written_to_where_the_coach_was_removed_altogether(
    store: DatabaseStore,
) -> None:
    await store.sends.insert([a_send("pulse.invite:1", kind="pulse.invite", person="anna")])
    await store.channels.gone(WORKSPACE, None, "uninstalled")
    found = await store.sends.one(WORKSPACE, "pulse.invite:1")
    assert found
    assert found.state is SendState.DROPPED
