"""Weekly slots as leads write them, and what becomes of them in time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Invalid
from bot.messages import Platform, Workspace
from bot.ports.channels import UNTIL_RESUMED, Slot, SlotKind, SlotState
from bot.weekly import Turning, read_slot, read_time, read_zone, set_next

WORKSPACE = Workspace(platform=Platform.SLACK, id="T1")
TURN = Turning()
MONDAY_NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)  # in Berlin


def a_slot(
    *,
    weekday: int = 0,
    at: time = time(9),
    zone: str = "Europe/Berlin",
    state: SlotState = SlotState.ON,
    resume: datetime | None = None,
) -> Slot:
    return Slot(
        workspace=WORKSPACE,
        channel="C1",
        kind=SlotKind.DIGEST,
        weekday=weekday,
        at=at,
        zone=zone,
        state=state,
        resume=resume,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon 09:00 Europe/Berlin", (0, time(9), "Europe/Berlin")),
        ("Friday 9am europe/berlin", (4, time(9), "Europe/Berlin")),
        ("周一 9:00 Asia/Shanghai", (0, time(9), "Asia/Shanghai")),
        ("星期天 下午3点半 上海", (6, time(15, 30), "Asia/Shanghai")),
        ("周三17：05 Shanghai", (2, time(17, 5), "Asia/Shanghai")),
        ("sun 12am New York", (6, time(0), "America/New_York")),
        ("tue 23:59", (1, time(23, 59), "Asia/Tokyo")),
    ],
)
def test_a_slot_is_read_as_people_write_it(text: str, expected: tuple[int, time, str]) -> None:
    assert read_slot(text.split(), "Asia/Tokyo") == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "digest.usage_on"),
        ("mon", "digest.usage_on"),
        ("moonday 09:00 UTC", "digest.bad_day"),
        ("mon 25:00 UTC", "digest.bad_time"),
        ("mon 09:60 UTC", "digest.bad_time"),
        ("mon noon UTC", "digest.bad_time"),
        ("mon 09:00 Europe/Berlim", "digest.bad_zone"),
        ("mon 09:00 ../../etc/passwd", "digest.bad_zone"),
        ("mon 09:00", "digest.no_zone"),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(text: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_slot(text.split(), None)
    assert refused.value.key == key


def test_a_misspelt_zone_is_met_with_the_right_one() -> None:
    with pytest.raises(Invalid) as refused:
        read_zone("Europe/Berlim")
    assert "Europe/Berlin" in str(refused.value.values["near"])


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_a_kind_refusal(text: str) -> None:
    try:
        read = read_time(text)
    except Invalid:
        return
    assert read.second == 0


def test_a_slot_whose_time_has_come_gives_one_send_and_moves_a_week_on() -> None:
    slot = set_next(a_slot(), MONDAY_NINE - timedelta(days=1))
    moved, send = TURN(slot, MONDAY_NINE)
    assert send is not None
    assert (send.key, send.due) == ("digest:C1:2026-W48", MONDAY_NINE)
    assert send.late_after == MONDAY_NINE + timedelta(hours=12)
    assert moved.next == MONDAY_NINE + timedelta(days=7)


def test_after_three_weeks_without_the_coach_only_the_newest_week_is_sent() -> None:
    slot = set_next(a_slot(), MONDAY_NINE - timedelta(days=22))
    moved, send = TURN(slot, MONDAY_NINE + timedelta(hours=1))
    assert send is not None
    assert send.subject == "2026-W48"
    assert moved.next == MONDAY_NINE + timedelta(days=7)


def test_a_paused_slot_sends_nothing_until_it_is_resumed() -> None:
    for resume in (UNTIL_RESUMED, MONDAY_NINE + timedelta(minutes=1)):
        slot = set_next(a_slot(resume=resume), MONDAY_NINE - timedelta(days=1))
        moved, send = TURN(slot, MONDAY_NINE)
        assert send is None
        assert moved.next == MONDAY_NINE + timedelta(days=7)
    over = set_next(a_slot(resume=MONDAY_NINE), MONDAY_NINE - timedelta(days=1))
    assert TURN(over, MONDAY_NINE)[1] is not None


def test_what_came_during_a_pause_is_not_made_up_for_after_it() -> None:
    resume = MONDAY_NINE + timedelta(minutes=1)
    slot = set_next(a_slot(resume=resume), MONDAY_NINE - timedelta(days=1))
    moved, send = TURN(slot, resume + timedelta(minutes=1))  # the coach looks a little late
    assert send is None
    assert moved.next == MONDAY_NINE + timedelta(days=7)


def test_a_slot_that_is_off_plans_nothing_more() -> None:
    slot = set_next(a_slot(state=SlotState.OFF), MONDAY_NINE - timedelta(days=1))
    moved, send = TURN(slot, MONDAY_NINE)
    assert send is None
    assert moved.next is None


def test_a_next_time_far_ahead_is_a_clock_that_was_set_back_and_is_mended() -> None:
    slot = set_next(a_slot(), MONDAY_NINE + timedelta(days=365))
    moved, send = TURN(slot, MONDAY_NINE)
    assert send is None
    assert moved.next == MONDAY_NINE + timedelta(days=7)
