"""The statistics against scipy, and against thousands of simulated teams."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.intervals import (
    USUAL_VARIANCE,
    Sums,
    difference_interval,
    mean_interval,
    t_quantile,
    wilson,
)
from bot.scoring import change

Rng = np.random.Generator
TEAMS = 2000


def summed(people: Sequence[Sequence[int]]) -> Sums:
    sums = Sums()
    for answers in people:
        given_ones = [answer for answer in answers if answer]
        sums.add(len(given_ones), sum(given_ones))
    return sums


@pytest.mark.parametrize("freedom", [1, 1.5, 2, 4, 7.3, 11, 33.7, 100, 12345, 99999])
def test_t_points_are_those_of_scipy(freedom: float) -> None:
    assert t_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-8)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_shares_have_the_wilson_interval_of_scipy(case: tuple[int, int]) -> None:
    theirs = stats.binomtest(*case).proportion_ci(method="wilson")
    ours = wilson(*case)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=5, max_size=40))
def test_the_interval_of_a_mean_is_students_t_on_the_steadied_variance(
    people: list[list[int]],
) -> None:
    means = np.array(people).mean(axis=1)
    n = len(means)
    variance = ((n - 1) * means.var(ddof=1) + USUAL_VARIANCE) / n
    low, high = stats.t.interval(0.95, n - 1, loc=means.mean(), scale=math.sqrt(variance / n))
    ours = mean_interval(summed(people))
    assert (ours.low, ours.high) == pytest.approx((max(1, low), min(5, high)), abs=1e-6)


@given(
    st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=2), min_size=5, max_size=20),
    st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=2), min_size=5, max_size=20),
)
def test_a_difference_is_welchs_with_the_steadied_variances(
    before: list[list[int]], after: list[list[int]]
) -> None:
    first, second = summed(before), summed(after)
    theirs = stats.ttest_ind_from_stats(
        second.mean, math.sqrt(second.variance), second.people,
        first.mean, math.sqrt(first.variance), first.people,
        equal_var=False,
    )  # fmt: skip
    assert difference_interval(first, second).excludes_zero == (theirs.pvalue < 0.05)


def test_people_who_skip_a_statement_count_by_what_they_answered() -> None:
    sums = summed([[5, 5], [1, 0], [3, 3], [4, 0], [2, 2]])
    assert (sums.people, sums.answers) == (5, 8)
    assert sums.mean == pytest.approx(25 / 8)


def test_a_unanimous_team_is_not_claimed_to_be_certain() -> None:
    interval = mean_interval(summed([[5, 5, 5]] * 5))
    assert interval.high == 5
    assert interval.low < 4.6


def drawn(rng: Rng, people: int, statements: int, weights: np.ndarray) -> list[list[int]]:
    """Answers in which 40 % follow the person rather than the statement."""
    own = rng.choice(5, size=(people, 1), p=weights) + 1
    each = rng.choice(5, size=(people, statements), p=weights) + 1
    answers: list[list[int]] = np.where(rng.random(each.shape) < 0.4, own, each).tolist()
    return answers


@pytest.mark.parametrize("statements", [1, 2, 5])
@pytest.mark.parametrize("evenness", [0.5, 1.0, 4.0], ids=["lopsided", "mixed", "spread"])
def test_95_percent_intervals_cover_93_to_97_percent_of_simulated_teams(
    statements: int, evenness: float
) -> None:
    rng = np.random.default_rng(20260101 + statements)
    covered = 0
    for _ in range(TEAMS):
        weights = rng.dirichlet([evenness] * 5)
        truth = float(weights @ np.arange(1, 6))
        people = drawn(rng, int(rng.integers(5, 41)), statements, weights)
        interval = mean_interval(summed(people))
        covered += interval.low - 1e-9 <= truth <= interval.high + 1e-9
    assert 0.93 <= covered / TEAMS <= 0.97


@pytest.mark.parametrize("statements", [2, 3, 5])
@pytest.mark.parametrize("evenness", [0.5, 1.0, 4.0], ids=["lopsided", "mixed", "spread"])
def test_a_change_is_claimed_in_at_most_6_percent_of_teams_without_one(
    statements: int, evenness: float
) -> None:
    rng = np.random.default_rng(20260202 + statements)
    claimed = 0
    for _ in range(TEAMS):
        weights = rng.dirichlet([evenness] * 5)
        sizes = rng.integers(5, 41, size=2)
        before, after = (summed(drawn(rng, int(n), statements, weights)) for n in sizes)
        claimed += difference_interval(before, after).excludes_zero
    assert claimed / TEAMS <= 0.06


def test_a_real_change_of_a_whole_step_is_found_in_most_teams_of_twelve() -> None:
    rng = np.random.default_rng(7)
    before = np.array([0.1, 0.3, 0.4, 0.2, 0.0])
    after = np.array([0.0, 0.1, 0.3, 0.4, 0.2])
    found = sum(
        difference_interval(
            summed(drawn(rng, 12, 4, before)), summed(drawn(rng, 12, 4, after))
        ).excludes_zero
        for _ in range(300)
    )
    assert found > 200


def test_a_change_that_would_be_shown_as_none_is_called_none() -> None:
    """Of very many people a third of a point is certain, and nothing to tell anybody."""
    earlier, later = Sums(), Sums()
    earlier.add(5, 15, people=20_000)
    later.add(5, 15, people=18_500)
    later.add(5, 16, people=1_500)
    assert difference_interval(earlier, later).excludes_zero
    found = change(
        pillar="people", since="P1", statements=(), earlier=earlier, later=later, least=5
    )
    assert found is not None
    assert (found.difference, found.real) == (0, False)
