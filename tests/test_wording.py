"""Every sentence exists in both languages, fits its place, and is used.

A key that is put together at run time is found when it is written as an f-string with its
beginning, such as f"pulse.band.{band}": every key that fits the pattern counts as used.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.wording import FOLDER, wording
from knowledge.model import Language

ROOT = Path(__file__).parents[1]
SPOKEN_BY = {"say", "notice", "CoachError", "NotAllowed", "NotFound", "Invalid", "TooLate"}
KEY = re.compile(r"[a-z]+(\.[a-z0-9_-]+)+")
HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def catalogue(language: Language) -> dict[str, tuple[str, ...]]:
    """The sentences of each key: one, or singular and plural."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            po: Catalog = read_po(file, locale=language)
        for message in po:
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = message.string
                found[key] = (forms,) if isinstance(forms, str) else tuple(forms or ())
    return found


def placeholders(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None}


def sources() -> Iterator[Path]:
    yield ROOT / "maturity_coach.py"
    for package in ("bot", "adapters"):
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def written() -> tuple[frozenset[str], frozenset[str], tuple[re.Pattern[str], ...]]:
    """Keys that are spoken, all strings that look like a key, and patterns of f-strings."""
    spoken: set[str] = set()
    strings: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(args=[ast.Constant(value=str() as key), *_]) if (
                    called(node) in SPOKEN_BY
                ):
                    spoken.add(key)
                case ast.Constant(value=str() as text) if KEY.fullmatch(text):
                    strings.add(text)
                case ast.JoinedStr(values=[ast.Constant(value=str() as head), *rest]) if re.match(
                    r"[a-z]+\.", head
                ):
                    patterns.append(pattern(head, rest))
    return frozenset(spoken), frozenset(strings | spoken), tuple(patterns)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def pattern(head: str, rest: list[ast.expr]) -> re.Pattern[str]:
    tail = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.-]+"
        for part in rest
    ]
    return re.compile(re.escape(head) + "".join(tail))


def test_both_languages_have_the_same_keys() -> None:
    en, zh = catalogue(Language.EN).keys(), catalogue(Language.ZH).keys()
    assert sorted(en - zh) == []
    assert sorted(zh - en) == []


def test_both_languages_fill_in_the_same_values() -> None:
    zh = catalogue(Language.ZH)
    different = {
        key: (placeholders(forms), placeholders(zh[key]))
        for key, forms in catalogue(Language.EN).items()
        if key in zh and placeholders(forms) != placeholders(zh[key])
    }
    assert different == {}


def test_plurals_have_two_forms_in_english_and_one_in_chinese() -> None:
    assert {key for key, forms in catalogue(Language.ZH).items() if len(forms) != 1} == set()
    plural = {key: forms for key, forms in catalogue(Language.EN).items() if len(forms) > 1}
    assert {key for key, forms in plural.items() if len(forms) != 2} == set()


@pytest.mark.parametrize("language", list(Language))
def test_no_sentence_is_empty(language: Language) -> None:
    assert [
        key for key, forms in catalogue(language).items() if not all(map(str.strip, forms))
    ] == []


def test_chinese_sentences_are_chinese() -> None:
    english = catalogue(Language.EN)
    left = [
        key
        for key, forms in catalogue(Language.ZH).items()
        if not HAN.search(forms[0])
        and len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}", "", english[key][0]))) >= 3
        and not forms[0].lstrip().startswith("/")
    ]
    assert left == []


def test_every_key_that_is_spoken_is_in_the_catalogue() -> None:
    spoken, _, _ = written()
    assert sorted(key for key in spoken if KEY.fullmatch(key) and not known(key)) == []


def known(key: str) -> bool:
    return wording(Language.EN).has(key)


def test_every_key_in_the_catalogue_is_used() -> None:
    _, strings, patterns = written()
    unused = [
        key
        for key in catalogue(Language.EN)
        if key not in strings and not any(one.fullmatch(key) for one in patterns)
    ]
    assert unused == []


def test_a_missing_value_is_a_mistake_of_ours_and_not_silently_left_out() -> None:
    with pytest.raises(KeyError):
        wording(Language.EN).say("errors.unexpected")
    with pytest.raises(KeyError):
        wording(Language.EN).say("errors.no_such_key")
