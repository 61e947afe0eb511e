"""One team's week as it stands in the store: the facts that a digest is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports.actions import Action, ActionState
from bot.ports.asking import Gap, GapReason
from bot.ports.channels import Slot, Team
from bot.ports.pulses import ALL, Pulse
from bot.ports.weeks import Channel, ChannelWeek, WeekStore
from bot.scoring import Change, Hidden, Result, Score, pillar_of
from bot.slots import WEEK

PULSES = 40  # looked back over for the latest score of each pillar
MOST_PAST = 8  # pulses in the chart
QUIET_WEEKS = 4  # in a row: the digest asks whether to pause
OUTDATED = timedelta(days=365)  # results older than this are not shown as where a team stands
MOST_GAPS = 3
READ_GAPS = 100  # to count them


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a team stands on one pillar, by its latest pulse."""

    pillar: str
    closed: datetime
    score: Score | None  # None: hidden
    hidden: Hidden | None
    change: Change | None
    fresh: bool  # closed in this week
    topics: tuple[Score, ...]  # of this pillar, as that pulse showed them


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamWeek:
    """All that one digest says, before it is put into words."""

    team: Team
    zone: str
    week: str  # ISO week
    at: datetime
    standings: tuple[Standing, ...]  # in the model's order of pillars; those without a pulse absent
    past: tuple[Pulse, ...]  # with a score to show, oldest first
    open: tuple[Pulse, ...]
    actions: tuple[Action, ...]  # open, due first
    done: tuple[Action, ...]  # this week
    asked: tuple[tuple[str, int], ...]  # pillar and number of answers this week, in order
    gaps: tuple[Gap, ...]  # the most asked ones that had no answer this week
    unanswered: int  # how many there were, as far as they were read
    quiet_before: int  # quiet digests in a row just before this one

    @property
    def fresh(self) -> tuple[Standing, ...]:
        return tuple(one for one in self.standings if one.fresh)

    @property
    def questions(self) -> int:
        return sum(number for _, number in self.asked)

    @property
    def quiet(self) -> bool:
        """Nothing happened: no result, no pulse open, nothing done, nothing asked."""
        return not (self.fresh or self.open or self.done or self.questions or self.gaps)

    @property
    def asks_to_pause(self) -> bool:
        return self.quiet and self.quiet_before >= QUIET_WEEKS - 1

    @property
    def weakest(self) -> Score | None:
        """The topic with the lowest score that is shown; this team's own, never another's."""
        topics = [score for one in self.standings for score in one.topics]
        return min(topics, key=lambda score: (score.value, score.of), default=None)


class TeamWeeks:
    """Gathers teams' weeks from the store."""

    def __init__(self, store: WeekStore, pillars: Sequence[str]) -> None:
        self._store = store
        self._pillars = tuple(pillars)

    async def of(self, slot: Slot, week: str, at: datetime) -> TeamWeek:
        """As it stands at `at`."""
        channel = (slot.workspace, slot.channel)
        return self.made((await self.read([channel], at))[channel], slot.zone, week, at)

    async def read(
        self, channels: Sequence[Channel], at: datetime
    ) -> Mapping[Channel, ChannelWeek]:
        """What the weeks of these channels are made of."""
        return await self._store.of(
            channels,
            since=at - WEEK,
            most_pulses=PULSES,
            most_gaps=READ_GAPS,
            most_past=QUIET_WEEKS + 1,
        )

    def made(self, read: ChannelWeek, zone: str, week: str, at: datetime) -> TeamWeek:
        """One team's week (pure)."""
        closed = read.closed
        uncovered = [one for one in read.gaps if one.reason is GapReason.NOT_COVERED]
        return TeamWeek(
            team=read.team,
            zone=zone,
            week=week,
            at=at,
            standings=self._standings(closed, at),
            past=tuple(reversed([one for one in closed if _has_score(one)][:MOST_PAST])),
            open=read.open,
            actions=read.actions,
            done=tuple(one for one in read.ended if one.state is ActionState.DONE),
            asked=self._asked(read.answered),
            gaps=tuple(uncovered[:MOST_GAPS]),
            unanswered=len(uncovered),
            quiet_before=_leading_quiet([quiet for of, quiet in read.past if of < week]),
        )

    def _standings(self, closed: Sequence[Pulse], at: datetime) -> tuple[Standing, ...]:
        found = (self._standing(pillar, closed, at) for pillar in self._pillars)
        return tuple(one for one in found if one is not None)

    def _standing(self, pillar: str, closed: Sequence[Pulse], at: datetime) -> Standing | None:
        """By the newest pulse that asked this pillar."""
        for pulse in closed:
            if pulse.pillar not in (pillar, ALL) or pulse.result is None:
                continue
            if pulse.closes < at - OUTDATED:
                return None
            result = pulse.result
            score = result.pillar(pillar)
            return Standing(
                pillar=pillar,
                closed=pulse.closes,
                score=score,
                hidden=None if score else _why(result, pillar),
                change=result.change(pillar) if score else None,
                fresh=pulse.closes > at - WEEK,
                topics=tuple(one for one in result.topics if pillar_of(one.of) == pillar),
            )
        return None

    def _asked(self, answered: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
        numbers: dict[str, int] = {}
        for topic, times in answered:
            pillar = pillar_of(topic)
            numbers[pillar] = numbers.get(pillar, 0) + times
        known = [*self._pillars, *sorted(set(numbers) - set(self._pillars))]
        return tuple((pillar, numbers[pillar]) for pillar in known if numbers.get(pillar))


def _why(result: Result, pillar: str) -> Hidden:
    """What hides this pillar; in a pulse on all of them others may be shown."""
    own = {one.hidden for one in result.statements if pillar_of(one.topic) == pillar}
    difference = Hidden.DIFFERENCE in (result.hidden, *own)
    return Hidden.DIFFERENCE if difference else Hidden.FEW


def _leading_quiet(newest_first: Sequence[bool]) -> int:
    return next(
        (number for number, quiet in enumerate(newest_first) if not quiet), len(newest_first)
    )


def _has_score(pulse: Pulse) -> bool:
    return pulse.result is not None and bool(pulse.result.pillars)
