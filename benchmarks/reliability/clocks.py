"""Weekly slots around changes of clocks: the rules of the code against an independent oracle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.messages import Platform, Workspace
from bot.ports.channels import Slot, SlotKind
from bot.slots import Occurrence, latest_slot, next_slot
from bot.weekly import LATE, Turning, set_next
from tests.wallclock import Due, clocks

WORKSPACE = Workspace(platform=Platform.SLACK, id="T1")
HALF_HOURS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
YEARS = (2026, 2027)  # ISO years of 53 and of 52 weeks
TICK = timedelta(microseconds=1)
WEEK = timedelta(weeks=1)
TURN = Turning()
Rule = Callable[[int, time, str, datetime], Occurrence]


@dataclass(kw_only=True, slots=True)
class Seen:
    """What was looked at, and what was not as it should be."""

    slots: int = 0
    comings: int = 0
    shifted: int = 0  # comings whose local time the clocks jumped over
    twice: int = 0  # comings whose local time the clocks showed twice
    wrong: list[str] = field(default_factory=list)


def a_slot(weekday: int, at: time, zone: str, channel: str = "C1") -> Slot:
    return Slot(
        workspace=WORKSPACE,
        channel=channel,
        kind=SlotKind.DIGEST,
        weekday=weekday,
        at=at,
        zone=zone,
    )


def around_changes(zones: Sequence[str], seen: Seen, *, before: int, after: int) -> None:
    """Every weekday and half-hour in the week of each change of clocks and so many weeks around.

    The zones are alike; each slot is tried in one of them, in turn.
    """
    for monday in mondays(zones[0]):
        for number, at in enumerate(HALF_HOURS):
            for weekday in range(7):
                zone = zones[(7 * number + weekday) % len(zones)]
                slot = a_slot(weekday, at, zone)
                check(slot, monday - before * WEEK, before + 1 + after, seen)


def mondays(zone: str) -> Iterator[date]:
    """The first day of each local week of 2026 and 2027 in which clocks change in this zone."""
    weeks: dict[date, None] = {}
    for before, after in clocks(zone).changes():
        for day in ((after.begin + one.offset).date() for one in (before, after)):
            if day.isocalendar().year in YEARS:
                weeks[day - timedelta(days=day.weekday())] = None
    return iter(weeks)


def check(slot: Slot, monday: date, weeks: int, seen: Seen) -> None:
    """A slot through so many weeks: each coming, and the instants just before and at it."""
    rules = clocks(slot.zone)
    previous, *dues, following = rules.weekly(slot.weekday, slot.at, monday - WEEK, weeks + 2)
    seen.slots += 1
    planned = set_next(slot, previous.at)
    for due, after in zip(dues, [*dues[1:], following], strict=True):
        times = rules.times(due.day, slot.at)
        seen.comings += 1
        seen.shifted += times == 0
        seen.twice += times == 2
        moved, send = TURN(planned, due.at)
        found = {
            "next of the slot": (planned.next, planned.week) == (due.at, due.week),
            "next from just before": _is(due, next_slot, slot, due.at - TICK),
            "latest until just before": _is(previous, latest_slot, slot, due.at - TICK),
            "next after it": (moved.next, moved.week) == (after.at, after.week),
            "nothing before": TURN(planned, due.at - TICK)[1] is None,
            "send": send is not None
            and (send.key, send.due) == (f"digest:{slot.channel}:{due.week}", due.at)
            and (send.subject, send.late_after) == (due.week, due.at + LATE),
        }
        seen.wrong += [
            f"{slot.zone} {slot.weekday} {slot.at} {due.week}: {what}"
            for what, right in found.items()
            if not right
        ]
        planned, previous = moved, due


def _is(due: Due, rule: Rule, slot: Slot, instant: datetime) -> bool:
    found = rule(slot.weekday, slot.at, slot.zone, instant)
    return (found.at, found.day, found.week) == due
