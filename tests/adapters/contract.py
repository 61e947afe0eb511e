"""What all chat adapters share: the same conversation has the same content everywhere.

An adapter's tests give a `Speaker` and call `same_as_in_the_terminal` for each of `CONVERSATIONS`.
"""

import re
from pathlib import Path
from typing import Protocol

from tests.talk import Talk

FOLDER = Path(__file__).parents[1] / "transcripts"
CONVERSATIONS = (
    "answer-en",
    "answer-zh",
    "topics",
    "not-covered",
    "other-level",
    "small-talk-en",
    "small-talk-zh",
    "traditional",
)
NUMBER = re.compile(r"\[\d+\]|^(?:coach|教练)> ", re.MULTILINE)


class Speaker(Protocol):
    """One person in a private conversation with the coach, on some platform."""

    async def say(self, text: str) -> str:
        """All words that appear: text and labels of buttons, in reading order."""
        ...

    async def press(self, number: int) -> str:
        """The same, after a press on a button of what appeared last, counted from 1."""
        ...


def typed(conversation: str) -> list[str]:
    lines = (FOLDER / f"{conversation}.txt").read_text("utf-8").splitlines()
    return [line.removeprefix("you>").strip() for line in lines if line.startswith("you>")]


def bare(shown: str) -> str:
    """Letters and digits alone: signs, marks and line breaks are the platform's own."""
    return "".join(one for one in NUMBER.sub("", shown) if one.isalnum())


async def same_as_in_the_terminal(conversation: str, terminal: Talk, speaker: Speaker) -> int:
    """How many exchanges were compared; what only the terminal has ends the conversation."""
    compared = 0
    for line in typed(conversation):
        expected = await terminal.say(line)
        if line.startswith("/lang "):  # elsewhere the client tells the language
            continue
        if line.startswith("/") or "--" in expected:
            break
        shown = await (speaker.press(int(line)) if line.isdigit() else speaker.say(line))
        assert bare(shown) == bare(expected), f"{conversation}: {line}\n{shown}\n---\n{expected}"
        compared += 1
    return compared
