"""From a chat message to the topic it is about, or to the honest finding that there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from knowledge.model import Language


class Outcome(StrEnum):
    ANSWER = "answer"
    DID_YOU_MEAN = "did_you_mean"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    topic: str
    score: float  # 0–1, comparable within one finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    language: Language
    text: str  # as it was searched: normalised, typos corrected
    candidates: tuple[Candidate, ...]  # best first, up to five
    outcome: Outcome
    confidence: float  # probability that the best candidate is right, 0–1
    answer: str | None = None  # id of the frequent question of the best topic that was meant
    local: str | None = None  # id of the overlay's own question that was meant
    level: int | None = None  # another level of the model that the message names, 1 or 3–5


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalEntry:
    """A question of an organisation's own, from its overlay or taught in chat."""

    id: str
    topic: str
    questions: tuple[str, ...]


class LocalIndex(Protocol):
    """Local entries made ready for searching; build it once a change, not once a question."""


class Finder(Protocol):
    """What the coach needs of a search."""

    @property
    def uses_encoder(self) -> bool: ...

    def find(
        self, text: str, *, locale: str | None = None, local: LocalIndex | None = None
    ) -> Finding: ...

    def index(self, entries: Sequence[LocalEntry]) -> LocalIndex: ...
