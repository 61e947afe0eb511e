"""Scores every topic for one question: classifiers first, then the nearest examples of the best."""

from dataclasses import dataclass

import numpy as np

from knowledge.index import Index
from knowledge.levels import mentioned
from knowledge.linear import Floats, Ints, Linear

DENSE_SHARE = 0.3  # of the classifiers' log-probabilities, the rest is lexical
NEAREST = 3  # examples of a topic that its likeness is the mean of
NEAREST_WEIGHT = 15.0  # what full likeness adds, in log-probability
SHORTLIST = 5  # topics whose examples are looked at
FLOOR = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """One message as the index sees it."""

    text: str
    columns: Ints
    values: Floats
    known: float  # share of its pieces that the base knows, 0–1
    vector: Floats | None  # None without encoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Where one class' score comes from."""

    place: int  # of the class
    total: float
    dense: float  # log-probability, 0 without encoder
    lexical: float  # log-probability
    near_dense: float  # likeness of the nearest examples, about 0–1
    near_lexical: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """The shortlisted topics, best first, and the class of what must not be answered."""

    best: tuple[Part, ...]
    none: Part
    likeness: Floats  # of each entry of the best topic, in the index' order
    features: Floats  # what the gate judges by


def rank(index: Index, query: Query, *, without: int | None = None) -> Ranking:
    """`without`: an entry to leave out, for calibration."""
    lexical = _log_softmax(_scores(index.lexical, query))
    dense = np.zeros_like(lexical)
    mixed = lexical
    if query.vector is not None and index.dense is not None:
        dense = _log_softmax(query.vector @ index.dense.weights + index.dense.bias)
        mixed = DENSE_SHARE * dense + (1 - DENSE_SHARE) * lexical
    none = index.none
    most = min(SHORTLIST, none)
    shortlist = np.argpartition(-mixed[:none], most - 1)[:most]
    spread = np.zeros(index.rows.width, dtype=np.float32)
    spread[query.columns] = query.values
    parts, likeness = [], {}
    for place in (*shortlist.tolist(), none):
        near = _likeness(index, query, spread, place, without)
        likeness[place] = near
        parts.append(_part(place, near, mixed, dense, lexical))
    best = sorted(parts[:-1], key=lambda part: -part.total)
    both = likeness[best[0].place]
    return Ranking(
        best=tuple(best),
        none=parts[-1],
        likeness=_mean(both),
        features=_features(best, parts[-1], query),
    )


def _scores(model: Linear, query: Query) -> Floats:
    scores: Floats = query.values @ model.weights[query.columns] + model.bias
    return scores


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), dtype=np.float32)


def _likeness(
    index: Index, query: Query, spread: Floats, place: int, without: int | None
) -> tuple[Floats | None, Floats]:
    """Of the question and each entry of a class: by meaning, and by pieces of words."""
    first, last = int(index.bounds[place]), int(index.bounds[place + 1])
    near_dense = None
    if query.vector is not None and index.vectors is not None:
        near_dense = index.vectors[first:last] @ query.vector
    starts = index.rows.starts[first : last + 1]
    begin, end = int(starts[0]), int(starts[-1])
    hits = index.rows.values[begin:end] * spread[index.rows.indices[begin:end]]
    near_lexical = np.zeros(last - first, dtype=np.float32)
    if end > begin:
        near_lexical = np.add.reduceat(hits, starts[:-1] - begin)
    if without is not None and first <= without < last:
        near_lexical[without - first] = -1.0
        if near_dense is not None:
            near_dense[without - first] = -1.0
    return near_dense, near_lexical


def _part(
    place: int,
    near: tuple[Floats | None, Floats],
    mixed: Floats,
    dense: Floats,
    lexical: Floats,
) -> Part:
    near_lexical = _top(near[1])
    near_dense = near_lexical if near[0] is None else _top(near[0])
    return Part(
        place=place,
        total=float(mixed[place]) + NEAREST_WEIGHT * (near_dense + near_lexical) / 2,
        dense=float(dense[place]),
        lexical=float(lexical[place]),
        near_dense=near_dense,
        near_lexical=near_lexical,
    )


def _top(values: Floats) -> float:
    if len(values) == 0:
        return 0.0
    if len(values) <= NEAREST:
        return float(values.mean())
    return float(np.partition(values, -NEAREST)[-NEAREST:].mean())


def _mean(near: tuple[Floats | None, Floats]) -> Floats:
    if near[0] is None:
        return near[1]
    return np.asarray((near[0] + near[1]) / 2, dtype=np.float32)


def _features(best: list[Part], none: Part, query: Query) -> Floats:
    first = best[0]
    second = best[1].total if len(best) > 1 else first.total - NEAREST_WEIGHT
    levels = mentioned(query.text)
    return np.array(
        [
            first.total - none.total,
            min(first.total - second, NEAREST_WEIGHT),
            max(none.dense, np.log(FLOOR)),
            max(none.lexical, np.log(FLOOR)),
            first.near_dense,
            none.near_dense,
            first.near_lexical,
            none.near_lexical,
            first.dense,
            first.lexical,
            query.known,
            np.log1p(len(query.text)),
            float(bool(levels) and 2 not in levels),
        ],
        dtype=np.float32,
    )
