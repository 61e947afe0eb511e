"""The loaded base: every topic and statement by its id."""

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.model import Document, Negatives, Pillar, Questions, Statement, Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeBase:
    pillars: tuple[Pillar, ...]  # in the document's order
    topics: Mapping[str, Topic]
    statements: Mapping[str, Statement]
    questions: tuple[Questions, ...]
    negatives: tuple[Negatives, ...]

    @property
    def document(self) -> Document:
        return self.pillars[0].document

    def pillar(self, pillar: str) -> Pillar:
        """Raises KeyError for a pillar that the base doesn't have."""
        for one in self.pillars:
            if one.pillar == pillar:
                return one
        raise KeyError(pillar)

    def statements_of(self, pillar: str) -> tuple[Statement, ...]:
        return self.pillar(pillar).statements
