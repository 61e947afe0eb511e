"""The search that the coach uses: one message in, one Finding out, nothing but numpy at work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

from knowledge.encoder import Encoder, Vectors, installed
from knowledge.features import grams
from knowledge.index import FILE, Index, fingerprint
from knowledge.index import read as read_index
from knowledge.levels import other_level
from knowledge.linear import Floats, Rows
from knowledge.load import SHIPPED
from knowledge.lookup import Lookup
from knowledge.normalise import language_of, searchable, visible
from knowledge.ranking import Query, Ranking, rank
from knowledge.search import Candidate, Finding, LocalEntry, LocalIndex, Outcome
from knowledge.spelling import Spelling
from knowledge.training import nearest_answer, query

CANDIDATES = 5


class StaleIndex(Exception):
    """No index of this state of the base: run `maturity-coach knowledge calibrate`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalRows:
    """An organisation's own questions, ready for searching."""

    entries: tuple[LocalEntry, ...]
    owner: tuple[int, ...]  # a row: place of its entry
    rows: Rows
    vectors: Vectors | None


class Engine:
    """Implements knowledge.search.Finder over one index."""

    def __init__(self, index: Index, encoder: Encoder | None) -> None:
        threadpool_limits(1, "blas")  # on small arrays two threads wait for each other
        self._index = index
        self._encoder = encoder
        self._way = "hybrid" if encoder and "hybrid" in index.gates else "lexical"
        if self._way == "lexical":
            self._encoder = None
        self._gate = index.gates[self._way]
        self._lookup = Lookup(index.aliases)
        self._spelling = Spelling(index.words, encoder.real_words() if encoder else frozenset())

    @classmethod
    def open(cls, folder: Path | None = None, *, encoder: bool = True) -> "Engine":
        """The engine of this base. Raises StaleIndex; the encoder is used if installed."""
        folder = folder or SHIPPED
        try:
            index = read_index(folder / FILE)
        except (OSError, ValueError, KeyError) as error:
            raise StaleIndex(f"{folder / FILE} can't be read") from error
        if index.fingerprint != fingerprint(folder):
            raise StaleIndex(f"{folder / FILE} was made of another state of the base")
        return cls(index, Encoder() if encoder and installed() else None)

    @property
    def uses_encoder(self) -> bool:
        return self._way == "hybrid"

    def find(
        self, text: str, *, locale: str | None = None, local: LocalIndex | None = None
    ) -> Finding:
        language = language_of(visible(text[:4000]), locale)
        asked = self.query(text)
        level = other_level(asked.text)
        if len(asked.columns) == 0:
            return Finding(
                language=language,
                text=asked.text,
                candidates=(),
                outcome=Outcome.NOT_COVERED,
                confidence=0.0,
                level=level,
            )
        found = rank(self._index, asked)
        covered, confidence = self._gate.judge(found.features)
        outcome = Outcome.NOT_COVERED
        if confidence >= self._gate.answer_from:
            outcome = Outcome.ANSWER
        elif covered >= self._gate.ask_from:
            outcome = Outcome.DID_YOU_MEAN
        finding = Finding(
            language=language,
            text=asked.text,
            candidates=self._candidates(found),
            outcome=outcome,
            confidence=round(confidence, 4),
            answer=self._answer(found) if outcome is Outcome.ANSWER else None,
            level=level,
        )
        return self._with_local(self._with_name(finding), asked, local)

    def query(self, text: str) -> Query:
        """A message as the index sees it: normalised, slips mended."""
        mended = self._spelling.mend(searchable(text))
        vector = self._encoder.encode([mended])[0] if self._encoder and mended else None
        return query(self._index, mended, grams(mended), vector)

    def ranking(self, text: str) -> Ranking | None:
        """The parts of every score, for whoever edits the base; None if nothing is searchable."""
        asked = self.query(text)
        return rank(self._index, asked) if len(asked.columns) else None

    def topic(self, place: int) -> str:
        """The topic of a class, as Ranking names it."""
        return self._index.topics[place]

    def index(self, entries: Sequence[LocalEntry]) -> LocalRows:
        owner, texts = [], []
        for place, entry in enumerate(entries):
            for question in entry.questions:
                owner.append(place)
                texts.append(searchable(question))
        return LocalRows(
            entries=tuple(entries),
            owner=tuple(owner),
            rows=self._index.lexicon.rows([grams(text) for text in texts]),
            vectors=self._encoder.encode(texts) if self._encoder and texts else None,
        )

    def _candidates(self, found: Ranking) -> tuple[Candidate, ...]:
        totals = np.array([part.total for part in found.best], dtype=np.float32)
        shares = np.exp(totals - np.logaddexp.reduce([*totals.tolist(), found.none.total]))
        return tuple(
            Candidate(topic=self._index.topics[part.place], score=round(float(share), 4))
            for part, share in list(zip(found.best, shares, strict=True))[:CANDIDATES]
        )

    def _answer(self, found: Ranking) -> str | None:
        best = nearest_answer(self._index, found)
        if best is None or best[1] < self._gate.same_question_from:
            return None
        return best[0].partition("#")[2]

    def _with_name(self, finding: Finding) -> Finding:
        """A message that is nothing but a topic's name or keyword is about that topic."""
        topic = self._lookup.topic(finding.text)
        named = [one for one in finding.candidates if one.topic == topic]
        if not named or finding.outcome is Outcome.ANSWER:
            return finding
        others = [one for one in finding.candidates if one.topic != topic]
        best = replace(named[0], score=max(one.score for one in finding.candidates))
        return replace(
            finding,
            outcome=Outcome.ANSWER,
            confidence=max(finding.confidence, self._gate.answer_from),
            candidates=(best, *others),
        )

    def _with_local(self, finding: Finding, asked: Query, local: LocalIndex | None) -> Finding:
        if not isinstance(local, LocalRows) or not local.owner:
            return finding
        likeness = _likeness(local, asked)
        place = int(np.argmax(likeness))
        if likeness[place] < self._gate.same_question_from:
            return finding
        entry = local.entries[local.owner[place]]
        others = tuple(one for one in finding.candidates if one.topic != entry.topic)
        best = Candidate(topic=entry.topic, score=round(float(min(likeness[place], 1.0)), 4))
        return replace(
            finding,
            outcome=Outcome.ANSWER,
            confidence=max(finding.confidence, best.score),
            candidates=(best, *others)[:CANDIDATES],
            answer=finding.answer if finding.candidates[:1] == (best,) else None,
            local=entry.id,
        )


def _likeness(local: LocalRows, asked: Query) -> Floats:
    spread = np.zeros(local.rows.width, dtype=np.float32)
    spread[asked.columns] = asked.values
    lexical = local.rows.times(spread[:, None])[:, 0]
    if local.vectors is None or asked.vector is None:
        return lexical
    return np.asarray((local.vectors @ asked.vector + lexical) / 2, dtype=np.float32)
