"""Recognises what people say to be polite, and what they say when they are lost."""

import re
from enum import StrEnum
from functools import cache

from bot.phrases import Phrase, phrases

MOST_CHARACTERS = 90  # of a message that is nothing but small talk
GAP = re.compile(r"[\s,.!~，。！～…]+")


class Talk(StrEnum):
    GREETING = "greeting"
    MORNING = "morning"
    NIGHT = "night"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    WELLBEING = "wellbeing"
    IDENTITY = "identity"
    PRAISE = "praise"
    AGREED = "agreed"
    SORRY = "sorry"
    LAUGH = "laugh"
    UPSET = "upset"
    PING = "ping"
    HELP = "help"
    TOPICS = "topics"
    DIGEST = "digest"


OPENINGS = (Talk.GREETING, Talk.MORNING)


def small_talk(bare: str) -> Talk | None:
    """What kind of small talk the whole message is; None if it says more. Takes `Heard.bare`."""
    if len(bare) > MOST_CHARACTERS:
        return None
    return _said(bare) or _said_after_greeting(bare)


def _said(bare: str) -> Talk | None:
    for phrase in _spoken():
        if phrase.pattern.fullmatch(bare):
            return Talk(phrase.kind)
    return None


def _said_after_greeting(bare: str) -> Talk | None:
    """“Hi there, who are you”: what follows the greeting is what wants an answer."""
    for gap in GAP.finditer(bare):
        if _said(bare[: gap.start()]) in OPENINGS and (talk := _said(bare[gap.end() :])):
            return talk
    return None


@cache
def _spoken() -> tuple[Phrase, ...]:
    return phrases("smalltalk")
