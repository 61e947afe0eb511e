"""What of a pulse is due when: working hours, reminders, the next pulse of a series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.slots import instant_of, zone_named

WORK_BEGINS, WORK_ENDS = time(9, 30), time(16, 30)
SATURDAY = 5
REMINDERS_AFTER = (2, 4)  # working days after the invitation
DAY = timedelta(days=1)
KEPT = 2  # statements of the last pulse that are asked again, so that a change can be seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """How often a statement was asked in a channel, and in which of its pulses last."""

    times: int = 0
    last: int = 0  # 1 for the first pulse, 0 for never


NEVER = Asked()


def working_moment(after: datetime, zone: str) -> datetime:
    """`after` itself if people in this zone are at work then, else when they next begin."""
    local = after.astimezone(zone_named(zone))
    day = local.date()
    if day.weekday() < SATURDAY and local.time() < WORK_ENDS:
        begins = instant_of(day, WORK_BEGINS, zone)
        return max(after.astimezone(UTC), begins)
    day += DAY
    while day.weekday() >= SATURDAY:
        day += DAY
    return instant_of(day, WORK_BEGINS, zone)


def reminder_moments(invited: datetime, closes: datetime, zone: str) -> tuple[datetime, ...]:
    """When to remind one person: in their working hours, and never on the last day."""
    moments = (_working_days_later(invited, days, zone) for days in REMINDERS_AFTER)
    return tuple(moment for moment in moments if may_remind(moment, closes, zone))


def may_remind(moment: datetime, closes: datetime, zone: str) -> bool:
    """Not on the pulse's last day where the person is, nor later, nor within 24 hours of it."""
    last_day = closes.astimezone(zone_named(zone)).date()
    return moment.astimezone(zone_named(zone)).date() < last_day and moment <= closes - DAY


def _working_days_later(start: datetime, days: int, zone: str) -> datetime:
    local = working_moment(start, zone).astimezone(zone_named(zone))
    day = local.date()
    while days:
        day += DAY
        days -= day.weekday() < SATURDAY
    return instant_of(day, min(max(local.time(), WORK_BEGINS), WORK_ENDS), zone)


def next_start(opened: datetime, weeks: int, zone: str) -> datetime:
    """The same weekday and time on people's clocks, so many weeks later."""
    local = opened.astimezone(zone_named(zone))
    return instant_of(local.date() + timedelta(weeks=weeks), local.time(), zone)


def next_pillar(pillars: Sequence[str], after: str) -> str:
    """Pillars take turns; what is no single pillar (`all`) follows itself."""
    if after not in pillars:
        return after
    return pillars[(pillars.index(after) + 1) % len(pillars)]


def pick(
    bank: Sequence[str], asked: Mapping[str, Asked], last: Sequence[str], most: int
) -> tuple[str, ...]:
    """The statements of the next pulse, in the bank's order.

    Those asked least and longest ago take turns; some of the last pulse stay, for comparison.
    """

    def turn(statement: str) -> tuple[int, int, int]:
        before = asked.get(statement, NEVER)
        return before.times, before.last, bank.index(statement)

    repeatable = sorted((one for one in bank if one in last), key=turn)
    others = sorted((one for one in bank if one not in last), key=turn)
    kept = min(len(repeatable), max(min(KEPT, most - 1), most - len(others)))
    chosen = {*repeatable[:kept], *others[: most - kept]}
    return tuple(one for one in bank if one in chosen)
