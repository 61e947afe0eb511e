"""One team's week as one message: headline, where it stands, a win, a focus, what was asked."""

from dataclasses import dataclass
from functools import cached_property

from bot.focus import LONGEST, FocusPart, action_line
from bot.headline import Headline, Headlines, Told
from bot.instrument import Instrument
from bot.languages import in_languages
from bot.messages import (
    Audience,
    Bullets,
    Button,
    Buttons,
    Heading,
    Message,
    Note,
    Part,
    Style,
    Text,
)
from bot.plaintext import one_line
from bot.ports.actions import Action
from bot.ports.channels import Languages
from bot.ports.pulses import Pulse
from bot.resultpages import band
from bot.scoring import Limits
from bot.slots import monday_of
from bot.stands import Stands
from bot.teamweek import QUIET_WEEKS, TeamWeek
from bot.wording import Wording, wording
from knowledge.model import Language

LONGEST_QUESTION = 80  # characters
MOST_OPEN = 3  # pulses named, each with its button
MOST_ACTIONS = 10  # in the details


class Digest:
    """Puts a team's week into words; the same facts always give the same message."""

    def __init__(self, instrument: Instrument, limits: Limits | None = None) -> None:
        self._instrument = instrument
        self._least = (limits or Limits()).scores

    def message(self, week: TeamWeek) -> Message:
        """For the channel, in its language or both."""
        return in_languages(week.team.language, lambda language: self._in(week, language))

    def details(self, week: TeamWeek, language: Language) -> Message:
        """What stands behind the button, for one person: that week, and the scores as of now."""
        said = wording(language)
        page = self._page(week, said)
        title = said.say("digest.details_title", days=page.days, day=said.day(week.today))
        return Message(
            parts=(
                Heading(text=title),
                *page.stands.parts(detailed=True),
                *page.topics(),
                *page.all_actions(),
                *page.asked(None),
                *page.gaps(None),
            ),
            summary=title,
            language=language,
            audience=Audience.ASKER,
        )

    def _page(self, week: TeamWeek, said: Wording, *, beside: bool = False) -> "_Page":
        return _Page(
            week=week, said=said, instrument=self._instrument, least=self._least, beside=beside
        )

    def _in(self, week: TeamWeek, language: Language) -> Message:
        beside = week.team.language is Languages.BOTH and language is Language.ZH
        page = self._page(week, wording(language), beside=beside)
        head = page.headlines.first()
        parts = page.quiet(head) if week.quiet else page.full(head)
        return Message(
            parts=tuple(parts), summary=head.text, language=language, audience=Audience.CHANNEL
        )


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One language's digest in the making."""

    week: TeamWeek
    said: Wording
    instrument: Instrument
    least: int  # respondents of a score that is shown
    beside: bool  # it stands beside the same in English, which has quoted all questions

    @cached_property
    def stands(self) -> Stands:
        return Stands(self.week, self.instrument, self.said, self.least)

    @cached_property
    def headlines(self) -> Headlines:
        return Headlines(self.week, self.instrument, self.said, self.least)

    @cached_property
    def focus(self) -> FocusPart:
        return FocusPart(self.week, self.instrument, self.said)

    @property
    def days(self) -> str:
        return self.said.days(self.week.span.first, self.week.span.last)

    def full(self, head: Headline) -> list[Part]:
        return [
            Heading(text=self._title()),
            Text(text=head.text, strong=True),
            *self.stands.parts(),
            *self.stands.chart(),
            *self._win(head),
            *self.focus.parts(),
            *self.asked(head),
            *self.gaps(head),
            *self._open(head),
            self._buttons(),
        ]

    def quiet(self, head: Headline) -> list[Part]:
        """Three lines; at the fourth such week in a row, and every four more, a question."""
        parts: list[Part] = [
            Text(text=head.text, strong=True),
            Text(text=self.stands.in_one_line()),
            Text(text=self._nudge()),
        ]
        if self.week.asks_to_pause:
            text = self.said.say("digest.quiet_long", n=self.week.quiet_weeks)
            pause = self.said.say("digest.button_pause", n=QUIET_WEEKS)
            keep = self.said.say("digest.button_keep")
            weeks = str(QUIET_WEEKS)
            buttons = (
                Button(label=pause, action="digest.pause", value=weeks, style=Style.PRIMARY),
                Button(label=keep, action="digest.keep"),
            )
            parts += [Note(text=text), Buttons(buttons=buttons)]
        return parts

    def _title(self) -> str:
        if self.week.late:
            day = self.said.day(self.week.today)
            return self.said.say("digest.title_late", days=self.days, day=day)
        return self.said.say("digest.title", days=self.days)

    def _win(self, head: Headline) -> list[Part]:
        text = self.headlines.win(head)
        return [Text(text=text)] if text else []

    def asked(self, head: Headline | None) -> list[Part]:
        """How many questions on what, without the number that the headline told."""
        if not self.week.asked:
            return []
        told = head is not None and head.about is Told.ASKED
        if told and len(self.week.asked) == 1:
            return []
        words = [
            self.said.say(
                "digest.asked_pillar",
                pillar=self.instrument.name(pillar, self.said.language),
                number=number,
            )
            for pillar, number in self.week.asked
        ]
        pillars = self.said.listing(words)
        if told:
            return [Text(text=self.said.say("digest.asked_on", pillars=pillars))]
        return [Text(text=self.said.say("digest.asked", n=self.week.questions, pillars=pillars))]

    def gaps(self, head: Headline | None) -> list[Part]:
        """The most asked questions that had no answer, as they were cleaned when kept; of those
        asked in private, which nobody else has read, only the number."""
        more = self.week.unanswered - len(self.week.gaps)
        if not self.week.gaps:
            told = head is not None and head.about is Told.UNANSWERED
            if told or not more:
                return []
            return [Text(text=self.said.say("digest.gaps_number", n=more))]
        key = "digest.gap_times" if self.beside else "digest.gap"
        items = [
            self.said.say(key, n=gap.times, text=one_line(gap.text, LONGEST_QUESTION))
            for gap in self.week.gaps
        ]
        if more:
            items.append(self.said.say("digest.gaps_more", n=more))
        return [Bullets(items=tuple(items), title=self.said.say("digest.gaps_title"))]

    def _open(self, head: Headline) -> list[Part]:
        lines = [
            self.said.say(
                "digest.open",
                pillar=self.instrument.name(pulse.pillar, self.said.language),
                closes=self.said.moment_in(pulse.closes, self.week.zone),
            )
            for pulse in self.week.open[:MOST_OPEN]
            if pulse is not head.about
        ]
        return [Note(text="\n".join(lines))] if lines else []

    def _buttons(self) -> Buttons:
        details = Button(
            label=self.said.say("digest.button_details"),
            action="digest.details",
            value=self.week.week,
        )
        answers = (self._answer(pulse) for pulse in self.week.open[:MOST_OPEN])
        return Buttons(buttons=(details, *self.focus.buttons(), *answers))

    def _answer(self, pulse: Pulse) -> Button:
        pillar = self.instrument.name(pulse.pillar, self.said.language)
        return Button(
            label=self.said.say("digest.button_answer", pillar=pillar),
            action="pulse.answer",
            value=pulse.id,
            style=Style.PRIMARY,
            opens=True,
        )

    def _nudge(self) -> str:
        if self.week.actions:
            action = self.week.actions[0]
            topic = self.instrument.topic(action.topic, self.said.language)
            return action_line(action, self.week, self.said, topic)
        return self.said.say("digest.nudge")

    def topics(self) -> list[Part]:
        scores = [score for one in self.week.standings for score in one.topics]
        items = tuple(
            self.said.say(
                "digest.topic",
                topic=self.instrument.topic(score.of, self.said.language),
                score=score.value,
                band=band(score, self.said),
            )
            for score in scores
        )
        return [Bullets(items=items, title=self.said.say("digest.topics_title"))] if items else []

    def all_actions(self) -> list[Part]:
        items = tuple(self._listed(one) for one in self.week.actions[:MOST_ACTIONS])
        return [Bullets(items=items, title=self.said.say("digest.actions_title"))] if items else []

    def _listed(self, action: Action) -> str:
        """As `/coach actions` lists it."""
        overdue = self.week.overdue(action)
        return self.said.say(
            "actions.line_overdue" if overdue else "actions.line",
            title=one_line(action.title, LONGEST),
            topic=self.instrument.topic(action.topic, self.said.language),
            owner=one_line(action.owner, LONGEST) or self.said.say("actions.nobody"),
            week=self.said.day(monday_of(action.due_week)),
        )
