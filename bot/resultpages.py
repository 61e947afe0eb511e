"""A result as people read it: the channel's short page, the lead's full one."""

from collections.abc import Sequence

from bot.instrument import Instrument
from bot.intervals import Interval
from bot.messages import (
    Audience,
    Bullets,
    Button,
    Buttons,
    Chart,
    ChartKind,
    Facts,
    Heading,
    Message,
    Note,
    Part,
    Series,
    Table,
    Text,
)
from bot.ports.pulses import Pulse
from bot.scoring import SCALE, Band, Change, Hidden, Limits, Result, Score, StatementResult
from bot.wording import Wording, wording
from knowledge.model import Language

WEAKEST = 2  # topics that come with their next steps
STEPS = 3
MOST_COMMENTS = 30
SHAPES = {Band.ESTABLISHED: "●", Band.EMERGING: "◐", Band.ATTENTION: "○"}


class ResultPages:
    def __init__(self, instrument: Instrument, limits: Limits) -> None:
        self._instrument = instrument
        self._limits = limits

    def public(self, pulse: Pulse, result: Result, language: Language) -> Message:
        """For everyone in the channel."""
        said = wording(language)
        if result.hidden:
            return self._message(said, pulse, self._nothing(pulse, result, said), result)
        parts = [*self._head(pulse, result, said), *self._next(pulse, result, said)]
        return self._message(said, pulse, parts, result)

    def full(
        self, pulse: Pulse, result: Result, comments: Sequence[str], language: Language
    ) -> Message:
        """For the lead: every statement as well, and the comments when enough answered."""
        said = wording(language)
        if result.hidden:
            nothing = self._nothing(pulse, result, said)
            return self._message(said, pulse, nothing, result, Audience.ASKER)
        parts = [
            *self._head(pulse, result, said),
            self._distribution(pulse, result, said),
            self._table(pulse, result, said),
            *self._left_out(pulse, result, said),
            *self._comments(result, comments, said),
            *self._next(pulse, result, said),
        ]
        return self._message(said, pulse, parts, result, Audience.ASKER)

    def headline(self, pulse: Pulse, result: Result, said: Wording) -> str:
        """The result in one sentence."""
        name = self._instrument.name(pulse.pillar, said.language)
        if result.hidden:
            return said.say("pulse.result_hidden_summary", pillar=name)
        if len(result.pillars) == 1:
            score = result.pillars[0]
            return said.say(
                "pulse.result_summary", pillar=name, score=score.value, band=band(score, said)
            )
        return said.say("pulse.result_all_summary", answered=result.respondents, n=result.invited)

    def change(self, change: Change, said: Wording) -> str:
        if not change.real:
            return said.say("pulse.change_none")
        key = "pulse.change_up" if change.difference > 0 else "pulse.change_down"
        return said.say(
            key, points=abs(change.difference), low=_signed(change.low), high=_signed(change.high)
        )

    def why_hidden(self, hidden: Hidden, said: Wording) -> str:
        return said.say(f"pulse.hidden_{hidden.value}", least=self._limits.scores)

    def _message(
        self,
        said: Wording,
        pulse: Pulse,
        parts: Sequence[Part],
        result: Result,
        audience: Audience = Audience.THREAD,
    ) -> Message:
        return Message(
            parts=tuple(parts),
            summary=self.headline(pulse, result, said),
            language=said.language,
            audience=audience,
        )

    def _title(self, pulse: Pulse, said: Wording) -> Heading:
        name = self._instrument.name(pulse.pillar, said.language)
        day = said.day(pulse.closes.date())
        return Heading(text=said.say("pulse.result_title", pillar=name, day=day))

    def _nothing(self, pulse: Pulse, result: Result, said: Wording) -> list[Part]:
        assert result.hidden
        return [self._title(pulse, said), Text(text=self.why_hidden(result.hidden, said))]

    def _head(self, pulse: Pulse, result: Result, said: Wording) -> list[Part]:
        name = self._instrument.name
        pairs = [(said.say("pulse.result_answered"), _answered(result, said))]
        for score in result.pillars:
            pairs.append((name(score.of, said.language), self._score(score, said)))
            change = result.change(score.of)
            if change:
                pairs.append((said.say("pulse.result_change"), self.change(change, said)))
        scores = result.topics if len(result.pillars) == 1 else result.pillars
        labels = [
            self._instrument.topic(one.of, said.language)
            if "." in one.of
            else name(one.of, said.language)
            for one in scores
        ]
        chart = Chart(
            kind=ChartKind.BAR,
            title=said.say("pulse.chart_scores"),
            labels=tuple(labels),
            series=(
                Series(
                    name=said.say("pulse.score"), values=tuple(float(one.value) for one in scores)
                ),
            ),
            lowest=0,
            highest=100,
        )
        return [self._title(pulse, said), Facts(pairs=tuple(pairs)), chart]

    def _score(self, score: Score, said: Wording) -> str:
        return said.say(
            "pulse.score_line",
            score=score.value,
            band=band(score, said),
            low=score.low,
            high=score.high,
        )

    def _distribution(self, pulse: Pulse, result: Result, said: Wording) -> Chart:
        shown = _shown(result)
        return Chart(
            kind=ChartKind.STACKED,
            title=said.say("pulse.chart_answers"),
            labels=tuple(_text(pulse, one, said) for one in shown),
            series=tuple(
                Series(
                    name=said.say(f"pulse.scale_{step}"),
                    values=tuple(float(one.counts[step - 1]) for one in shown),
                )
                for step in SCALE
            ),
            lowest=0,
        )

    def _table(self, pulse: Pulse, result: Result, said: Wording) -> Table:
        columns = ("statement", "answers", "mean", "favourable", "apart")
        return Table(
            header=tuple(said.say(f"pulse.table_{column}") for column in columns),
            rows=tuple(
                (
                    _text(pulse, one, said),
                    str(one.answers),
                    said.number(one.mean, 1),
                    _share(one.favourable, one.favourable_interval, said),
                    str(one.apart),
                )
                for one in _shown(result)
            ),
        )

    def _left_out(self, pulse: Pulse, result: Result, said: Wording) -> list[Part]:
        return [
            Note(
                text=said.say(
                    "pulse.statement_hidden",
                    statement=_text(pulse, one, said),
                    why=self.why_hidden(one.hidden, said),
                )
            )
            for one in result.statements
            if one.hidden
        ]

    def _comments(self, result: Result, comments: Sequence[str], said: Wording) -> list[Part]:
        if not result.comments:
            return [Note(text=said.say("pulse.comments_hidden", least=self._limits.comments))]
        if not comments:
            return [Note(text=said.say("pulse.comments_none"))]
        shown = tuple(comments[:MOST_COMMENTS])
        return [Bullets(items=shown, title=said.say("pulse.comments_title", n=len(comments)))]

    def _next(self, pulse: Pulse, result: Result, said: Wording) -> list[Part]:
        parts: list[Part] = []
        for score in result.weakest(WEAKEST):
            topic = self._instrument.topic(score.of, said.language)
            steps = self._instrument.steps(score.of, said.language, STEPS)
            if not steps:
                continue
            title = said.say("pulse.next_title", topic=topic, score=score.value)
            button = Button(
                label=said.say("pulse.action_button"),
                action="actions.new",
                value=f"{pulse.id}|{score.of}",
                opens=True,
            )
            parts += [
                Bullets(items=steps, ordered=True, title=title),
                Buttons(buttons=(button,)),
            ]
        return parts


def band(score: Score, said: Wording) -> str:
    """Its shape and its word: never colour alone."""
    return f"{SHAPES[score.band]} {said.say(f'pulse.band_{score.band.value}')}"


def _answered(result: Result, said: Wording) -> str:
    return said.say(
        "pulse.answered",
        answered=result.respondents,
        n=result.invited,
        rate=said.percent(result.response_rate),
    )


def _share(share: float, interval: Interval, said: Wording) -> str:
    low, high = said.percent(interval.low), said.percent(interval.high)
    return f"{said.percent(share)} ({low}–{high})"


def _shown(result: Result) -> tuple[StatementResult, ...]:
    return tuple(one for one in result.statements if one.hidden is None)


def _text(pulse: Pulse, one: StatementResult, said: Wording) -> str:
    found = next((frozen for frozen in pulse.statements if frozen.id == one.statement), None)
    return found.say(said.language) if found else one.statement


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−")
