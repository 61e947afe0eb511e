"""Every behaviour as a conversation, replayed with the real base, search and store.

In a transcript `you>` is typed; all lines up to the next `you>` are what appears. `…` alone on a
line stands for any lines, within a line for any characters. A line that begins with # before the
first `you>` is a comment.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from knowledge.overlay import load_overlay
from tests.conftest import APPLICATION_KEY
from tests.talk import Talk

FOLDER = Path(__file__).parent / "transcripts"
ANY = "…"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    line: int
    typed: str
    shown: list[str]


def exchanges(text: str) -> list[Exchange]:
    found: list[Exchange] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("you>"):
            typed = line.removeprefix("you>").removeprefix(" ")
            found.append(Exchange(line=number, typed=typed, shown=[]))
        elif found and line.strip():
            found[-1].shown.append(line.rstrip())
    return found


def pattern_of(shown: list[str]) -> re.Pattern[str]:
    """What was promised, as a pattern for what appeared."""
    parts = [
        r"(?:[^\n]*\n)*"
        if line == ANY
        else "[^\n]*".join(re.escape(piece) for piece in line.split(ANY)) + "\n"
        for line in shown
    ]
    return re.compile("".join(parts))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
async def test_the_coach_answers_as_the_transcript_says(
    file: Path, base: KnowledgeBase, engine: Engine, migrated_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "coach.sqlite3"
    shutil.copy(migrated_file, copy)
    database = Database(f"sqlite:///{copy}")
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    overlay = load_overlay(FOLDER / "overlay", base.topics)
    talk = Talk(base=base, finder=engine, store=store, overlay=overlay)
    try:
        for exchange in exchanges(file.read_text(encoding="utf-8")):
            shown = await talk.say(exchange.typed)
            blank_free = "".join(f"{line}\n" for line in shown.splitlines() if line.strip())
            if not pattern_of(exchange.shown).fullmatch(blank_free):
                promised = "\n".join(exchange.shown)
                pytest.fail(
                    f"{file.name}:{exchange.line}: {exchange.typed}\n--- promised\n{promised}"
                    f"\n--- appeared\n{shown}",
                    pytrace=False,
                )
    finally:
        await database.close()


def test_a_promise_that_is_not_kept_is_noticed() -> None:
    assert pattern_of(["coach> Hello … there", ANY, "end"]).fullmatch(
        "coach> Hello you there\nmore\nend\n"
    )
    assert not pattern_of(["coach> Hello"]).fullmatch("coach> Hello\nand more\n")
    assert not pattern_of(["coach> Hello", "end"]).fullmatch("coach> Hello\nother\nend\n")
