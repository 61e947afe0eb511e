"""A weekly slot as leads write it: `mon 09:00 Europe/Berlin`, `周五下午3点半北京`, in any order."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time

from bot.daytimes import CLOCK, DAY, clock, day_word, weekday
from bot.errors import Invalid
from bot.hearing import quoted
from bot.zones import OFFSET, Meaning, meaning, near

MOST_READ = 200  # characters
MOST_WORDS = 12  # among which a zone is looked for
MOST_QUOTED = 40
MARKS = re.compile(r"""[,;、。()\[\]{}"“”!?]""")
FILLERS = frozenset(
    {"at", "on", "in", "every", "each", "the", "在", "的", "于", "每", "时间", "時間"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What was found in a text; each as it was typed."""

    days: list[re.Match[str]]
    clocks: list[re.Match[str]]
    zone: Meaning | None  # None: none was found
    zone_text: str
    left: list[str]  # words that are none of these


def read_slot(words: list[str], zone: str | None, now: datetime) -> tuple[int, time, str]:
    """Weekday, local time and zone from the words after `on`; `zone` where none is written.

    Raises Invalid, saying what is wrong or missing.
    """
    parts = _parts(_plain(" ".join(words)), now)
    if not parts.days and not parts.clocks:
        raise Invalid("digest.usage_on")
    for found in (parts.days, parts.clocks):
        if len(found) > 1:
            raise Invalid("digest.extra_words", given=_short(found[1].group()))
    if not parts.clocks:
        raise _missing("digest.bad_time", "digest.missing_time", parts.left)
    day_later, at = _time(parts.clocks[0])
    if not parts.days:
        raise _missing("digest.bad_day", "digest.missing_day", parts.left)
    day = weekday(parts.days[0])
    if day_later:
        next_day = day_word((day + 1) % 7, chinese=parts.days[0]["name"] is None)
        given = _short(parts.clocks[0].group())
        raise Invalid("digest.next_day", given=given, instead=f"{next_day} {at:%H:%M}")
    return day, at, _zone(parts, zone, now)


def _parts(text: str, now: datetime) -> Parts:
    """Offsets first, since they look like times; then days and times, wherever they stand."""
    offset = OFFSET.search(text)
    if offset is not None:
        text = _without(text, [offset])
    days = list(DAY.finditer(text))
    text = _without(text, days)
    clocks = list(CLOCK.finditer(text))
    words = [one for one in _without(text, clocks).split() if one.casefold() not in FILLERS]
    places, left = _places(words, now)
    if offset is not None:
        apart, not_one = _places([offset.group()], now)
        places, left = [*places, *apart], [*left, *not_one]
    if not places:
        return Parts(days=days, clocks=clocks, zone=None, zone_text="", left=left)
    place, said = min(places, key=lambda one: one[0].ask is not None)  # the first that is certain
    if place.ask is None:
        left += [text for other, text in places if place.zones[0] not in other.zones]
    return Parts(days=days, clocks=clocks, zone=place, zone_text=said, left=left)


def _places(words: list[str], now: datetime) -> tuple[list[tuple[Meaning, str]], list[str]]:
    """The longest runs of words that name a zone, and the words that are left."""
    few = words[:MOST_WORDS]
    for size in range(len(few), 0, -1):
        for start in range(len(few) - size + 1):
            said = " ".join(few[start : start + size])
            found = meaning(said, now)
            if found is not None:
                before, left = _places(words[:start], now)
                after, more = _places(words[start + size :], now)
                return [*before, (found, said), *after], [*left, *more]
    return [], words


def _time(found: re.Match[str]) -> tuple[int, time]:
    read = clock(found)
    if read is None:
        raise Invalid("digest.bad_time", given=_short(found.group()))
    return read


def _missing(bad: str, missing: str, left: list[str]) -> Invalid:
    """A word that was perhaps meant for it, or that nothing was."""
    meant = next((word for word in left if "/" not in word), None)
    return Invalid(bad, given=_short(meant)) if meant else Invalid(missing)


def _zone(parts: Parts, known: str | None, now: datetime) -> str:
    given = _short(" ".join(parts.left))
    if parts.left and parts.zone is not None:
        raise Invalid("digest.extra_words", given=given)
    if parts.left:
        similar = near(" ".join(parts.left), now)
        if similar:
            raise Invalid("digest.bad_zone", given=given, near=similar)
        raise Invalid("digest.unknown_zone", given=given)
    if parts.zone is None:
        if not known:
            raise Invalid("digest.no_zone")
        return known
    if parts.zone.ask:
        raise Invalid(parts.zone.ask, given=_short(parts.zone_text), near=parts.zone.offered)
    return parts.zone.zones[0]


def _plain(text: str) -> str:
    """The same number of characters: full-width ones as usual, spaces for marks between words."""
    return MARKS.sub(" ", "".join(_usual(one) for one in text[:MOST_READ]))


def _usual(character: str) -> str:
    usual = unicodedata.normalize("NFKC", character)
    return usual if len(usual) == 1 else character


def _without(text: str, found: list[re.Match[str]]) -> str:
    for match in found:
        text = f"{text[: match.start()]}{' ' * len(match.group())}{text[match.end() :]}"
    return text


def _short(text: str) -> str:
    return quoted(text, MOST_QUOTED)
