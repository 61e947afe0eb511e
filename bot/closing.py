"""From closed ballots to a result: two passes over them, whatever their number."""

from collections.abc import Mapping
from datetime import timedelta

from bot.intervals import Sums
from bot.ports.pulses import BallotStore, Pulse, PulseStore
from bot.scoring import (
    Change,
    Count,
    Hidden,
    Limits,
    Result,
    StatementResult,
    change,
    exposed,
    places_of,
    scores,
    shown_groups,
)

DIFFERENCING = timedelta(days=28)  # answers this close in time are taken as the same
LOOK_BACK = 60  # closed pulses in which an earlier one with common statements is looked for
CHANGE = "change:"


class Closing:
    """Computes what may be shown of a pulse that was closed."""

    def __init__(self, pulses: PulseStore, ballots: BallotStore, limits: Limits) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._limits = limits

    async def result(self, pulse: Pulse) -> Result:
        """Of a closed pulse; the same each time until another one closes."""
        respondents = pulse.answered or 0
        if respondents < self._limits.scores:
            return Result(invited=pulse.invited, respondents=respondents, hidden=Hidden.FEW)
        statements = await self._statements(pulse, respondents)
        if all(one.hidden for one in statements):
            why = {one.hidden for one in statements}
            return Result(
                invited=pulse.invited,
                respondents=respondents,
                hidden=Hidden.DIFFERENCE if Hidden.DIFFERENCE in why else Hidden.FEW,
            )
        return await self._scored(pulse, respondents, statements)

    async def _statements(self, pulse: Pulse, respondents: int) -> tuple[StatementResult, ...]:
        since = pulse.closes - DIFFERENCING
        neighbours = await self._pulses.neighbours(pulse, since)
        count = Count(statements=[(one.id, one.topic) for one in pulse.statements])
        async for answers, people in self._ballots.closed(pulse):
            count.add(answers, people)
        close = exposed(respondents, neighbours, self._limits.scores)
        return count.results(close, self._limits.scores)

    async def _scored(
        self, pulse: Pulse, respondents: int, statements: tuple[StatementResult, ...]
    ) -> Result:
        groups = shown_groups(statements)
        pillars = [name for name in groups if "." not in name]
        earlier = await self._earlier(pulse, groups, pillars)
        common = {f"{CHANGE}{pillar}": same for pillar, (_, same) in earlier.items()}
        sums = places_of(groups | common, pulse.order)
        async for answers, people in self._ballots.closed(pulse):
            sums.add(answers, people)
        least = self._limits.scores
        return Result(
            invited=pulse.invited,
            respondents=respondents,
            statements=statements,
            topics=scores(sums, [name for name in groups if "." in name], least),
            pillars=scores(sums, pillars, least),
            changes=await self._changes(earlier, sums.sums),
            comments=respondents >= self._limits.comments,
        )

    async def _earlier(
        self, pulse: Pulse, groups: Mapping[str, set[str]], pillars: list[str]
    ) -> dict[str, tuple[Pulse, set[str]]]:
        """For each pillar the last pulse in which some of its shown statements were shown."""
        found: dict[str, tuple[Pulse, set[str]]] = {}
        for other in await self._pulses.closed_in(pulse.workspace, pulse.channel, LOOK_BACK):
            if other.id == pulse.id or other.closes > pulse.closes or other.result is None:
                continue
            shown = {one.statement for one in other.result.statements if one.hidden is None}
            for pillar in pillars:
                if pillar not in found and (same := groups[pillar] & shown):
                    found[pillar] = (other, same)
        return found

    async def _changes(
        self, earlier: Mapping[str, tuple[Pulse, set[str]]], ours: Mapping[str, Sums]
    ) -> tuple[Change, ...]:
        changes = []
        for pillar, (other, same) in earlier.items():
            theirs = places_of({pillar: same}, other.order)
            async for answers, people in self._ballots.closed(other):
                theirs.add(answers, people)
            found = change(
                pillar=pillar,
                since=other.id,
                statements=same,
                earlier=theirs.sums[pillar],
                later=ours[f"{CHANGE}{pillar}"],
                least=self._limits.scores,
            )
            if found:
                changes.append(found)
        return tuple(changes)
