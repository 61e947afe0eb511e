"""From ballots to what may be shown of them: statement → topic → pillar, and what stays hidden."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.intervals import Interval, Sums, difference_interval, mean_interval, wilson

APART = 0  # "doesn't apply to me / don't know": given, but left out of every mean
SCALE = (1, 2, 3, 4, 5)  # strongly disagree … strongly agree
FAVOURABLE = (4, 5)
LEAST_FOR_SCORES = 5  # respondents
LEAST_FOR_COMMENTS = 8  # respondents
POINTS = 25  # a step on the scale, in points of a score from 0 to 100

Answers = tuple[int, ...]  # one for each statement, in their order; APART or of SCALE


class Band(StrEnum):
    ESTABLISHED = "established"
    EMERGING = "emerging"
    ATTENTION = "attention"


class Hidden(StrEnum):
    """Why numbers are not shown."""

    FEW = "few"  # fewer people answered than the least
    DIFFERENCE = "difference"  # subtracting another shown result would expose a few people


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementResult:
    statement: str
    topic: str
    counts: tuple[int, ...]  # answers by step of SCALE; all 0 while hidden
    apart: int  # people to whom it doesn't apply or who don't know
    hidden: Hidden | None = None

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        weighted = sum(step * count for step, count in zip(SCALE, self.counts, strict=True))
        return weighted / self.answers

    @property
    def favourable(self) -> float:
        """Share of answers that agree, 0–1."""
        return sum(self.counts[step - 1] for step in FAVOURABLE) / self.answers

    @property
    def favourable_interval(self) -> Interval:
        return wilson(sum(self.counts[step - 1] for step in FAVOURABLE), self.answers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Of one topic or pillar: 0–100, with its 95 % interval, in whole points as shown."""

    of: str
    people: int
    value: int
    low: int
    high: int

    @property
    def band(self) -> Band:
        return band(self.value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Of one pillar against an earlier pulse, on the statements that both asked, in points."""

    pillar: str
    since: str  # the earlier pulse
    statements: tuple[str, ...]
    difference: int
    low: int
    high: int
    real: bool  # the interval excludes 0, and so does the difference as it is shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """All that is shown of one closed pulse; nothing finer leaves the store."""

    invited: int
    respondents: int
    hidden: Hidden | None = None  # set: there is nothing else
    statements: tuple[StatementResult, ...] = ()
    topics: tuple[Score, ...] = ()
    pillars: tuple[Score, ...] = ()
    changes: tuple[Change, ...] = ()
    comments: bool = False  # enough answered for comments to be shown

    @property
    def response_rate(self) -> float:
        return self.respondents / self.invited if self.invited else 0.0

    def pillar(self, pillar: str) -> Score | None:
        return next((score for score in self.pillars if score.of == pillar), None)

    def change(self, pillar: str) -> Change | None:
        return next((change for change in self.changes if change.pillar == pillar), None)

    def weakest(self, most: int) -> tuple[Score, ...]:
        """Topics with the lowest scores, lowest first."""
        return tuple(sorted(self.topics, key=lambda score: (score.value, score.of))[:most])


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The least group sizes; settings may raise them, nothing lowers them."""

    scores: int = LEAST_FOR_SCORES
    comments: int = LEAST_FOR_COMMENTS

    def __post_init__(self) -> None:
        if self.scores < LEAST_FOR_SCORES or self.comments < LEAST_FOR_COMMENTS:
            raise ValueError(
                f"scores need at least {LEAST_FOR_SCORES} respondents and comments at least "
                f"{LEAST_FOR_COMMENTS}: these can be raised, not lowered"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbour:
    """Another closed pulse whose people overlap with those of one to be shown."""

    statements: frozenset[str]
    only_theirs: int  # people invited there and not here
    only_ours: int
    respondents: int


def exposed(respondents: int, neighbours: Iterable[Neighbour], least: int) -> frozenset[str]:
    """Statements that both asked where subtracting the two results would tell of fewer than
    `least` people: the two groups differ, but by too few."""
    found: set[str] = set()
    for one in neighbours:
        differences = (one.only_theirs, one.only_ours, abs(one.respondents - respondents))
        if any(0 < difference < least for difference in differences):
            found |= one.statements
    return frozenset(found)


def band(score: float) -> Band:
    if score >= 75:
        return Band.ESTABLISHED
    return Band.EMERGING if score >= 50 else Band.ATTENTION


@dataclass(kw_only=True, slots=True)
class Count:
    """First pass over the ballots: how each statement was answered."""

    statements: Sequence[tuple[str, str]]  # statement, topic
    steps: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = [[0] * (len(SCALE) + 1) for _ in self.statements]

    def add(self, answers: Answers, people: int) -> None:
        for place, answer in enumerate(answers):
            self.steps[place][answer] += people

    def results(self, close: Collection[str], least: int) -> tuple[StatementResult, ...]:
        """`close`: the statements that `exposed` found."""
        return tuple(
            self._result(place, statement in close, least)
            for place, (statement, _) in enumerate(self.statements)
        )

    def _result(self, place: int, close: bool, least: int) -> StatementResult:
        statement, topic = self.statements[place]
        apart, *counts = self.steps[place]
        why = Hidden.DIFFERENCE if close else Hidden.FEW if sum(counts) < least else None
        if why:
            counts, apart = [0] * len(SCALE), 0
        return StatementResult(
            statement=statement, topic=topic, counts=tuple(counts), apart=apart, hidden=why
        )


@dataclass(kw_only=True, slots=True)
class Groups:
    """Second pass: sums by topic, by pillar and by whatever else is named.

    Hidden statements must be in no group: a total less what is shown would give them away.
    """

    places: Mapping[str, tuple[int, ...]]  # group → places of its statements in a ballot
    sums: dict[str, Sums] = field(init=False)

    def __post_init__(self) -> None:
        self.sums = {group: Sums() for group in self.places}

    def add(self, answers: Answers, people: int) -> None:
        for group, places in self.places.items():
            given = [answers[place] for place in places if answers[place] != APART]
            self.sums[group].add(len(given), sum(given), people)


def places_of(groups: Mapping[str, Collection[str]], order: Sequence[str]) -> Groups:
    """Groups of statements, ready to add ballots that answer them in this order."""
    return Groups(
        places={
            group: tuple(place for place, one in enumerate(order) if one in statements)
            for group, statements in groups.items()
        }
    )


def shown_groups(results: Sequence[StatementResult]) -> dict[str, set[str]]:
    """The topics and pillars of the statements that may be shown."""
    groups: dict[str, set[str]] = {}
    for one in results:
        if one.hidden is None:
            for group in (one.topic, pillar_of(one.topic)):
                groups.setdefault(group, set()).add(one.statement)
    return groups


def scores(groups: Groups, names: Iterable[str], least: int) -> tuple[Score, ...]:
    """In the order of the names; those that too few people answered are left out."""
    return tuple(
        _score(name, groups.sums[name])
        for name in names
        if name in groups.sums and groups.sums[name].people >= least
    )


def _score(of: str, sums: Sums) -> Score:
    interval = mean_interval(sums)
    return Score(
        of=of,
        people=sums.people,
        value=points(sums.mean),
        low=points(interval.low),
        high=points(interval.high),
    )


def points(mean: float) -> int:
    """A mean answer (1–5) as a score (0–100)."""
    return round((mean - 1) * POINTS)


def change(
    *, pillar: str, since: str, statements: Collection[str], earlier: Sums, later: Sums, least: int
) -> Change | None:
    """None where too few people answered the common statements in either pulse."""
    if min(earlier.people, later.people) < least:
        return None
    interval = difference_interval(earlier, later)
    difference = round((later.mean - earlier.mean) * POINTS)
    return Change(
        pillar=pillar,
        since=since,
        statements=tuple(sorted(statements)),
        difference=difference,
        low=round(interval.low * POINTS),
        high=round(interval.high * POINTS),
        real=interval.excludes_zero and difference != 0,
    )


def pillar_of(topic: str) -> str:
    return topic.partition(".")[0]
