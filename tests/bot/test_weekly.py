"""What becomes of weekly slots in time."""

from datetime import UTC, datetime, time, timedelta

from bot.messages import Platform, Workspace
from bot.ports.channels import UNTIL_RESUMED, Slot, SlotKind, SlotState
from bot.weekly import Turning, set_next

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
