"""An organisation's own additions to the base: what is true here, whom to ask, where to look."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from knowledge.model import Entry, Language, Line
from knowledge.search import LocalEntry
from knowledge.yamls import KnowledgeError, Problem, read

WEB_ADDRESS = re.compile(r"https?://\S+")


def _in_both(value: object) -> object:
    return {"en": value, "zh": value} if isinstance(value, str) else value


class LocalText(Entry):
    """A text in one language or both; a plain string stands for both."""

    en: Line | None = None
    zh: Line | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.en is None and self.zh is None:
            raise ValueError("is empty: write a text, or `en` and `zh`")
        return self

    def say(self, language: Language) -> str:
        """In this language, or in the other where that is all there is."""
        first, second = (self.zh, self.en) if language is Language.ZH else (self.en, self.zh)
        return first or second or ""


Said = Annotated[LocalText, BeforeValidator(_in_both)]


def _address(url: str) -> str:
    if not WEB_ADDRESS.fullmatch(url):
        raise ValueError("is no web address: write it whole, as https://wiki.example.org/page")
    return url


class Link(Entry):
    title: Said
    url: Annotated[str, AfterValidator(_address)]


class LocalQuestion(Entry):
    """A question that people here ask, however they put it, and its answer."""

    asks: Annotated[tuple[Line, ...], Field(min_length=1)]
    answer: Said


class LocalTopic(Entry):
    """What an organisation adds to one topic."""

    note: Said | None = None
    contacts: tuple[Line, ...] = ()
    links: tuple[Link, ...] = ()
    questions: tuple[LocalQuestion, ...] = ()

    @model_validator(mode="after")
    def _adds_something(self) -> Self:
        if not (self.note or self.contacts or self.links or self.questions):
            raise ValueError("adds nothing: write `note`, `contacts`, `links` or `questions`")
        return self


class OverlayFile(Entry):
    format: Literal[1] = 1
    topics: dict[str, LocalTopic]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalAnswer:
    """One local question made ready: its entry for searching and its answer."""

    entry: LocalEntry
    answer: LocalText


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """All that could be used of an overlay folder, and what could not."""

    topics: dict[str, tuple[LocalTopic, ...]] = field(default_factory=dict)
    answers: dict[str, LocalAnswer] = field(default_factory=dict)  # by id
    problems: tuple[Problem, ...] = ()

    def entries(self) -> tuple[LocalEntry, ...]:
        return tuple(one.entry for one in self.answers.values())

    def notes(self, topic: str, language: Language) -> tuple[str, ...]:
        return tuple(one.note.say(language) for one in self._of(topic) if one.note)

    def contacts(self, topic: str) -> tuple[str, ...]:
        return tuple(contact for one in self._of(topic) for contact in one.contacts)

    def links(self, topic: str) -> tuple[Link, ...]:
        return tuple(link for one in self._of(topic) for link in one.links)

    def _of(self, topic: str) -> tuple[LocalTopic, ...]:
        return self.topics.get(topic, ())


NOTHING = Overlay()


def load_overlay(folder: Path | None, known: Collection[str]) -> Overlay:
    """What the folder's YAML files add to the `known` topics.

    Never raises: a file that can't be used is left out and its problems are in the result.
    """
    if folder is None:
        return NOTHING
    if not folder.is_dir():
        message = "is no folder: correct COACH_OVERLAY_DIR, or make the folder"
        return Overlay(problems=(Problem(file=str(folder), line=1, message=message),))
    topics: dict[str, tuple[LocalTopic, ...]] = {}
    answers: dict[str, LocalAnswer] = {}
    problems: list[Problem] = []
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        try:
            data, lines = read(path, OverlayFile, path.name)
        except KnowledgeError as error:
            problems += error.problems
            continue
        for topic, local in data.topics.items():
            if topic not in known:
                message = f"`{topic}` is no topic of the base: see `maturity-coach knowledge check`"
                line = lines.of(("topics", topic))
                problems.append(Problem(file=path.name, line=line, message=message))
                continue
            topics[topic] = (*topics.get(topic, ()), local)
            answers |= _answers(path.stem, topic, local)
    return Overlay(topics=topics, answers=answers, problems=tuple(sorted(set(problems))))


def _answers(file: str, topic: str, local: LocalTopic) -> dict[str, LocalAnswer]:
    made = {}
    for place, question in enumerate(local.questions):
        id = f"overlay:{file}:{topic}:{place}"
        entry = LocalEntry(id=id, topic=topic, questions=question.asks)
        made[id] = LocalAnswer(entry=entry, answer=question.answer)
    return made
