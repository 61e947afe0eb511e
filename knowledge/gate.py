"""Whether to answer: two calibrated probabilities from what a ranking looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.linear import Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """Logistic regressions on standardised features, and the thresholds on their product."""

    middle: Floats  # a feature
    spread: Floats
    covered: Floats  # weights of P(the base covers this message); the last is the constant
    right: Floats  # weights of P(the best topic is right, if it is covered)
    answer_from: float  # confidence from which the coach answers
    ask_from: float  # P(covered) from which it asks "did you mean"
    same_question_from: float  # likeness from which a frequent question counts as meant

    def judge(self, features: Floats) -> tuple[float, float]:
        """P(covered) and the confidence that the best topic is right, both 0–1."""
        given = np.append((features - self.middle) / self.spread, 1.0)
        covered = _logistic(float(given @ self.covered))
        return covered, covered * _logistic(float(given @ self.right))

    def as_dict(self) -> dict[str, Any]:
        arrays = ("middle", "spread", "covered", "right")
        numbers = ("answer_from", "ask_from", "same_question_from")
        kept: dict[str, Any] = {
            name: [round(float(one), 5) for one in getattr(self, name)] for name in arrays
        }
        return kept | {name: round(float(getattr(self, name)), 4) for name in numbers}

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Gate":
        arrays = {
            name: np.array(given[name], dtype=np.float32)
            for name in ("middle", "spread", "covered", "right")
        }
        return cls(
            **arrays,
            answer_from=float(given["answer_from"]),
            ask_from=float(given["ask_from"]),
            same_question_from=float(given["same_question_from"]),
        )


def _logistic(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def fit_logistic(
    rows: Floats, wanted: npt.NDArray[np.bool_], *, weight: Floats | None = None, decay: float = 1.0
) -> Floats:
    """Weights by Newton's method, the constant last; rows are standardised already."""
    wide = np.concatenate([rows, np.ones((len(rows), 1))], axis=1).astype(np.float64)
    share = np.ones(len(rows)) if weight is None else weight.astype(np.float64)
    params = np.zeros(wide.shape[1])
    keep = decay * np.eye(wide.shape[1])
    keep[-1, -1] = 0.0
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(wide @ params, -30, 30)))
        slope = wide.T @ (share * (chance - wanted)) + keep @ params
        bend = (wide * (share * chance * (1 - chance))[:, None]).T @ wide + keep
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(bend)), slope)
        params -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return np.asarray(params, dtype=np.float32)
