"""What people type on Slack, as plain text with the people it names."""

import html
import re
from dataclasses import dataclass

_REFERENCE = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plain:
    text: str
    people: tuple[str, ...]  # user ids, in order, the coach left out


def plain_text(text: str, *, coach: str | None) -> Plain:
    """Slack's references become words; those to the coach itself go.

    Source: docs.slack.dev, "Formatting message text".
    """
    people: list[str] = []

    def word(match: re.Match[str]) -> str:
        kind, target, label = match.group(1), match.group(2), match.group(3)
        if kind == "@":
            if target == coach:
                return ""
            people.append(target)
            return f"@{label or target}"
        if kind == "#":
            return f"#{label or target}"
        if kind == "!":
            return label or f"@{target.split('^')[0]}"
        return label or target.removeprefix("mailto:")

    words = html.unescape(_REFERENCE.sub(word, text))
    return Plain(text=words.strip(), people=tuple(dict.fromkeys(people)))
