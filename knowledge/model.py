"""The shape of the knowledge base: what a file must hold before the coach speaks from it."""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TOPIC_ID = r"^[a-z][a-z-]*(\.[a-z][a-z-]*){1,2}$"
PILLAR_ID = r"^[a-z][a-z-]*$"
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？]")
MOST_SENTENCES = 3  # of a direct answer, model and advice together


class Language(StrEnum):
    """The languages that the base is written in; Chinese is Simplified."""

    EN = "en"
    ZH = "zh"


class Basis(StrEnum):
    """Who says it: the model itself, or we who advise beyond it."""

    MODEL = "model"
    ADVICE = "advice"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty: write the text, or remove the entry")
    return text.strip()


Line = Annotated[str, AfterValidator(_not_blank)]


class Entry(BaseModel):
    """What all entries have in common: frozen, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Entry):
    """One text in both languages, saying the same."""

    en: Line
    zh: Line

    def say(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


class Point(Bilingual):
    """A step, a sign or a pitfall; our advice unless it says otherwise."""

    basis: Basis = Basis.ADVICE


class Phrasings(Entry):
    """Ways people put a question, by language."""

    en: tuple[Line, ...] = ()
    zh: tuple[Line, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        return self.zh if language is Language.ZH else self.en


class Answer(Entry):
    """A frequent question and its direct answer: the model's part, our advice, or both."""

    id: Annotated[str, Field(pattern=PILLAR_ID)]
    asks: Phrasings
    model: Bilingual | None = None
    advice: Bilingual | None = None

    @model_validator(mode="after")
    def _says_something_short(self) -> Self:
        if self.model is None and self.advice is None:
            raise ValueError("has neither `model` nor `advice`: write at least one")
        for language in Language:
            parts = [part.say(language) for part in (self.model, self.advice) if part]
            sentences = sum(max(1, len(SENTENCE_END.findall(part))) for part in parts)
            if sentences > MOST_SENTENCES:
                raise ValueError(
                    f"has {sentences} sentences in {language}; at most {MOST_SENTENCES} are allowed"
                )
        return self


class Source(Entry):
    """Where in the document a topic comes from; the heading is the document's own, verbatim."""

    heading: Line
    part: Line | None = None  # which paragraph, where a topic covers only some of a section


class Topic(Entry):
    """One subject of the model at this level."""

    id: Annotated[str, Field(pattern=TOPIC_ID)]
    title: Bilingual
    part_of: Annotated[str, Field(pattern=TOPIC_ID)] | None = None
    source: Source
    says: Bilingual
    why: Bilingual
    do: Annotated[tuple[Point, ...], Field(min_length=3, max_length=6)]
    evidence: Annotated[tuple[Point, ...], Field(min_length=2, max_length=5)]
    pitfalls: Annotated[tuple[Point, ...], Field(min_length=2, max_length=5)]
    next: Bilingual | None = None
    asks: Phrasings
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]
    keywords: Phrasings
    related: tuple[str, ...] = ()

    @property
    def pillar(self) -> str:
        return self.id.partition(".")[0]


class Statement(Bilingual):
    """One pulse statement, answered on a scale of agreement."""

    id: Annotated[str, Field(pattern=r"^[a-z-]+\.[0-9]+$")]
    topic: Annotated[str, Field(pattern=TOPIC_ID)]


class Document(Entry):
    """The document that a file is drawn from."""

    name: Bilingual
    level: Bilingual
    edition: Line  # fingerprint of the copy that was read


class Pillar(Entry):
    """One file of the base."""

    format: Literal[1] = 1
    pillar: Annotated[str, Field(pattern=PILLAR_ID)]
    title: Bilingual
    document: Document
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    statements: tuple[Statement, ...] = ()


class AlsoAbout(Entry):
    """A question that fits further topics as well."""

    q: Line
    also: Annotated[tuple[str, ...], Field(min_length=1)]


class Asked(Entry):
    """Example questions about one topic, as one author puts them."""

    en: tuple[Line | AlsoAbout, ...] = ()
    zh: tuple[Line | AlsoAbout, ...] = ()


class Questions(Entry):
    """One author's example questions; the author is the unit of cross-validation."""

    format: Literal[1] = 1
    author: Line
    view: Line
    questions: dict[Annotated[str, Field(pattern=TOPIC_ID)], Asked]


class Unanswered(Entry):
    """One author's messages that the base must not answer, by kind."""

    author: Line
    kinds: dict[Annotated[str, Field(pattern=PILLAR_ID)], Phrasings]


class Negatives(Entry):
    """Messages that the base must not answer, near misses above all."""

    format: Literal[1] = 1
    authors: tuple[Unanswered, ...]
