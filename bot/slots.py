"""A weekly slot in a place's own time zone: when it comes next, and which week it stands for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One coming of a weekly slot."""

    at: datetime  # aware, UTC
    day: date  # the intended local date
    week: str  # ISO week of the intended local date, for example 2026-W47


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Kept: zoneinfo itself remembers eight and reads the others' files again each time."""
    return ZoneInfo(name)


def next_slot(weekday: int, local: time, zone: str, after: datetime) -> Occurrence:
    """The first occurrence strictly later than `after`; `weekday` is 0 for Monday.

    A time that a change of clocks skips comes as much later as the clock jumped; one that comes
    twice counts the first time. Raises ZoneInfoNotFoundError for an unknown zone.
    """
    day = _day_of_week(weekday, after.astimezone(zone_named(zone)).date() - WEEK)
    while (occurrence := _occurrence(day, local, zone)).at <= after:
        day += WEEK
    return occurrence


def latest_slot(weekday: int, local: time, zone: str, at: datetime) -> Occurrence:
    """The newest occurrence that is not later than `at`: what is still to do after a long stop."""
    day = _day_of_week(weekday, at.astimezone(zone_named(zone)).date() + WEEK)
    while (occurrence := _occurrence(day, local, zone)).at > at:
        day -= WEEK
    return occurrence


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The whole local days that a weekly post tells of: seven, up to the day before its own."""

    first: date
    last: date
    zone: str  # IANA

    @property
    def since(self) -> datetime:
        return instant_of(self.first, time(0), self.zone)

    @property
    def until(self) -> datetime:
        """The first instant that is not in it."""
        return instant_of(self.last + timedelta(days=1), time(0), self.zone)

    def holds(self, instant: datetime) -> bool:
        return self.since <= instant < self.until


def span_of(weekday: int, zone: str, week: str) -> Span:
    """What the post of an ISO week tells of. Raises ValueError for what is no week."""
    day = monday_of(week) + timedelta(days=weekday)
    return Span(first=day - WEEK, last=day - timedelta(days=1), zone=zone)


def week_before(week: str) -> str:
    return week_key(monday_of(week) - WEEK)


def week_key(day: date) -> str:
    """The ISO week of a local date."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(week: str) -> date:
    """The first day of an ISO week. Raises ValueError for what is no week."""
    year, separator, number = week.partition("-W")
    if not separator or len(number) != 2:
        raise ValueError(week)
    return date.fromisocalendar(int(year), int(number), 1)


def instant_of(day: date, local: time, zone: str) -> datetime:
    """A local date and time as an instant in UTC, right on the days when clocks change."""
    return datetime.combine(day, local, zone_named(zone)).astimezone(UTC)


def _occurrence(day: date, local: time, zone: str) -> Occurrence:
    return Occurrence(at=instant_of(day, local, zone), day=day, week=week_key(day))


def _day_of_week(weekday: int, near: date) -> date:
    """The day with this weekday in the ISO week of `near`."""
    return near - timedelta(days=near.weekday()) + timedelta(days=weekday)
