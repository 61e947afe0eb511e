"""One team's week as it stands in the store: the facts that a digest is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Workspace
from bot.ports.actions import Action, ActionState, ActionStore
from bot.ports.asking import AskStore, Gap, GapReason
from bot.ports.channels import ChannelStore, PastDigest, Slot, SlotKind, Team
from bot.ports.pulses import ALL, Pulse, PulseStore
from bot.scoring import Change, Hidden, Score, pillar_of
from bot.slots import WEEK

PULSES = 40  # looked back over for the latest score of each pillar
MOST_PAST = 8  # pulses in the chart
QUIET_WEEKS = 4  # in a row: the digest asks whether to pause
OUTDATED = timedelta(days=365)  # results older than this are not shown as where a team stands
MOST_GAPS = 3


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
    gaps: tuple[Gap, ...]
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
    """Gathers a team's week from the store."""

    def __init__(
        self,
        *,
        channels: ChannelStore,
        pulses: PulseStore,
        actions: ActionStore,
        asking: AskStore,
        pillars: Sequence[str],
    ) -> None:
        self._channels = channels
        self._pulses = pulses
        self._actions = actions
        self._asking = asking
        self._pillars = tuple(pillars)

    async def of(self, slot: Slot, week: str, at: datetime) -> TeamWeek:
        """As it stands at `at`."""
        workspace, channel = slot.workspace, slot.channel
        since = at - WEEK
        closed = await self._pulses.closed_in(workspace, channel, PULSES)
        ended = await self._actions.ended_in(workspace, channel, since=since)
        return TeamWeek(
            team=await self._channels.team(workspace, channel),
            zone=slot.zone,
            week=week,
            at=at,
            standings=self._standings(closed, at),
            past=tuple(reversed([one for one in closed if _has_score(one)][:MOST_PAST])),
            open=await self._pulses.open_in(workspace, channel),
            actions=await self._actions.open_in(workspace, channel),
            done=tuple(one for one in ended if one.state is ActionState.DONE),
            asked=await self._asked(workspace, channel, since),
            gaps=await self._gaps(workspace, channel, since),
            quiet_before=await self._quiet_before(workspace, channel, week),
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
                hidden=None if score else result.hidden or Hidden.FEW,
                change=result.change(pillar) if score else None,
                fresh=pulse.closes > at - WEEK,
                topics=tuple(one for one in result.topics if pillar_of(one.of) == pillar),
            )
        return None

    async def _asked(
        self, workspace: Workspace, channel: str, since: datetime
    ) -> tuple[tuple[str, int], ...]:
        numbers: dict[str, int] = {}
        for one in await self._asking.asked(workspace, channel, since=since):
            pillar = pillar_of(one.topic)
            numbers[pillar] = numbers.get(pillar, 0) + one.answered
        known = [*self._pillars, *sorted(set(numbers) - set(self._pillars))]
        return tuple((pillar, numbers[pillar]) for pillar in known if numbers.get(pillar))

    async def _gaps(self, workspace: Workspace, channel: str, since: datetime) -> tuple[Gap, ...]:
        gaps = await self._asking.gaps(workspace, channel, since=since, most=10)
        return tuple(one for one in gaps if one.reason is GapReason.NOT_COVERED)[:MOST_GAPS]

    async def _quiet_before(self, workspace: Workspace, channel: str, week: str) -> int:
        past = await self._channels.digests(
            workspace, channel, SlotKind.DIGEST, most=QUIET_WEEKS + 1
        )
        return _leading_quiet([one for one in past if one.week < week])


def _leading_quiet(newest_first: Sequence[PastDigest]) -> int:
    for number, one in enumerate(newest_first):
        if not one.quiet:
            return number
    return len(newest_first)


def _has_score(pulse: Pulse) -> bool:
    return pulse.result is not None and bool(pulse.result.pillars)
