"""What a few answers can tell of the whole, and how sure: intervals that hold for small teams."""

import math
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE_Z = 1.959963984540054  # the normal distribution's 97.5 % point
USUAL_VARIANCE = 0.75  # of people's mean answers, in squared steps of a 1–5 scale
USUAL_WEIGHT = 1  # how many people's worth of evidence the usual variance is


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(kw_only=True, slots=True)
class Sums:
    """People's answers added up in one pass: enough for a mean and its interval."""

    people: int = 0
    answers: int = 0
    total: int = 0  # of the answers, each 1–5
    answers_squared: int = 0  # Σ over people of (answers of one person)²
    total_squared: int = 0  # Σ over people of (total of one person)²
    cross: int = 0  # Σ over people of answers × total

    def add(self, answers: int, total: int, people: int = 1) -> None:
        """So many people gave so many answers with this total each; without answers they don't
        count."""
        if not answers:
            return
        self.people += people
        self.answers += people * answers
        self.total += people * total
        self.answers_squared += people * answers * answers
        self.total_squared += people * total * total
        self.cross += people * answers * total

    @property
    def mean(self) -> float:
        """Of all answers, 1–5."""
        return self.total / self.answers

    @property
    def variance(self) -> float:
        """Of one person's mean answer, steadied by the usual variance.

        The residuals of a ratio of sums (Cochran, Sampling Techniques, 1977, 6.4), so that people
        who skipped a statement count as they should. The steadying keeps five equal answers from
        claiming certainty: without it the interval covers 90 % instead of 95 % in small teams
        whose answers lie at one end of the scale (tests/bot/test_intervals.py simulates both).
        """
        mean = self.mean
        residuals = self.total_squared - 2 * mean * self.cross + mean * mean * self.answers_squared
        per_answer = self.people / self.answers
        spread = max(0.0, residuals) * per_answer * per_answer
        return (spread + USUAL_WEIGHT * USUAL_VARIANCE) / (self.people - 1 + USUAL_WEIGHT)


def wilson(favourable: int, answers: int) -> Interval:
    """95 % interval of a share, 0–1.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927).
    """
    z2 = CONFIDENCE_Z * CONFIDENCE_Z
    share = favourable / answers
    centre = (share + z2 / (2 * answers)) / (1 + z2 / answers)
    half = (
        CONFIDENCE_Z
        * math.sqrt(share * (1 - share) / answers + z2 / (4 * answers * answers))
        / (1 + z2 / answers)
    )
    return Interval(low=max(0.0, centre - half), high=min(1.0, centre + half))


def mean_interval(sums: Sums) -> Interval:
    """95 % interval of the mean answer by Student's t; needs at least two people."""
    half = t_quantile(sums.people - 1) * math.sqrt(sums.variance / sums.people)
    return Interval(low=max(1.0, sums.mean - half), high=min(5.0, sums.mean + half))


def difference_interval(earlier: Sums, later: Sums) -> Interval:
    """95 % interval of later mean − earlier mean.

    Answers of one person in two pulses can't be linked, so the groups count as independent: the
    interval is then too wide rather than too narrow. Source: B. L. Welch, The generalization of
    Student's problem when several different population variances are involved, Biometrika 34
    (1947).
    """
    first, second = earlier.variance / earlier.people, later.variance / later.people
    freedom = (first + second) ** 2 / (
        first * first / (earlier.people - 1) + second * second / (later.people - 1)
    )
    half = t_quantile(freedom) * math.sqrt(first + second)
    difference = later.mean - earlier.mean
    return Interval(low=difference - half, high=difference + half)


@lru_cache(maxsize=4096)
def t_quantile(freedom: float) -> float:
    """The 97.5 % point of Student's t; `freedom` ≥ 1, whole or not."""
    low, high = CONFIDENCE_Z, 12.7062047362  # the points for infinite freedom and for 1
    for _ in range(60):
        middle = (low + high) / 2
        if _two_sided(middle, freedom) > 0.05:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _two_sided(t: float, freedom: float) -> float:
    """P(|T| > t): the regularised incomplete beta function I(ν/(ν+t²); ν/2, 1/2)."""
    x = freedom / (freedom + t * t)
    a, b = freedom / 2, 0.5
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 300):
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + factor * d or tiny)
            c = 1 + factor / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value
