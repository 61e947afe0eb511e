"""A search that finds what it was told to find."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from knowledge.model import Language
from knowledge.normalise import language_of, searchable
from knowledge.search import Candidate, Finding, LocalEntry, LocalIndex, Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries:
    """Implements knowledge.search.LocalIndex."""

    entries: tuple[LocalEntry, ...]


@dataclass(kw_only=True, slots=True)
class FakeFinder:
    """Implements knowledge.search.Finder: a known piece of text leads to a finding."""

    known: dict[str, Finding] = field(default_factory=dict)
    searched: list[str] = field(default_factory=list)

    @property
    def uses_encoder(self) -> bool:
        return False

    def find(
        self, text: str, *, locale: str | None = None, local: LocalIndex | None = None
    ) -> Finding:
        self.searched.append(text)
        plain = searchable(text)
        language = language_of(plain, locale)
        for entry in local.entries if isinstance(local, Entries) else ():
            if plain in {searchable(question) for question in entry.questions}:
                found = finding(Outcome.ANSWER, entry.topic)
                return replace(found, local=entry.id, language=language, text=plain)
        for piece, found in self.known.items():
            if piece in plain:
                return replace(found, language=language, text=plain)
        return replace(finding(Outcome.NOT_COVERED), language=language, text=plain)

    def index(self, entries: Sequence[LocalEntry]) -> Entries:
        return Entries(entries=tuple(entries))


def finding(
    outcome: Outcome, *topics: str, answer: str | None = None, level: int | None = None
) -> Finding:
    return Finding(
        language=Language.EN,
        text="",
        candidates=tuple(
            Candidate(topic=topic, score=0.9 - place / 10) for place, topic in enumerate(topics)
        ),
        outcome=outcome,
        confidence=0.9,
        answer=answer,
        level=level,
    )
