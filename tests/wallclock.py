"""What the clocks of a zone show, as an oracle that knows nothing of the coach.

`zoneinfo` is asked only what a clock shows at an instant, never which instant a local time is: that
is found here by looking at all stretches between two changes of clocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

ZONES = tuple(sorted(available_timezones() - {"localtime", "posixrules", "Factory"}))
# Kept in hand: `zoneinfo` itself remembers eight and reads the others from their files each time.
WHERE = {zone: ZoneInfo(zone) for zone in ZONES}
FIRST, LAST = datetime(2025, 11, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


class Due(NamedTuple):
    """When a weekly slot should come."""

    at: datetime  # UTC
    day: date  # the local date that was meant
    week: str  # ISO week of that date


class Stretch(NamedTuple):
    """A time without a change of clocks."""

    begin: datetime  # UTC
    end: datetime  # UTC; the first instant that is no longer of it
    offset: timedelta  # clocks minus UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """All of a zone from 2026 to 2027, and some weeks around."""

    stretches: tuple[Stretch, ...]

    def instant(self, day: date, at: time) -> datetime:
        """The first at which the clocks show this; if they never do, the documented shift.

        Documented is: as much later as the clocks jumped. Raises LookupError outside of the years.
        """
        wall = datetime.combine(day, at, UTC)  # local; as if in UTC, for reckoning
        for one in self.stretches:
            if one.begin <= (found := wall - one.offset) < one.end:
                return found
        for before, after in pairwise(self.stretches):
            if before.end + before.offset <= wall < after.begin + after.offset:
                jump = after.offset - before.offset
                return wall + jump - after.offset
        raise LookupError(wall)

    def due(self, day: date, at: time) -> Due:
        return Due(at=self.instant(day, at), day=day, week=day.strftime("%G-W%V"))

    def weekly(self, weekday: int, at: time, monday: date, weeks: int) -> list[Due]:
        """A slot in so many weeks, from the one that begins on `monday`."""
        days = (monday + timedelta(weeks=week, days=weekday) for week in range(weeks))
        return [self.due(day, at) for day in days]

    def latest(self, weekday: int, at: time, until: datetime) -> Due:
        """The newest that is not later than `until`."""
        near = until.date() - timedelta(days=until.date().weekday())
        dues = self.weekly(weekday, at, near - timedelta(weeks=2), 4)
        return max(one for one in dues if one.at <= until)

    def changes(self) -> Iterator[tuple[Stretch, Stretch]]:
        """What was before and what is after each change of clocks."""
        return pairwise(self.stretches)

    def times(self, day: date, at: time) -> int:
        """How often the clocks show this: 0 when they jump over it, 2 when they go back."""
        wall = datetime.combine(day, at, UTC)
        return sum(one.begin <= wall - one.offset < one.end for one in self.stretches)


@cache
def clocks(zone: str) -> Clocks:
    """By looking once a day, and every minute of the days in which something changed."""
    where = WHERE[zone]
    begins = [FIRST]
    for look in range((LAST - FIRST).days):
        day = FIRST + look * DAY
        if _offset(where, day) != _offset(where, day + DAY):
            minutes = (day + number * MINUTE for number in range(24 * 60))
            begins += [
                one + MINUTE
                for one in minutes
                if _offset(where, one) != _offset(where, one + MINUTE)
            ]
    return Clocks(
        stretches=tuple(
            Stretch(begin=begin, end=end, offset=_offset(where, begin))
            for begin, end in pairwise([*begins, LAST])
        )
    )


@cache
def alike() -> tuple[tuple[str, ...], ...]:
    """The zones that change clocks, those together whose clocks show the same at every instant."""
    groups: dict[Clocks, list[str]] = {}
    for zone in ZONES:
        groups.setdefault(clocks(zone), []).append(zone)
    return tuple(tuple(zones) for of, zones in groups.items() if len(of.stretches) > 1)


def _offset(where: ZoneInfo, instant: datetime) -> timedelta:
    offset = instant.astimezone(where).utcoffset()
    assert offset is not None
    return offset
