"""What the README shows is true."""

import re
from pathlib import Path

import pytest

from bot.wording import wording
from knowledge.engine import Engine
from knowledge.model import Language
from knowledge.search import Outcome

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_exchange_on_the_first_screen_is_a_tested_transcript() -> None:
    exchange = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert exchange is not None
    transcript = (ROOT / "tests/transcripts/readme.txt").read_text(encoding="utf-8")
    tested = re.sub(r"^#[^\n]*\n+", "", transcript)
    assert exchange.group(1).strip() == tested.strip()


def test_the_first_command_needs_nothing_but_make() -> None:
    first = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert first is not None
    assert first.group(1).strip() == "make chat"
    assert re.search(r"^chat:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_page_that_is_linked_is_there() -> None:
    pages = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert pages
    assert [page for page in pages if not (ROOT / page).exists()] == []


@pytest.mark.parametrize("language", Language)
def test_the_examples_in_the_help_get_an_answer(language: Language, engine: Engine) -> None:
    said = wording(language)
    for example in ("help.example_1", "help.example_2", "help.example_3"):
        assert engine.find(said.say(example)).outcome is Outcome.ANSWER


def test_the_questions_in_the_commands_get_an_answer(engine: Engine) -> None:
    asked = re.findall(r'(?:echo|ask) "([^"]+)"', README)
    assert len(asked) == 2
    assert [one for one in asked if engine.find(one).outcome is not Outcome.ANSWER] == []
