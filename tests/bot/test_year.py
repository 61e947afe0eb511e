"""A simulated year of weekly slots: once an ISO week, at the intended local time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables.channels import slots
from benchmarks.reliability.clocks import HALF_HOURS, TURN, WORKSPACE, a_slot
from benchmarks.reliability.racing import Mortal, Plan, Turner, planned, race
from bot.weekly import set_next
from tests.conftest import APPLICATION_KEY
from tests.wallclock import ZONES, alike

BEGIN = datetime(2025, 12, 29, tzinfo=UTC)  # Monday of 2026-W01
PLANNERS = 3
YEARS = (
    (53, Plan(years=(2026,), step=timedelta(hours=56))),
    (52, Plan(years=(2027,), step=timedelta(hours=56), zones=ZONES[::8])),
)


@pytest.fixture
async def replicas(database_url: str) -> AsyncIterator[list[DatabaseStore]]:
    """Stores with connections of their own, as other processes have them."""
    async with AsyncExitStack() as stack:
        stores = []
        for _ in range(PLANNERS):
            store = DatabaseStore(Database(database_url), application_keys=(APPLICATION_KEY,))
            stack.push_async_callback(store.close)
            stores.append(store)
        yield stores


@pytest.mark.parametrize(("weeks", "plan"), YEARS, ids=("2026", "2027"))
async def test_racing_planners_send_each_week_of_a_year_once_in_every_zone(
    store: DatabaseStore, weeks: int, plan: Plan
) -> None:
    """Every zone in the year of 53 weeks, every eighth in that of 52; the benchmark has all."""
    verdict = await race([Turner(store=store, most=50)] * PLANNERS, store, plan)
    assert verdict.wrong == []
    assert verdict.a_year == {plan.years[0]: {weeks}}
    assert min(verdict.shares) > 0
    assert min(verdict.shifted, verdict.twice) > 0


async def test_planners_that_die_in_the_middle_lose_and_double_nothing(
    replicas: list[DatabaseStore],
) -> None:
    planners = [Mortal(store, 10, share=0.1, seed=number) for number, store in enumerate(replicas)]
    zones = tuple(zone for zone, *_ in alike()[:20])
    plan = Plan(years=(2027,), zones=zones, step=timedelta(hours=56))
    verdict = await race(planners, replicas[0], plan)
    assert verdict.wrong == []
    assert verdict.a_year == {2027: {52}}
    assert min(one.deaths for one in planners) > 10


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_slots_that_another_replica_holds_are_left_to_it(store: DatabaseStore) -> None:
    for number in range(3):
        slot = set_next(a_slot(0, time(9), "UTC", f"C{number}"), BEGIN)
        await store.channels.put_slot(slot)
    now = BEGIN + timedelta(hours=9)
    async with store.database.writing() as other, asyncio.timeout(5):
        held = select(slots).where(slots.c.channel == "C1").with_for_update()
        assert len((await other.execute(held)).all()) == 1
        assert await store.channels.turn(now, most=9, turn=TURN) == 2
        assert {channel for channel, *_ in await planned(store)} == {"C0", "C2"}
    assert await store.channels.turn(now, most=9, turn=TURN) == 1
    assert len(await planned(store)) == 3


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.sampled_from(HALF_HOURS),
            st.sampled_from(ZONES),
            st.integers(1, 60),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 10),
)
@settings(max_examples=150, deadline=None)
def test_no_week_is_posted_twice_however_often_a_slot_is_moved(
    moves: list[tuple[int, time, str, int]], back: int
) -> None:
    """Moves of weekday, hour and zone, long stops, and a clock that jumps back."""
    now, keys, slot = BEGIN, Counter[str](), a_slot(0, time(9), "UTC")
    slot = set_next(slot, now)
    for weekday, at, zone, days in moves:
        slot = set_next(a_slot(weekday, at, zone), now)
        while slot.next is not None and slot.next <= now + timedelta(days=days):
            slot, send = TURN(slot, slot.next)
            if send is not None and send.key not in keys:  # the unique key of the store
                keys[send.key] += 1
        now += timedelta(days=days) - timedelta(hours=back)
    assert all(number == 1 for number in keys.values())
    weeks = sorted(key.rsplit(":", 1)[1] for key in keys)
    assert len(weeks) == len(set(weeks))


async def test_a_clock_that_jumps_ahead_and_back_neither_doubles_nor_stops_digests(
    store: DatabaseStore,
) -> None:
    await store.channels.put_slot(set_next(a_slot(0, time(9), "UTC"), BEGIN))
    for days in (0.5, 7.5, 60, 8, 14.5, 21.5):  # 60: the clock was wrong for a moment
        now = BEGIN + timedelta(days=days)
        await store.channels.turn(now, most=9, turn=TURN)
    found = await store.sends.of_channel(WORKSPACE, "C1", since=BEGIN, most=100)
    weeks = sorted(one.send.subject for one in found)
    assert weeks == ["2026-W01", "2026-W02", "2026-W03", "2026-W04", "2026-W09"]
