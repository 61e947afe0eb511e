"""Each delivery is handled once, and one that failed half-way can be handled again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from adapters.database.store import DatabaseStore
from adapters.database.tables.asking import deliveries
from bot.messages import Person, Place, Platform, Workspace
from bot.ports.asking import Claim
from tests.noting import counted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACME = Workspace(platform=Platform.SLACK, id="T1")
OTHER = Workspace(platform=Platform.SLACK, id="T2")
ANN = Person(workspace=ACME, id="U1")
THREAD = Place(workspace=ACME, channel="C1", thread="100.1")


async def test_a_delivery_is_claimed_once(store: DatabaseStore) -> None:
    assert await store.inbox.claim(ACME, "d1", NOON)
    assert not await store.inbox.claim(ACME, "d1", NOON)
    await store.inbox.finish(ACME, "d1")
    assert not await store.inbox.claim(ACME, "d1", NOON + timedelta(hours=2))


async def test_two_workspaces_may_use_the_same_delivery_id(store: DatabaseStore) -> None:
    assert await store.inbox.claim(ACME, "d1", NOON)
    assert await store.inbox.claim(OTHER, "d1", NOON)


async def test_a_released_delivery_can_be_claimed_again_at_once(store: DatabaseStore) -> None:
    await store.inbox.claim(ACME, "d1", NOON)
    await store.inbox.claim(OTHER, "d1", NOON)
    await store.inbox.release(ACME, "d1")
    assert not await store.inbox.claim(OTHER, "d1", NOON)
    assert await store.inbox.claim(ACME, "d1", NOON)
    assert not await store.inbox.claim(ACME, "d1", NOON)


async def test_a_claim_that_was_never_finished_runs_out_after_a_minute(
    store: DatabaseStore,
) -> None:
    await store.inbox.claim(ACME, "d1", NOON)
    assert not await store.inbox.claim(ACME, "d1", NOON + timedelta(seconds=59))
    assert await store.inbox.claim(ACME, "d1", NOON + timedelta(seconds=60))


async def test_of_many_claims_at_once_one_wins(store: DatabaseStore) -> None:
    won = await asyncio.gather(*(store.inbox.claim(ACME, "d1", NOON) for _ in range(20)))
    assert won.count(True) == 1


async def test_a_question_is_claimed_together_with_what_its_conversation_is_about(
    store: DatabaseStore,
) -> None:
    notes = counted(THREAD, "people.overview", NOON)
    claim, since = store.inbox.claim_question, NOON - timedelta(days=1)
    assert await claim(THREAD, ANN, "d1", NOON, since=since) == Claim(ours=True)
    await store.inbox.finish(ACME, "d1", notes)
    assert await claim(THREAD, ANN, "d1", NOON, since=since) == Claim(ours=False)
    found = await claim(THREAD, ANN, "d2", NOON, since=since)
    assert found == Claim(ours=True, at_hand=notes.at_hand)
    assert await claim(THREAD, ANN, "d3", NOON, since=NOON + timedelta(1)) == Claim(ours=True)
    (count,) = await store.asking.asked(ACME, "C1", since=NOON)
    assert (count.topic, count.answered) == ("people.overview", 1)


async def test_a_delivery_ends_with_its_notes_or_not_at_all(store: DatabaseStore) -> None:
    await store.inbox.claim(ACME, "d1", NOON)
    notes = counted(THREAD, "people.overview", NOON)
    broken = replace(notes, at_hand=replace(notes.at_hand, since=NOON.replace(tzinfo=None)))
    with pytest.raises(StatementError):
        await store.inbox.finish(ACME, "d1", broken)
    assert await store.asking.asked(ACME, "C1", since=NOON) == ()
    assert await store.inbox.claim(ACME, "d1", NOON + timedelta(minutes=1))


async def test_old_deliveries_are_forgotten(store: DatabaseStore) -> None:
    await store.inbox.claim(ACME, "old", NOON - timedelta(hours=25))
    await store.inbox.claim(ACME, "new", NOON)
    assert await store.inbox.forget_before(NOON - timedelta(hours=24)) == 1
    assert await store.inbox.claim(ACME, "old", NOON)
    assert not await store.inbox.claim(ACME, "new", NOON)


async def test_what_is_kept_of_a_delivery_names_nobody_and_no_moment(store: DatabaseStore) -> None:
    """Teams' ids hold the conversation, which for a direct message is a person."""
    moment = NOON + timedelta(minutes=17, seconds=3, microseconds=5)
    await store.inbox.claim(ACME, "a:chat-with-p7|f:1234", moment)
    await store.inbox.finish(ACME, "a:chat-with-p7|f:1234")
    async with store.database.reading() as connection:
        (row,) = (await connection.execute(select(deliveries))).all()
    assert "p7" not in repr(tuple(row))
    assert (row.received, row.claimed) == (NOON, None)
