"""One team's week as it stands in the store: the facts that a digest is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.ports.actions import Action, ActionState
from bot.ports.asking import Gap, GapReason
from bot.ports.channels import Slot, Team
from bot.ports.pulses import ALL, Pulse
from bot.ports.weeks import Channel, ChannelWeek, WeekStore
from bot.scoring import Change, Hidden, Result, Score, pillar_of
from bot.slots import Span, monday_of, span_of, week_before, week_key, zone_named

PULSES = 40  # looked back over for the latest score of each pillar
MOST_PAST = 8  # pulses in the chart
QUIET_WEEKS = 4  # in a row, and every so many more: the digest asks whether to pause
MOST_QUIET = 60  # digests looked back over to count quiet ones
OUTDATED = timedelta(days=365)  # results older than this are not shown as where a team stands
MOST_GAPS = 3
READ_GAPS = 100  # to count them
READ_ENDED = 200  # actions, to know which steps were taken
AROUND = timedelta(days=8)  # a week's post tells of days that begin at most so long before Monday


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
    pulse: str = ""  # its id


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamWeek:
    """All that one digest says, before it is put into words.

    What happened is of the seven local days before the post's own; how things stand, as of `at`.
    """

    team: Team
    zone: str
    week: str  # ISO week of the post
    weekday: int = 0  # of the post, 0 is Monday
    at: datetime
    standings: tuple[Standing, ...]  # in the model's order of pillars; those without a pulse absent
    past: tuple[Pulse, ...]  # with a score to show, oldest first
    last_pulse: datetime | None = None  # when the newest one closed, however long ago
    open: tuple[Pulse, ...]
    actions: tuple[Action, ...]  # open, due first
    done: tuple[Action, ...]  # this week
    done_before: tuple[Action, ...] = ()
    asked: tuple[tuple[str, int], ...]  # pillar and questions answered this week, in order
    gaps: tuple[Gap, ...]  # to quote: asked where the channel could read them, `times` there
    unanswered: int  # different questions without an answer, in private or not
    quiet_before: int  # quiet digests in a row just before this one

    @property
    def span(self) -> Span:
        return span_of(self.weekday, self.zone, self.week)

    @property
    def today(self) -> date:
        return self.day(self.at)

    @property
    def late(self) -> bool:
        """Whether it is made later than on its own day, so that the scores may be newer."""
        return self.today > self.span.last + timedelta(days=1)

    @property
    def fresh(self) -> tuple[Standing, ...]:
        return tuple(one for one in self.standings if one.fresh)

    @property
    def questions(self) -> int:
        return sum(number for _, number in self.asked)

    @property
    def quiet(self) -> bool:
        """Nothing happened: no result, no pulse open, nothing done, nothing asked."""
        return not (self.fresh or self.open or self.done or self.questions or self.unanswered)

    @property
    def quiet_weeks(self) -> int:
        """In a row, with this one."""
        return self.quiet_before + 1 if self.quiet else 0

    @property
    def asks_to_pause(self) -> bool:
        """At the fourth, and when it is kept, after four more."""
        return self.quiet and self.quiet_weeks % QUIET_WEEKS == 0

    @property
    def topics(self) -> tuple[Score, ...]:
        """Lowest score first; this team's own, never another's."""
        topics = [score for one in self.standings for score in one.topics]
        return tuple(sorted(topics, key=lambda score: (score.value, score.of)))

    @property
    def weakest(self) -> Score | None:
        return next(iter(self.topics), None)

    def day(self, instant: datetime) -> date:
        """As the channel's people call it."""
        return instant.astimezone(zone_named(self.zone)).date()

    def overdue(self, action: Action) -> bool:
        return action.due_week < week_key(self.today)


class TeamWeeks:
    """Gathers teams' weeks from the store."""

    def __init__(self, store: WeekStore, pillars: Sequence[str]) -> None:
        self._store = store
        self._pillars = tuple(pillars)

    async def of(self, slot: Slot, week: str, at: datetime) -> TeamWeek:
        """What happened in its days, and how things stand at `at`. Raises ValueError, OverflowError
        for what is no week."""
        channel = (slot.workspace, slot.channel)
        return self.made((await self.read([channel], [week]))[channel], slot, week, at)

    async def read(
        self, channels: Sequence[Channel], weeks: Sequence[str]
    ) -> Mapping[Channel, ChannelWeek]:
        """What any of these weeks of these channels is made of."""
        first = min(monday_of(week) for week in weeks) - AROUND
        return await self._store.of(
            channels,
            since=datetime.combine(first, time(0), UTC),
            most_pulses=PULSES,
            most_ended=READ_ENDED,
            most_gaps=READ_GAPS,
            most_past=MOST_QUIET,
        )

    def made(self, read: ChannelWeek, slot: Slot, week: str, at: datetime) -> TeamWeek:
        """One team's week (pure)."""
        closed = read.closed
        span = span_of(slot.weekday, slot.zone, week)
        done = [one for one in read.ended if one.state is ActionState.DONE and one.ended]
        fresh = [one for one in done if one.ended and span.holds(one.ended)]
        gaps = [one for one in read.gaps if one.reason is GapReason.NOT_COVERED]
        return TeamWeek(
            team=read.team,
            zone=slot.zone,
            week=week,
            weekday=slot.weekday,
            at=at,
            standings=self._standings(closed, span, at),
            past=tuple(reversed([one for one in closed if _has_score(one)][:MOST_PAST])),
            last_pulse=closed[0].closes if closed else None,
            open=read.open,
            actions=read.actions,
            done=tuple(fresh),
            done_before=tuple(one for one in done if one not in fresh),
            asked=self._asked(read.answered, span),
            gaps=_quotable(gaps, span)[:MOST_GAPS],
            unanswered=sum(_asked_in(one, span) for one in gaps),
            quiet_before=_leading_quiet(read.past, week),
        )

    def _standings(self, closed: Sequence[Pulse], span: Span, at: datetime) -> tuple[Standing, ...]:
        found = (self._standing(pillar, closed, span, at) for pillar in self._pillars)
        return tuple(one for one in found if one is not None)

    def _standing(
        self, pillar: str, closed: Sequence[Pulse], span: Span, at: datetime
    ) -> Standing | None:
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
                fresh=span.holds(pulse.closes),
                topics=tuple(one for one in result.topics if pillar_of(one.of) == pillar),
                pulse=pulse.id,
            )
        return None

    def _asked(
        self, answered: Sequence[tuple[date, str, int]], span: Span
    ) -> tuple[tuple[str, int], ...]:
        numbers: dict[str, int] = {}
        for day, topic, times in answered:
            if span.first <= day <= span.last:
                pillar = pillar_of(topic)
                numbers[pillar] = numbers.get(pillar, 0) + times
        known = [*self._pillars, *sorted(set(numbers) - set(self._pillars))]
        return tuple((pillar, numbers[pillar]) for pillar in known if numbers.get(pillar))


def _quotable(gaps: Sequence[Gap], span: Span) -> tuple[Gap, ...]:
    """Those asked aloud in these days, the most often asked first, as often as they were aloud."""
    aloud = [
        replace(one, times=one.times_aloud) for one in gaps if one.aloud and span.holds(one.aloud)
    ]
    return tuple(sorted(aloud, key=lambda one: -one.times))


def _asked_in(gap: Gap, span: Span) -> bool:
    return span.holds(gap.asked) or (gap.aloud is not None and span.holds(gap.aloud))


def _why(result: Result, pillar: str) -> Hidden:
    """What hides this pillar; in a pulse on all of them others may be shown."""
    own = {one.hidden for one in result.statements if pillar_of(one.topic) == pillar}
    difference = Hidden.DIFFERENCE in (result.hidden, *own)
    return Hidden.DIFFERENCE if difference else Hidden.FEW


def _leading_quiet(past: Sequence[tuple[str, bool]], week: str) -> int:
    """Quiet digests in a row before this week's; a week without one, as in a pause, ends it."""
    number = 0
    for of, quiet in past:
        if of >= week:
            continue
        week = week_before(week)
        if of != week or not quiet:
            break
        number += 1
    return number


def _has_score(pulse: Pulse) -> bool:
    return pulse.result is not None and bool(pulse.result.pillars)
