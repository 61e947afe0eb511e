"""Where a team stands, pillar by pillar: a line each, the course of the last pulses, details."""

from datetime import datetime

from bot.instrument import Instrument
from bot.messages import Chart, ChartKind, Facts, Part, Series, Text
from bot.ports.pulses import Pulse
from bot.resultpages import band
from bot.scoring import Change, Hidden, Score
from bot.teamweek import Standing, TeamWeek
from bot.wording import Wording

MOST_BARS = 20  # what Slack draws
SEPARATOR = " · "


class Stands:
    """One week's, in one language."""

    def __init__(self, week: TeamWeek, instrument: Instrument, said: Wording, least: int) -> None:
        self._week = week
        self._instrument = instrument
        self._said = said
        self._least = least  # respondents of a score that is shown

    def parts(self, *, detailed: bool = False) -> list[Part]:
        """Every pillar; `detailed`, with the interval."""
        if not self._week.standings:
            return [Text(text=self.nothing())]
        latest = {one.pillar: one for one in self._week.standings}
        pairs = tuple(
            (self._name(pillar), self._stands(latest.get(pillar), detailed))
            for pillar in self._instrument.pillars
        )
        return [Facts(pairs=pairs)]

    def nothing(self) -> str:
        """Why there is no score at all."""
        last = self._week.last_pulse
        if last is None:
            return self._said.say("digest.no_pulse_yet")
        return self._said.say("digest.pulse_long_ago", day=self._day(last))

    def in_one_line(self) -> str:
        """The scores with the date of the last one; where there is none, which pulse is hidden and
        why."""
        if not self._week.standings:
            return self.nothing()
        shown = [one for one in self._week.standings if one.score]
        if not shown:
            return "\n".join(
                self._said.say(
                    "digest.hidden_pillar", pillar=self._name(one.pillar), why=self.why(one)
                )
                for one in self._week.standings
            )
        scores = [f"{self._name(one.pillar)} {one.score.value}" for one in shown if one.score]
        day = self._day(max(one.closed for one in shown))
        return self._said.say("digest.scores", scores=self._said.listing(scores), day=day)

    def why(self, one: Standing) -> str:
        """Why this pillar's score is not shown."""
        hidden = one.hidden or Hidden.FEW
        return self._said.say(
            f"digest.hidden_{hidden.value}", day=self._day(one.closed), least=self._least
        )

    def _stands(self, one: Standing | None, detailed: bool) -> str:
        if one is None:
            return self._said.say("digest.never_asked")
        if one.score is None:
            return self.why(one)
        said, score = self._said, one.score
        pieces = [
            said.say("digest.points", score=score.value),
            band(score, said),
            *([said.say("digest.interval", low=score.low, high=score.high)] if detailed else []),
            said.say("digest.people", n=score.people),
            self._day(one.closed),
            *([self._change(one.change)] if one.change else []),
        ]
        return SEPARATOR.join(pieces)

    def _change(self, change: Change) -> str:
        if not change.real:
            return self._said.say("digest.no_change")
        key = "digest.up" if change.difference > 0 else "digest.down"
        return self._said.say(key, n=abs(change.difference))

    def chart(self) -> list[Part]:
        """A bar for each score of the last pulses, a pillar's beside each other in their order.

        Most pulses ask one pillar, so that lines would have more gaps than points: Slack draws no
        line with a gap, Teams none without real dates. Nothing is carried from pulse to pulse.
        """
        pulses = self._fitting()
        bars = [
            (score, pulse)
            for pillar in self._instrument.pillars
            for pulse in pulses
            if (score := _score(pulse, pillar))
        ]
        if len(bars) < 2:
            return []
        labels = tuple(
            self._said.say(
                "digest.chart_bar",
                pillar=self._name(score.of),
                day=self._said.short_day(self._week.day(pulse.closes), self._week.today),
            )
            for score, pulse in bars
        )
        values = tuple(float(score.value) for score, _ in bars)
        return [
            Chart(
                kind=ChartKind.BAR,
                title=self._said.say("digest.chart_title", n=len(pulses)),
                labels=labels,
                series=(Series(name=self._said.say("pulse.score"), values=values),),
                lowest=0,
                highest=100,
            )
        ]

    def _fitting(self) -> list[Pulse]:
        """As many of the newest pulses as have room in one chart, oldest first."""
        room, found = MOST_BARS, list[Pulse]()
        for pulse in reversed(self._week.past):
            room -= len(pulse.result.pillars) if pulse.result else 0
            if room < 0:
                break
            found.insert(0, pulse)
        return found

    def _name(self, pillar: str) -> str:
        return self._instrument.name(pillar, self._said.language)

    def _day(self, instant: datetime) -> str:
        return self._said.day(self._week.day(instant))


def _score(pulse: Pulse, pillar: str) -> Score | None:
    return pulse.result.pillar(pillar) if pulse.result else None
