"""Linear classifiers in numpy alone: softmax regression on dense and on sparse rows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows: row i holds columns indices[starts[i]:starts[i + 1]] with their values."""

    starts: Ints
    indices: Ints
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: npt.NDArray[np.int64]) -> "Rows":
        """These rows, in this order."""
        lengths = (self.starts[1:] - self.starts[:-1])[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        offsets = np.repeat(self.starts[rows] - starts[:-1], lengths)
        places = np.arange(starts[-1]) + offsets
        return Rows(starts, self.indices[places], self.values[places], self.width)

    def times(self, weights: Floats) -> Floats:
        """The product with a dense matrix of `width` rows, in blocks to keep memory small."""
        out = np.zeros((len(self), weights.shape[1]), dtype=np.float32)
        for first in range(0, len(self), 2048):
            block = self.take(np.arange(first, min(first + 2048, len(self))))
            dense, columns = block.compact()
            out[first : first + len(block)] = dense @ weights[columns]
        return out

    def compact(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """As a dense matrix of only the columns that occur, and which those are."""
        columns, places = np.unique(self.indices, return_inverse=True)
        dense = np.zeros((len(self), len(columns)), dtype=np.float32)
        at = np.repeat(np.arange(len(self)), self.starts[1:] - self.starts[:-1])
        dense[at, places] = self.values
        return dense, columns.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of classes: features @ weights + bias."""

    weights: Floats  # features × classes
    bias: Floats


def softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def fit_dense(
    rows: Floats,
    wanted: Floats,
    share: Floats,
    *,
    steps: int = 200,
    rate: float = 0.05,
    decay: float = 1e-5,
) -> Linear:
    """Softmax regression by Adam over all rows at once; `wanted` holds probabilities a class.

    `share` is how much each row counts.
    """
    count, classes = len(rows), wanted.shape[1]
    params = np.zeros((rows.shape[1] + 1, classes), dtype=np.float32)
    mean, square = np.zeros_like(params), np.zeros_like(params)
    wide = np.concatenate([rows, np.ones((count, 1), dtype=np.float32)], axis=1)
    for step in range(1, steps + 1):
        slope = wide.T @ (share[:, None] * (softmax(wide @ params) - wanted) / count)
        slope[:-1] += decay * params[:-1]
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        pace = rate * (1 - 0.9 * step / steps)
        params -= pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return Linear(params[:-1].astype(np.float32), params[-1].astype(np.float32))


def fit_sparse(
    rows: Rows,
    wanted: Floats,
    share: Floats,
    *,
    epochs: int = 14,
    rate: float = 0.35,
    decay: float = 2e-6,
    batch: int = 256,
    seed: int = 7,
) -> Linear:
    """Softmax regression by Adagrad over small batches, touching only the columns of each."""
    classes = wanted.shape[1]
    weights = np.zeros((rows.width, classes), dtype=np.float32)
    moved = np.full((rows.width, classes), 1e-4, dtype=np.float32)
    bias, bias_moved = np.zeros(classes, dtype=np.float32), np.full(classes, 1e-4, np.float32)
    order = np.random.default_rng(seed)
    for _ in range(epochs):
        shuffled = order.permutation(len(rows))
        for first in range(0, len(shuffled), batch):
            chosen = shuffled[first : first + batch]
            dense, columns = rows.take(chosen).compact()
            off = softmax(dense @ weights[columns] + bias) - wanted[chosen]
            off *= share[chosen, None] / len(chosen)
            slope = dense.T @ off + decay * weights[columns]
            moved[columns] += slope * slope
            weights[columns] -= rate * slope / np.sqrt(moved[columns])
            bias_slope = off.sum(axis=0)
            bias_moved += bias_slope * bias_slope
            bias -= rate * bias_slope / np.sqrt(bias_moved)
    return Linear(weights, bias.astype(np.float32))
