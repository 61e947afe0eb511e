"""Which time zone somebody means: taken where it is certain, asked back where it isn't (pure)."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.core import get_global

from bot.daytimes import HAN, number
from bot.zonenames import (
    ONE_CLOCK,
    cities,
    countries,
    evened,
    offered,
    short_forms,
    zones,
)
from knowledge.normalise import simplified

OFFSET = re.compile(
    r"(?<![\w/])(?P<etc>etc/)?(?:(?:utc|gmt|z)\s*)?(?P<sign>[+\-−–])\s*"
    r"(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?![\w:])"
    r"|(?<![\w/])(?:utc|gmt)(?P<bare>\d{1,2})(?![\w:])"
    r"|(?<=\d)\+(?P<glued>\d{2}):?(?P<more>\d{2})(?![\w:])"
    rf"|(?P<side>[东東西])(?P<zone>\d{{1,2}}|{HAN})[时時]?[区區]|(?P<zero>[零中]时区)",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"(?<=\w)(?:[\s_]+(?:(?:standard|daylight|local)[\s_]+)?time(?:[\s_]*zone)?"
    r"|市?(?:(?:标准|標準|当地|當地)?(?:时间|時間)|[时時][区區])|市)$",
    re.IGNORECASE,
)  # “Berlin time”, 北京时间
DOUBLE = re.compile(r"([a-z]{3})\d([a-z]{3})")  # EST5EDT
MOST = 4  # zones offered
MOST_OF_A_COUNTRY = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """The zones that a name may mean; `ask` is the sentence to ask back with, None if certain."""

    zones: tuple[str, ...]  # likely ones first
    ask: str | None = None
    most: int = MOST

    @property
    def offered(self) -> tuple[str, ...]:
        return self.zones[: self.most]


def meaning(text: str, now: datetime) -> Meaning | None:
    """What a text names, at this moment; None where it is no name of a zone."""
    offset = OFFSET.fullmatch(text.strip())
    if offset is not None:
        return _of_offset(offset, now)
    for name in _ways(text):
        found = _named(name, now)
        if found is not None:
            return found
    return None


def near(text: str, now: datetime) -> tuple[str, ...]:
    """Zones with a similar name, at most three."""
    name = evened(simplified(text))
    close = difflib.get_close_matches(name, [*zones(), *cities(), *countries()], n=3, cutoff=0.6)
    found = (_named(one, now) for one in close)
    return tuple(dict.fromkeys(zone for one in found if one for zone in one.zones))[:3]


def is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _ways(text: str) -> Iterator[str]:
    """The name as it is written, without “time”, and both in Simplified."""
    for way in dict.fromkeys((text, simplified(text))):
        yield evened(way)
        yield evened(ABOUT.sub("", way.strip()))


def _named(name: str, now: datetime) -> Meaning | None:
    """Takes an evened name."""
    zone = zones().get(name) or cities().get(name)
    if zone:
        return Meaning(zones=(zone,))
    code = countries().get(name)
    if code:
        return _of_country(code, now)
    short = DOUBLE.sub(r"\1", name)
    if short in short_forms(now.year):
        likely = short_forms(now.year)[short]
        each_clock_once = dict.fromkeys((*_clocks(likely, now), *likely))
        return Meaning(zones=tuple(each_clock_once), ask="digest.zone_short")
    return _of_path(name) or _of_country_and_city(name)


def _of_path(name: str) -> Meaning | None:
    """`Asia/Beijing`: an area and a city that has no zone of its own."""
    area, _, city = name.rpartition("/")
    zone = cities().get(city) if area else None
    if zone is None:
        return None
    right = zone.casefold().startswith(f"{area}/")
    return Meaning(zones=(zone,), ask=None if right else "digest.bad_zone")


def _of_country_and_city(name: str) -> Meaning | None:
    """日本东京: Chinese names the country first, without a space."""
    for end in range(2, len(name) - 1):
        code, zone = countries().get(name[:end]), cities().get(name[end:])
        if code and zone and zone in get_global("territory_zones")[code]:
            return Meaning(zones=(zone,))
    return None


def _of_country(code: str, now: datetime) -> Meaning:
    every = (ONE_CLOCK[code],) if code in ONE_CLOCK else get_global("territory_zones")[code]
    ranks = {zone: rank for rank, zone in enumerate(offered())}
    inside = sorted(every, key=lambda zone: ranks.get(zone, len(ranks)))
    clocks = _clocks(inside, now)
    if len(clocks) == 1:
        return Meaning(zones=clocks)
    most = min(len(clocks), MOST_OF_A_COUNTRY)
    each_clock_once = dict.fromkeys((*clocks, *inside))
    return Meaning(zones=tuple(each_clock_once), ask="digest.zone_several", most=most)


def _of_offset(found: re.Match[str], now: datetime) -> Meaning | None:
    offset = _offset(found)
    if offset is None:
        return None
    if not offset:
        return Meaning(zones=("UTC",))
    here = _keeping(offset, now)
    if found["etc"]:  # what IANA means by Etc/GMT+8 is eight hours behind
        behind = _keeping(-offset, now)
        here = (*behind[: MOST // 2], *here[: MOST // 2], *behind[MOST // 2 :])
    if not here:
        return None
    ask = "digest.zone_reversed" if found["etc"] else "digest.zone_offset"
    return Meaning(zones=here, ask=ask)


def _offset(found: re.Match[str]) -> timedelta | None:
    if found["zero"]:
        return timedelta(0)
    hours = number(found["hours"] or found["bare"] or found["glued"] or found["zone"])
    minutes = number(found["minutes"] or found["more"] or "0")
    if hours is None or minutes is None:
        return None
    size = timedelta(hours=hours, minutes=minutes)
    behind = found["side"] == "西" or (found["sign"] or "+") != "+"
    return -size if behind else size


def _keeping(offset: timedelta, now: datetime) -> tuple[str, ...]:
    """Zones whose clocks are this far ahead of UTC now."""
    return tuple(zone for zone in offered() if now.astimezone(ZoneInfo(zone)).utcoffset() == offset)


def _clocks(names: Iterable[str], now: datetime) -> tuple[str, ...]:
    """The first of those zones that agree through the coming year."""
    first: dict[tuple[timedelta | None, ...], str] = {}
    for zone in names:
        first.setdefault(_year_of(zone, now), zone)
    return tuple(first.values())


def _year_of(zone: str, now: datetime) -> tuple[timedelta | None, ...]:
    """How far a clock is ahead of UTC, month by month."""
    months = (now + timedelta(days=30 * month) for month in range(13))
    return tuple(instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in months)
