"""Weekly slots in the weeks in which clocks change, in every zone where they do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from benchmarks.reliability.clocks import HALF_HOURS, Seen, around_changes, mondays
from bot.slots import instant_of
from tests.wallclock import DAY, MINUTE, WHERE, ZONES, alike, clocks


def test_every_weekday_and_half_hour_is_right_around_every_change_of_clocks() -> None:
    """Zones whose clocks show the same share the slots; the benchmark tries each in each."""
    seen = Seen()
    for zones in alike():
        around_changes(zones, seen, before=0, after=1)
    assert seen.wrong == []
    changes = sum(len(list(mondays(zones[0]))) for zones in alike())
    assert seen.comings == changes * 7 * len(HALF_HOURS) * 2
    assert min(seen.shifted, seen.twice) >= changes  # two half-hours in most, at every second


def test_every_zone_that_changes_clocks_has_its_share() -> None:
    assert len(ZONES) > 400
    changing = {zone for zones in alike() for zone in zones}
    assert {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"} < changing
    assert not changing & {"UTC", "Asia/Shanghai"}
    assert all(len(zones) <= 7 * len(HALF_HOURS) for zones in alike())


def test_the_oracle_sees_what_one_sees_who_looks_at_the_clock_every_minute() -> None:
    for zone, *_ in alike():
        for _, after in list(clocks(zone).changes())[:2]:
            middle = datetime(*after.begin.timetuple()[:3], tzinfo=UTC)
            minutes = [middle + number * MINUTE for number in range(-24 * 60, 48 * 60)]
            shown = [one.astimezone(WHERE[zone]).replace(tzinfo=None) for one in minutes]
            day = (after.begin + after.offset).date()
            for at in HALF_HOURS:
                assert clocks(zone).instant(day, at) == looked_up(day, at, minutes, shown)


def looked_up(day: date, at: time, minutes: list[datetime], shown: list[datetime]) -> datetime:
    """The first minute that shows this, or what comes as much later as the clock jumped over it."""
    wished = datetime.combine(day, at)
    if wished not in shown:
        ((last, first),) = [(one, two) for one, two in pairwise(shown) if one < wished < two]
        wished += first - last - MINUTE
    return minutes[shown.index(wished)]


def test_a_time_that_comes_twice_is_taken_the_first_time() -> None:
    day = date(2026, 10, 25)  # Berlin's clocks go back from three to two
    assert instant_of(day, time(2, 30), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_time_that_is_skipped_comes_as_much_later_as_the_clock_jumped() -> None:
    day = date(2026, 3, 29)  # Berlin's clocks go on from two to three
    skipped = instant_of(day, time(2, 30), "Europe/Berlin")
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert skipped.astimezone(WHERE["Europe/Berlin"]).time() == time(3, 30)
    assert skipped - instant_of(day - DAY, time(2, 30), "Europe/Berlin") == timedelta(days=1)
