"""Recognises what people say to be polite, and what they say when they are lost."""

from enum import StrEnum
from functools import cache

from bot.phrases import Phrase, phrases

MOST_CHARACTERS = 90  # of a message that is nothing but small talk


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


def small_talk(bare: str) -> Talk | None:
    """What kind of small talk the whole message is; None if it says more. Takes `Heard.bare`."""
    if len(bare) > MOST_CHARACTERS:
        return None
    for phrase in _spoken():
        if phrase.pattern.fullmatch(bare):
            return Talk(phrase.kind)
    return None


@cache
def _spoken() -> tuple[Phrase, ...]:
    return phrases("smalltalk")
