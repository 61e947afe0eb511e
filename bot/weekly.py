"""What becomes of a weekly slot whose time has come, and how leads write one (pure)."""

import difflib
import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import Invalid
from bot.messages import Place
from bot.ports.channels import Slot, SlotState
from bot.ports.sends import Send
from bot.slots import latest_slot, next_slot

LATE = timedelta(hours=12)
DAYS = {
    0: ("mon", "monday", "周一", "星期一", "礼拜一"),
    1: ("tue", "tues", "tuesday", "周二", "星期二", "礼拜二"),
    2: ("wed", "wednesday", "周三", "星期三", "礼拜三"),
    3: ("thu", "thur", "thurs", "thursday", "周四", "星期四", "礼拜四"),
    4: ("fri", "friday", "周五", "星期五", "礼拜五"),
    5: ("sat", "saturday", "周六", "星期六", "礼拜六"),
    6: ("sun", "sunday", "周日", "周天", "星期日", "星期天", "礼拜天"),
}
WEEKDAYS = {name: day for day, names in DAYS.items() for name in names}
CITIES = {"北京": "Asia/Shanghai", "上海": "Asia/Shanghai", "beijing": "Asia/Shanghai"}
CLOCK = re.compile(r"(上午|下午|晚上|早上)?(\d{1,2})(?:[:：点](\d{2})?)?(am|pm|半)?", re.IGNORECASE)
AFTERNOON = ("下午", "晚上", "pm")


class Turning:
    """Implements bot.ports.channels.Turn."""

    def __init__(self, late: timedelta = LATE) -> None:
        self._late = late

    def __call__(self, slot: Slot, now: datetime) -> tuple[Slot, Send | None]:
        if slot.state is SlotState.OFF:
            return replace(slot, next=None, week=None), None
        newest = latest_slot(slot.weekday, slot.at, slot.zone, now)
        # A next time more than a week ahead is a clock that was set back: nothing has come yet.
        came = slot.next is not None and slot.next <= now
        paused = slot.resume is not None and newest.at < slot.resume
        send = None
        if came and not paused:
            this = replace(slot, week=newest.week)
            send = Send(
                key=this.key,
                kind=slot.kind.value,
                place=Place(workspace=slot.workspace, channel=slot.channel),
                subject=newest.week,
                due=newest.at,
                late_after=newest.at + self._late,
            )
        return set_next(slot, now), send


def set_next(slot: Slot, after: datetime) -> Slot:
    """The slot with its first time later than `after`."""
    coming = next_slot(slot.weekday, slot.at, slot.zone, after)
    return replace(slot, next=coming.at, week=coming.week)


def read_slot(words: list[str], zone: str | None) -> tuple[int, time, str]:
    """Weekday, local time and zone from the words after `on`; `zone` where none is written.

    Raises Invalid, saying what is allowed.
    """
    rest = _split_day(words)
    if len(rest) < 2:
        raise Invalid("digest.usage_on")
    weekday = WEEKDAYS.get(rest[0].casefold())
    if weekday is None:
        raise Invalid("digest.bad_day", given=_short(rest[0]))
    at = read_time(rest[1])
    written = "_".join(rest[2:]) or zone
    if not written:
        raise Invalid("digest.no_zone")
    return weekday, at, read_zone(written)


def _split_day(words: list[str]) -> list[str]:
    """Chinese is often written without a space: 周一9:00."""
    if words:
        for name in sorted(WEEKDAYS, key=len, reverse=True):
            if not name.isascii() and words[0].startswith(name) and words[0] != name:
                return [name, words[0].removeprefix(name), *words[1:]]
    return words


def read_time(text: str) -> time:
    """`09:00`, `9`, `9am`, `9点半`, `下午3点`. Raises Invalid."""
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Invalid("digest.bad_time", given=_short(text))
    before, hour, minute, after = found.groups()
    hours = int(hour)
    minutes = 30 if after == "半" else int(minute or 0)
    half = (before or after or "").lower()
    if half in AFTERNOON and hours < 12:
        hours += 12
    if half in ("am", "上午", "早上") and hours == 12:
        hours = 0
    if hours > 23 or minutes > 59:
        raise Invalid("digest.bad_time", given=_short(text))
    return time(hours, minutes)


def read_zone(text: str) -> str:
    """An IANA zone by its name or its city. Raises Invalid, naming similar ones."""
    name = text.strip().casefold()
    if name in CITIES:
        return CITIES[name]
    names, cities = _zones()
    found = names.get(name) or cities.get(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, [*names, *cities], n=3, cutoff=0.6)
    likely = list(dict.fromkeys(names.get(one) or cities[one] for one in near))
    raise Invalid(
        "digest.bad_zone", given=_short(text), near=", ".join(likely or ["Europe/Berlin", "UTC"])
    )


@cache
def _zones() -> tuple[dict[str, str], dict[str, str]]:
    """All zones by name and, where only one has it, by city; in small letters."""
    every = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})
    names = {zone.casefold(): zone for zone in every if not zone.startswith(("posix/", "right/"))}
    cities: dict[str, list[str]] = {}
    for zone in names.values():
        area, _, city = zone.rpartition("/")
        if area and not area.startswith(("Etc", "US", "SystemV")):
            cities.setdefault(city.casefold(), []).append(zone)
    return names, {city: zones[0] for city, zones in cities.items() if len(zones) == 1}


def is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
