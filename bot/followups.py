"""Recognises questions that lean on what was just talked about: "why?", "那怎么开始"."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bot.phrases import Phrase, phrases

MOST_CHARACTERS = 80  # of a message that leans on another
ABOUT = "about"


class Facet(StrEnum):
    """A side of a topic that people ask for by a few words."""

    WHY = "why"
    START = "start"
    EVIDENCE = "evidence"
    PITFALLS = "pitfalls"
    NEXT = "next"
    OWNER = "owner"
    MORE = "more"
    RELATED = "related"


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUp:
    """Either a side of the topic at hand, or another subject, in the person's words."""

    facet: Facet | None = None
    about: str | None = None


def follow_up(bare: str) -> FollowUp | None:
    """What a message that leans on the topic at hand asks for; None if it stands by itself.

    Takes `Heard.bare`.
    """
    if not bare or len(bare) > MOST_CHARACTERS:
        return None
    for phrase in _sides():
        if phrase.kind != ABOUT and phrase.pattern.fullmatch(bare):
            return FollowUp(facet=Facet(phrase.kind))
    for phrase in _subjects():
        match = phrase.pattern.fullmatch(bare)
        if match:
            return FollowUp(about=match.group(ABOUT).strip())
    return None


@cache
def _sides() -> tuple[Phrase, ...]:
    framed = phrases("followups", frame="{lead}(?:{}){tail}{zh_tail}")
    return tuple(phrase for phrase in framed if phrase.kind != ABOUT)


@cache
def _subjects() -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in phrases("followups") if phrase.kind == ABOUT)
