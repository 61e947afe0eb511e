"""A simulated year of weekly slots: once an ISO week, at the intended local time."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.database.store import DatabaseStore
from bot.messages import Platform, Workspace
from bot.ports.channels import Slot, SlotKind
from bot.ports.sends import Send
from bot.slots import instant_of, monday_of
from bot.weekly import Turning, set_next

WORKSPACE = Workspace(platform=Platform.SLACK, id="T1")
TURN = Turning()
ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
BEGIN = datetime(2025, 12, 29, tzinfo=UTC)  # Monday of 2026-W01
EVER = BEGIN - timedelta(days=30)
WEEKS_OF_2026 = 53
HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))


def a_slot(weekday: int, at: time, zone: str, channel: str = "C1") -> Slot:
    return Slot(
        workspace=WORKSPACE,
        channel=channel,
        kind=SlotKind.DIGEST,
        weekday=weekday,
        at=at,
        zone=zone,
    )


def a_year(slot: Slot) -> list[Send]:
    """What a planner that looks exactly when a slot comes would send until 2027-W01."""
    slot = set_next(slot, BEGIN - timedelta(days=3))
    sends = []
    while slot.next is not None and (slot.week or "") < "2027-W01":
        slot, send = TURN(slot, slot.next)
        if send is not None:
            sends.append(send)
    return [send for send in sends if send.subject.startswith("2026")]


def check(slot: Slot, sends: list[Send]) -> None:
    """Every ISO week of 2026 once, at the intended local time or the documented shift."""
    assert len(sends) == WEEKS_OF_2026
    assert len({send.key for send in sends}) == WEEKS_OF_2026
    for send in sends:
        day = monday_of(send.subject) + timedelta(days=slot.weekday)
        local = send.due.astimezone(ZoneInfo(slot.zone)).replace(tzinfo=None)
        wished = datetime.combine(day, slot.at)
        if local != wished:  # the clocks jumped over it: as much later as they jumped
            assert timedelta(0) < local - wished <= timedelta(hours=24)
            assert not exists(wished, slot.zone)


def exists(wished: datetime, zone: str) -> bool:
    """Whether clocks there ever show this."""
    instant = wished.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wished


def test_every_zone_has_each_week_of_the_year_once() -> None:
    assert len(ZONES) > 400
    for number, zone in enumerate(ZONES):
        slot = a_slot(number % 7, HOURS[number % len(HOURS)], zone)
        check(slot, a_year(slot))


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_every_weekday_and_hour_is_right_around_changes_of_clocks(zone: str) -> None:
    for weekday in range(7):
        for at in HOURS[::3]:
            slot = a_slot(weekday, at, zone)
            check(slot, a_year(slot))


def test_a_time_that_comes_twice_is_taken_the_first_time() -> None:
    day = date(2026, 10, 25)  # Berlin's clocks go back from three to two
    assert instant_of(day, time(2, 30), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6), st.sampled_from(HOURS), st.sampled_from(ZONES), st.integers(1, 60)
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


async def test_two_racing_planners_send_each_week_of_a_year_once(store: DatabaseStore) -> None:
    zones = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "Asia/Kolkata"]
    for number, zone in enumerate(zones):
        slot = a_slot(number % 7, HOURS[number * 9 % len(HOURS)], zone, f"C{number}")
        await store.channels.put_slot(set_next(slot, BEGIN - timedelta(days=3)))
    now = BEGIN - timedelta(days=3)
    while now < datetime(2027, 1, 5, tzinfo=UTC):
        now += timedelta(hours=20)
        await asyncio.gather(
            *(store.channels.turn(now, most=3, turn=TURN) for _ in range(2)),
            store.channels.turn(now, most=3, turn=TURN),
        )
    for number in range(len(zones)):
        found = await store.sends.of_channel(WORKSPACE, f"C{number}", since=EVER, most=100)
        weeks = [one.send.subject for one in found if one.send.subject.startswith("2026")]
        assert len(weeks) == len(set(weeks)) == WEEKS_OF_2026


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


async def test_pausing_over_new_year_leaves_those_weeks_out_and_goes_on_after(
    store: DatabaseStore,
) -> None:
    slot = set_next(a_slot(0, time(9), "Europe/Berlin"), datetime(2026, 12, 1, tzinfo=UTC))
    resume = datetime(2027, 1, 9, tzinfo=UTC)
    for day in range(60):
        now = datetime(2026, 12, 1, 12, tzinfo=UTC) + timedelta(days=day)
        if now.date() == date(2026, 12, 20):
            found = await store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST)
            assert found
            slot = found
        if now.date() in (date(2026, 12, 1), date(2026, 12, 20)):
            paused = resume if now.date() == date(2026, 12, 20) else None
            await store.channels.put_slot(replace(slot, resume=paused))
        await store.channels.turn(now, most=9, turn=TURN)
    sent = await store.sends.of_channel(WORKSPACE, "C1", since=BEGIN, most=100)
    weeks = sorted(one.send.subject for one in sent)
    assert weeks == ["2026-W50", "2026-W51", "2027-W02", "2027-W03", "2027-W04"]
