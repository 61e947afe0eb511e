"""One team's week as one message: headline, where it stands, a win, a focus, what was asked."""

from dataclasses import dataclass

from bot.headline import headline, win
from bot.instrument import Instrument
from bot.languages import in_languages
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
    Style,
    Text,
)
from bot.plaintext import one_line
from bot.ports.actions import Action
from bot.resultpages import band
from bot.scoring import Change, Hidden, Limits
from bot.teamweek import Standing, TeamWeek
from bot.values import About
from bot.wording import Wording, wording
from knowledge.model import Language

LONGEST = 200  # characters of a text that people wrote
LONGEST_QUESTION = 80
STEPS = 1
PAUSE_WEEKS = "4"


class Digest:
    """Puts a team's week into words; the same facts always give the same message."""

    def __init__(self, instrument: Instrument, limits: Limits | None = None) -> None:
        self._instrument = instrument
        self._least = (limits or Limits()).scores

    def message(self, week: TeamWeek) -> Message:
        """For the channel, in its language or both."""
        return in_languages(week.team.language, lambda language: self._in(week, language))

    def details(self, week: TeamWeek, language: Language) -> Message:
        """What stands behind the button, as it is now, for one person."""
        said = wording(language)
        page = self._page(week, said)
        title = said.say("digest.details_title", day=said.day(week.at.date()))
        return Message(
            parts=(
                Heading(text=title),
                *page.intervals(),
                *page.topics(),
                *page.all_actions(),
                *page.gaps(),
            ),
            summary=title,
            language=language,
            audience=Audience.ASKER,
        )

    def _page(self, week: TeamWeek, said: Wording) -> "_Page":
        return _Page(week=week, said=said, instrument=self._instrument, least=self._least)

    def _in(self, week: TeamWeek, language: Language) -> Message:
        said = wording(language)
        page = self._page(week, said)
        first = headline(week, self._instrument, said)
        parts = page.quiet(first) if week.quiet else page.full(first)
        return Message(
            parts=tuple(parts), summary=first, language=language, audience=Audience.CHANNEL
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """One language's digest in the making."""

    week: TeamWeek
    said: Wording
    instrument: Instrument
    least: int  # respondents of a score that is shown

    def full(self, first: str) -> list[Part]:
        return [
            Heading(text=self.said.say("digest.title", week=self.week.week)),
            Text(text=first, strong=True),
            *self._standings(),
            *self._chart(),
            *self._win(first),
            *self._focus(),
            *self._asked(),
            *self.gaps(),
            *self._open(),
            self._buttons(),
        ]

    def quiet(self, first: str) -> list[Part]:
        """Three lines; after four such weeks a question."""
        parts: list[Part] = [
            Text(text=first, strong=True),
            Text(text=self._in_one_line()),
            Text(text=self._nudge()),
        ]
        if self.week.asks_to_pause:
            parts.append(Note(text=self.said.say("digest.quiet_long")))
            pause = self.said.say("digest.button_pause", n=int(PAUSE_WEEKS))
            keep = self.said.say("digest.button_keep")
            buttons = (
                Button(label=pause, action="digest.pause", value=PAUSE_WEEKS, style=Style.PRIMARY),
                Button(label=keep, action="digest.keep"),
            )
            parts.append(Buttons(buttons=buttons))
        return parts

    def _standings(self) -> list[Part]:
        if not self.week.standings:
            return [Text(text=self.said.say("digest.no_pulse_yet"))]
        latest = {one.pillar: one for one in self.week.standings}
        pairs = [
            (self.instrument.name(pillar, self.said.language), self._stands(latest.get(pillar)))
            for pillar in self.instrument.pillars
        ]
        return [Facts(pairs=tuple(pairs))]

    def _stands(self, one: Standing | None) -> str:
        if one is None:
            return self.said.say("digest.never_asked")
        day = self.said.day(one.closed.date())
        if one.score is None:
            why = one.hidden or Hidden.FEW
            return self.said.say(f"digest.hidden_{why.value}", day=day, least=self.least)
        line = self.said.say(
            "digest.stands",
            score=one.score.value,
            band=band(one.score, self.said),
            n=one.score.people,
            day=day,
            change=self._change(one.change),
        )
        return line.rstrip()

    def _change(self, change: Change | None) -> str:
        if change is None:
            return ""
        if not change.real:
            return self.said.say("digest.no_change")
        key = "digest.up" if change.difference > 0 else "digest.down"
        return self.said.say(key, n=abs(change.difference))

    def _chart(self) -> list[Part]:
        past = self.week.past
        if len(past) < 2:
            return []
        shown = [
            pillar
            for pillar in self.instrument.pillars
            if any(one.result and one.result.pillar(pillar) for one in past)
        ]
        series = tuple(
            Series(
                name=self.instrument.name(pillar, self.said.language),
                values=tuple(
                    float(score.value)
                    if one.result and (score := one.result.pillar(pillar))
                    else None
                    for one in past
                ),
            )
            for pillar in shown
        )
        title = self.said.say("digest.chart_title", n=len(past))
        labels = tuple(self.said.day(one.closes.date()) for one in past)
        return [
            Chart(
                kind=ChartKind.LINE,
                title=title,
                labels=labels,
                series=series,
                lowest=0,
                highest=100,
            )
        ]

    def _win(self, first: str) -> list[Part]:
        text = win(self.week, self.instrument, self.said)
        if text is None or text == first:
            return []
        return [Text(text=self.said.say("digest.win", text=text))]

    def _focus(self) -> list[Part]:
        weakest = self.week.weakest
        if weakest is None:
            due = self.week.actions[:1]
            return (
                [Text(text=self.said.say("digest.focus", text=self._action(due[0])))] if due else []
            )
        topic = self.instrument.topic(weakest.of, self.said.language)
        lines = [self.said.say("digest.focus_topic", topic=topic, score=weakest.value)]
        steps = self.instrument.steps(weakest.of, self.said.language, STEPS)
        lines += [self.said.say("digest.focus_step", step=step) for step in steps]
        about = [one for one in self.week.actions if one.topic == weakest.of]
        action = next(iter(about or self.week.actions), None)
        if action is not None:
            lines.append(self._action(action))
        return [Text(text="\n".join(lines))]

    def _action(self, action: Action) -> str:
        """An open action with who has taken it and until when."""
        owner = one_line(action.owner, LONGEST) or self.said.say("digest.nobody")
        title = one_line(action.title, LONGEST)
        return self.said.say("digest.action", title=title, owner=owner, week=action.due_week)

    def _asked(self) -> list[Part]:
        if not self.week.asked:
            return []
        words = [
            self.said.say(
                "digest.asked_pillar",
                pillar=self.instrument.name(pillar, self.said.language),
                number=number,
            )
            for pillar, number in self.week.asked
        ]
        text = self.said.say(
            "digest.asked", n=self.week.questions, pillars=self.said.listing(words)
        )
        return [Text(text=text)]

    def gaps(self) -> list[Part]:
        """The most asked questions that had no answer, as they were cleaned when kept."""
        if not self.week.gaps:
            return []
        items = tuple(
            self.said.say("digest.gap", n=gap.times, text=one_line(gap.text, LONGEST_QUESTION))
            for gap in self.week.gaps
        )
        return [Bullets(items=items, title=self.said.say("digest.gaps_title"))]

    def _open(self) -> list[Part]:
        if not self.week.open:
            return []
        lines = [
            self.said.say(
                "digest.open",
                pillar=self.instrument.name(pulse.pillar, self.said.language),
                closes=self.said.moment(pulse.closes, self.week.zone),
            )
            for pulse in self.week.open[:3]
        ]
        return [Note(text="\n".join(lines))]

    def _buttons(self) -> Buttons:
        buttons = [
            Button(
                label=self.said.say("digest.button_details"),
                action="digest.details",
                value=self.week.week,
            )
        ]
        if self.week.weakest is not None:
            about = About(subject=self.week.weakest.of, language=self.said.language)
            label = self.said.say("digest.button_topic")
            buttons.append(Button(label=label, action="ask.topic", value=about.value()))
        return Buttons(buttons=tuple(buttons))

    def _in_one_line(self) -> str:
        scores = [
            f"{self.instrument.name(one.pillar, self.said.language)} {one.score.value}"
            for one in self.week.standings
            if one.score is not None
        ]
        if not scores:
            return self.said.say("digest.no_pulse_yet")
        return self.said.say("digest.scores", scores=self.said.listing(scores))

    def _nudge(self) -> str:
        if self.week.actions:
            return self._action(self.week.actions[0])
        return self.said.say("digest.nudge")

    def intervals(self) -> list[Part]:
        """Each score with its 95 % interval."""
        pairs = [
            (
                self.instrument.name(one.pillar, self.said.language),
                self.said.say(
                    "digest.interval",
                    score=one.score.value,
                    low=one.score.low,
                    high=one.score.high,
                    n=one.score.people,
                ),
            )
            for one in self.week.standings
            if one.score is not None
        ]
        return [Facts(pairs=tuple(pairs))] if pairs else self._standings()

    def topics(self) -> list[Part]:
        scores = [score for one in self.week.standings for score in one.topics]
        items = tuple(
            f"{self.instrument.topic(score.of, self.said.language)}: "
            f"{score.value} · {band(score, self.said)}"
            for score in scores
        )
        return [Bullets(items=items, title=self.said.say("digest.topics_title"))] if items else []

    def all_actions(self) -> list[Part]:
        items = tuple(self._action(one) for one in self.week.actions[:10])
        return [Bullets(items=items, title=self.said.say("digest.actions_title"))] if items else []
