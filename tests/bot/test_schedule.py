"""Working hours, reminders, series, and whose turn it is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule import (
    Asked,
    next_pillar,
    next_start,
    pick,
    reminder_moments,
    working_moment,
)
from bot.slots import latest_slot, monday_of, next_slot, week_key

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Shanghai",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Santiago",
    ]
)
INSTANTS = st.integers(1_704_067_200, 1_861_919_999).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@given(INSTANTS, ZONES)
def test_nobody_is_written_to_outside_working_hours(after: datetime, zone: str) -> None:
    moment = working_moment(after, zone)
    local = moment.astimezone(ZoneInfo(zone))
    assert moment >= after
    assert moment - after <= timedelta(days=4)
    assert local.weekday() < 5
    assert time(9, 30) <= local.time() < time(16, 30)


@given(INSTANTS, ZONES, st.integers(1, 30))
def test_reminders_come_in_working_hours_and_never_on_the_last_day(
    opened: datetime, zone: str, days: int
) -> None:
    closes = opened + timedelta(days=days)
    invited = working_moment(opened, zone)
    moments = reminder_moments(invited, closes, zone)
    assert len(moments) <= 2
    for moment in moments:
        local = moment.astimezone(ZoneInfo(zone))
        assert local.weekday() < 5
        assert time(9, 30) <= local.time() <= time(16, 30)
        assert local.date() < closes.astimezone(ZoneInfo(zone)).date()
        assert moment > invited


def test_a_week_long_pulse_reminds_after_two_and_four_working_days() -> None:
    tuesday = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    moments = reminder_moments(tuesday, tuesday + timedelta(days=7), "UTC")
    assert [moment.date() for moment in moments] == [date(2026, 3, 5), date(2026, 3, 9)]


def test_a_three_day_pulse_reminds_once_at_most() -> None:
    monday = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    moments = reminder_moments(monday, monday + timedelta(days=3), "UTC")
    assert [moment.date() for moment in moments] == [date(2026, 3, 4)]


def test_a_series_keeps_its_hour_when_the_clocks_change() -> None:
    opened = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # 10:00 in Berlin, winter time
    assert next_start(opened, 2, "Europe/Berlin") == datetime(2026, 4, 3, 8, 0, tzinfo=UTC)


def test_pillars_take_turns_and_all_stays_all() -> None:
    pillars = ("people", "process", "policy")
    assert next_pillar(pillars, "people") == "process"
    assert next_pillar(pillars, "policy") == "people"
    assert next_pillar(pillars, "all") == "all"


@given(st.integers(5, 20), st.integers(2, 5))
def test_every_statement_has_its_turn_and_some_are_always_repeated(size: int, most: int) -> None:
    bank = [f"people.{number}" for number in range(1, size + 1)]
    asked: dict[str, Asked] = {}
    last: tuple[str, ...] = ()
    for number in range(1, 2 * size + 1):
        chosen = pick(bank, asked, last, most)
        assert len(chosen) == len(set(chosen)) == most
        if last:
            assert set(chosen) & set(last)
        for one in chosen:
            before = asked.get(one, Asked())
            asked[one] = Asked(times=before.times + 1, last=number)
        last = chosen
    assert set(asked) == set(bank)


@given(INSTANTS, ZONES, st.integers(0, 6), st.times())
def test_a_weekly_slot_comes_once_in_every_iso_week(
    start: datetime, zone: str, weekday: int, local: time
) -> None:
    local = local.replace(second=0, microsecond=0)
    weeks = []
    after = start
    for _ in range(60):
        slot = next_slot(weekday, local, zone, after)
        assert slot.at > after
        assert slot.day.weekday() == weekday
        assert latest_slot(weekday, local, zone, slot.at) == slot
        weeks.append(slot.week)
        after = slot.at
    first = monday_of(weeks[0])
    assert weeks == [week_key(first + timedelta(weeks=number)) for number in range(60)]


def test_a_skipped_hour_moves_and_a_doubled_hour_counts_once() -> None:
    spring = next_slot(6, time(2, 30), "Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC))
    assert spring.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    autumn = next_slot(6, time(2, 30), "Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC))
    assert autumn.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_slot(6, time(2, 30), "Europe/Berlin", autumn.at).week == "2026-W44"


@pytest.mark.parametrize("text", ["2026", "2026-W54", "2026-W1", "W10", "x-W10"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  several kinds of nonsense
        monday_of(text)
