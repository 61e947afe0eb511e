"""What somebody typed, made safe to compare with and safe to show again."""

import re
import unicodedata
from dataclasses import dataclass

from knowledge.model import Language
from knowledge.normalise import language_of, searchable, visible

MOST_READ = 2000  # characters of one message; what comes after is not read, and that is said
MOST_QUOTED = 80
EDGE = re.compile(r"^[\W_]+|[\W_]+$")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One message: its text as searched, its bare words, and whether some was left unread."""

    text: str  # plain, at most MOST_READ characters
    bare: str  # lower case, Simplified, without marks at its ends; empty for emoji only
    language: Language
    cut: bool


def heard(text: str, locale: str | None = None) -> Heard:
    """Any text at all, hostile included, as something to work with."""
    plain = visible(text[:MOST_READ]).strip()
    return Heard(
        text=plain,
        bare=EDGE.sub("", searchable(plain)),
        language=language_of(plain, locale),
        cut=len(text.strip()) > MOST_READ,
    )


def quoted(text: str, most: int = MOST_QUOTED) -> str:
    """For showing a person's words again: one line, nothing invisible, at most `most` characters.

    A word joiner after @ and # keeps a platform from making a mention of it.
    """
    shown = SPACES.sub(" ", visible(text)).strip()
    shown = "".join(one for one in shown if unicodedata.category(one) != "Mn" or one.isalpha())
    if len(shown) > most:
        shown = shown[: most - 1].rstrip() + "…"
    return shown
