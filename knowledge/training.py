"""Makes an index of a base: classifiers fitted, thresholds cross-validated by author."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge.base import KnowledgeBase
from knowledge.encoder import Encoder, Vectors
from knowledge.examples import BASE, KEYWORDS, Example, disguised, examples
from knowledge.features import grams
from knowledge.gate import Gate, fit_logistic
from knowledge.index import Index, Lexicon, fingerprint
from knowledge.linear import Floats, fit_dense, fit_sparse
from knowledge.lookup import aliases
from knowledge.normalise import HAN, searchable, words
from knowledge.ranking import Query, Ranking, rank

FEWEST_USES = 2  # of a piece of a word, over all examples, to be known
ALSO_SHARE = 0.6  # how much a further topic of a question counts, the first being 1
MOST_WRONG = 0.04  # of covered questions, answered with a wrong topic
MOST_UNANSWERED = 0.10  # of covered questions, not answered with the right one
MOST_UNCOVERED = 0.05  # of what isn't covered, answered
MOST_ASKED = 0.15  # of what isn't covered, met with "did you mean"
SURE_OF_QUESTION = 0.85  # share of frequent questions recognised rightly

STILL = 1e-3

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """Examples with everything computed of them once."""

    examples: list[Example]
    texts: list[str]
    counts: list[Counter[str]]
    vectors: Vectors | None

    def take(self, places: Sequence[int]) -> "Prepared":
        return Prepared(
            examples=[self.examples[one] for one in places],
            texts=[self.texts[one] for one in places],
            counts=[self.counts[one] for one in places],
            vectors=None if self.vectors is None else self.vectors[np.array(places, dtype=int)],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One held-out example and what an index that never saw its author made of it."""

    example: Example
    best: tuple[str, ...]
    features: Floats

    @property
    def right(self) -> bool:
        return self.best[0] in self.example.topics


def train(
    base: KnowledgeBase, folder: Path, encoder: Encoder | None, progress: Progress
) -> tuple[Index, dict[str, list[Judged]]]:
    """The index with a gate for each way of searching, and the held-out judgements behind it."""
    topics = tuple(base.topics)
    plain = examples(base)
    progress("reading examples")
    asked = prepare(plain, encoder)
    dressed = prepare(disguised(plain), encoder)
    progress("fitting")
    index = fit(topics, asked, dressed, fingerprint(folder))
    judged = {}
    gates = {}
    for way in ("hybrid", "lexical") if encoder else ("lexical",):
        judged[way] = cross_validate(topics, asked, dressed, way, progress)
        same = _same_question(index, asked, way)
        gates[way] = fit_gate(judged[way], same)
    return replace(index, gates=gates, aliases=aliases(base)), judged


def prepare(given: Sequence[Example], encoder: Encoder | None) -> Prepared:
    texts = [searchable(one.text) for one in given]
    return Prepared(
        examples=list(given),
        texts=texts,
        counts=[grams(text) for text in texts],
        vectors=encoder.encode(texts) if encoder else None,
    )


def fit(topics: tuple[str, ...], asked: Prepared, dressed: Prepared, mark: str = "") -> Index:
    """An index without gates; `dressed` examples only train the classifiers."""
    lexicon = _lexicon(asked)
    place_of = {topic: place for place, topic in enumerate(topics)}
    wanted = np.concatenate([_wanted(asked, place_of), _wanted(dressed, place_of)])
    rows = lexicon.rows([*asked.counts, *dressed.counts])
    share = np.array([one.weight for one in (*asked.examples, *dressed.examples)], dtype=np.float32)
    dense = None
    if asked.vectors is not None and dressed.vectors is not None:
        dense = fit_dense(np.concatenate([asked.vectors, dressed.vectors]), wanted, share)
    order, bounds = _sorted(asked, place_of)
    entries = asked.take(order)
    answers, answer_of = _answers(entries, bounds, topics)
    return Index(
        fingerprint=mark,
        topics=topics,
        bounds=bounds,
        answers=answers,
        answer_of=answer_of,
        lexicon=lexicon,
        rows=lexicon.rows(entries.counts),
        lexical=fit_sparse(rows, wanted, share),
        words=_words(asked),
        aliases={},
        vectors=entries.vectors,
        dense=dense,
        gates={},
    )


def _lexicon(asked: Prepared) -> Lexicon:
    uses = Counter(piece for counts in asked.counts for piece in counts)
    known = sorted(piece for piece, count in uses.items() if count >= FEWEST_USES)
    weight = np.log(len(asked.counts) / np.array([uses[piece] for piece in known]))
    pieces = {piece: place for place, piece in enumerate(known)}
    return Lexicon(pieces=pieces, weight=weight.astype(np.float32))


def _wanted(given: Prepared, place_of: dict[str, int]) -> Floats:
    """Probabilities a class, one row an example."""
    wanted = np.zeros((len(given.examples), len(place_of) + 1), dtype=np.float32)
    for row, one in enumerate(given.examples):
        if not one.topics:
            wanted[row, -1] = 1.0
        for rank_, topic in enumerate(one.topics):
            wanted[row, place_of[topic]] = ALSO_SHARE if rank_ else 1.0
    shares: Floats = wanted / wanted.sum(axis=1, keepdims=True)
    return shares


def _sorted(given: Prepared, place_of: dict[str, int]) -> tuple[list[int], npt.NDArray[np.int32]]:
    """Places of the examples class by class; one with several topics stands in each."""
    by_class: list[list[int]] = [[] for _ in range(len(place_of) + 1)]
    for place, one in enumerate(given.examples):
        for topic in one.topics:
            by_class[place_of[topic]].append(place)
        if not one.topics:
            by_class[-1].append(place)
    bounds = np.concatenate([[0], np.cumsum([len(one) for one in by_class])])
    return [place for one in by_class for place in one], bounds.astype(np.int32)


def _answers(
    entries: Prepared, bounds: npt.NDArray[np.int32], topics: tuple[str, ...]
) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    names: dict[str, int] = {}
    of = np.full(len(entries.examples), -1, dtype=np.int32)
    for place, topic in enumerate(topics):
        for row in range(bounds[place], bounds[place + 1]):
            one = entries.examples[row]
            if one.answer is not None and one.topics[0] == topic:
                of[row] = names.setdefault(f"{topic}#{one.answer}", len(names))
    return tuple(names), of


def _words(asked: Prepared) -> dict[str, int]:
    counts = Counter(word for text in asked.texts for word in words(text) if not HAN.match(word))
    return {word: counts[word] for word in sorted(counts) if word.isalpha()}


def query(index: Index, text: str, counts: Counter[str], vector: Floats | None) -> Query:
    columns, values = index.lexicon.row(counts)
    total = sum(counts.values())
    known = sum(count for piece, count in counts.items() if piece in index.lexicon.pieces)
    return Query(
        text=text,
        columns=columns,
        values=values,
        known=known / total if total else 0.0,
        vector=vector,
    )


def cross_validate(
    topics: tuple[str, ...], asked: Prepared, dressed: Prepared, way: str, progress: Progress
) -> list[Judged]:
    """Each author's questions judged by an index fitted on everything of the others.

    The base's own phrasings stay in: in service, too, they are known and the asker is new.
    """
    judged: list[Judged] = []
    for author in sorted({one.author for one in asked.examples} - {BASE, KEYWORDS}):
        progress(f"cross-validating ({way}): without {author}")
        index = fit(topics, _way(_others(asked, author), way), _way(_others(dressed, author), way))
        held = [at for at, one in enumerate(asked.examples) if one.author == author]
        judged += [_judge(index, asked, place, way) for place in held]
    return judged


def _others(given: Prepared, author: str) -> Prepared:
    return given.take([at for at, one in enumerate(given.examples) if one.author != author])


def _way(given: Prepared, way: str) -> Prepared:
    return given if way == "hybrid" else replace(given, vectors=None)


def _judge(index: Index, asked: Prepared, place: int, way: str) -> Judged:
    vector = asked.vectors[place] if asked.vectors is not None and way == "hybrid" else None
    found = rank(index, query(index, asked.texts[place], asked.counts[place], vector))
    return Judged(
        example=asked.examples[place],
        best=tuple(index.topics[part.place] for part in found.best),
        features=found.features,
    )


def fit_gate(judged: list[Judged], same_question_from: float) -> Gate:
    """Probabilities fitted on held-out judgements, thresholds where few are wrong."""
    rows = np.stack([one.features for one in judged])
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread < STILL] = 1.0  # a feature that never moves says nothing
    standard = (rows - middle) / spread
    covered = np.array([bool(one.example.topics) for one in judged])
    right = np.array([one.right for one in judged])
    balance = np.where(covered, 0.5 / covered.mean(), 0.5 / (1 - covered).mean())
    gate = Gate(
        middle=middle.astype(np.float32),
        spread=spread.astype(np.float32),
        covered=fit_logistic(standard, covered, weight=balance.astype(np.float32)),
        right=fit_logistic(standard[covered], right[covered]),
        answer_from=0.5,
        ask_from=0.3,
        same_question_from=same_question_from,
    )
    chances = np.array([gate.judge(one.features) for one in judged])
    return replace(
        gate,
        answer_from=_answer_from(chances[:, 1], covered, right),
        ask_from=float(np.quantile(chances[~covered, 0], 1 - MOST_ASKED)),
    )


def _answer_from(
    confidence: npt.NDArray[np.float64],
    covered: npt.NDArray[np.bool_],
    right: npt.NDArray[np.bool_],
) -> float:
    """The threshold that stays equally clear of every bound, each measured in its own size."""

    def strain(threshold: float) -> float:
        given = confidence >= threshold
        wrong = (given & covered & ~right).sum() / covered.sum()
        uncovered = (given & ~covered).sum() / (~covered).sum()
        unanswered = (covered & ~(given & right)).sum() / covered.sum()
        shares = (wrong / MOST_WRONG, uncovered / MOST_UNCOVERED, unanswered / MOST_UNANSWERED)
        return float(max(shares))

    return float(min(np.arange(0.05, 1.0, 0.005), key=strain))


def _same_question(index: Index, asked: Prepared, way: str) -> float:
    """The likeness from which the nearest frequent question is the one meant."""
    scores: list[tuple[float, bool]] = []
    order, _ = _sorted(asked, {topic: at for at, topic in enumerate(index.topics)})
    for row, answer in enumerate(index.answer_of):
        if answer < 0:
            continue
        place = order[row]
        one = asked.examples[place]
        vector = asked.vectors[place] if asked.vectors is not None and way == "hybrid" else None
        asks = query(index, asked.texts[place], asked.counts[place], vector)
        found = rank(index, asks, without=row)
        best = nearest_answer(index, found)
        if best is not None and index.topics[found.best[0].place] == one.topics[0]:
            scores.append((best[1], best[0] == index.answers[answer]))
    scores.sort(reverse=True)
    hits = np.cumsum([hit for _, hit in scores]) / np.arange(1, len(scores) + 1)
    good = np.nonzero(hits >= SURE_OF_QUESTION)[0]
    return scores[int(good[-1])][0] if len(good) else 1.0


def nearest_answer(index: Index, found: Ranking) -> tuple[str, float] | None:
    """The frequent question of the best topic that is most alike, and how alike (about 0–1)."""
    first = int(index.bounds[found.best[0].place])
    of = index.answer_of[first : first + len(found.likeness)]
    known = np.nonzero(of >= 0)[0]
    if len(known) == 0:
        return None
    tops: dict[int, list[float]] = {}
    for place in known[np.argsort(-found.likeness[known])][:8]:
        tops.setdefault(int(of[place]), []).append(float(found.likeness[place]))
    best = max(
        tops, key=lambda one: sum(tops[one][:2]) / 2 if len(tops[one]) > 1 else tops[one][0] * 0.9
    )
    return index.answers[best], tops[best][0]
