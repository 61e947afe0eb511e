"""The one thing to do next: a weak topic, a step that is not taken yet, and the open action."""

from dataclasses import dataclass

from bot.instrument import Instrument
from bot.messages import Button, Text
from bot.plaintext import one_line
from bot.ports.actions import Action
from bot.resultpages import band
from bot.scoring import Band, Score
from bot.slots import monday_of
from bot.teamweek import TeamWeek
from bot.values import About
from bot.wording import Wording

LONGEST = 200  # characters of a text that people wrote


@dataclass(frozen=True, kw_only=True, slots=True)
class Focus:
    score: Score
    place: int | None  # of the step to take among the topic's; None: all are taken
    action: Action | None  # open, on this topic


def focus_of(week: TeamWeek, instrument: Instrument) -> Focus | None:
    """The weakest topic on which something is left to do; established ones only if all are."""
    weak = [one for one in week.topics if one.band is not Band.ESTABLISHED] or week.topics
    for score in weak:
        titles = [
            one.title
            for one in (*week.actions, *week.done, *week.done_before)
            if one.topic == score.of
        ]
        place = instrument.step_left(score.of, titles)
        action = next((one for one in week.actions if one.topic == score.of), None)
        if place is not None or action is not None:
            return Focus(score=score, place=place, action=action)
    return Focus(score=weak[0], place=None, action=None) if weak else None


class FocusPart:
    """It in words, with its buttons, and an action elsewhere that should not be forgotten."""

    def __init__(self, week: TeamWeek, instrument: Instrument, said: Wording) -> None:
        self._week = week
        self._instrument = instrument
        self._said = said
        self._focus = focus_of(week, instrument)

    def parts(self) -> list[Text]:
        found = [Text(text="\n".join(self._lines(self._focus)))] if self._focus else []
        other = self._other()
        return (
            [*found, Text(text=action_line(other, self._week, self._said, self._topic(other)))]
            if other
            else found
        )

    def buttons(self) -> list[Button]:
        focus = self._focus
        if focus is None:
            return []
        about = About(subject=focus.score.of, language=self._said.language)
        found = [
            Button(
                label=self._said.say("digest.button_topic"), action="ask.topic", value=about.value()
            )
        ]
        pulse = next((one.pulse for one in self._week.standings if focus.score in one.topics), "")
        if pulse and focus.place is not None:
            found.append(
                Button(
                    label=self._said.say("pulse.action_button"),
                    action="actions.new",
                    value=f"{pulse}|{focus.score.of}",
                    opens=True,
                )
            )
        return found

    def _lines(self, focus: Focus) -> list[str]:
        established = focus.score.band is Band.ESTABLISHED
        lines = [
            self._said.say(
                "digest.focus_established" if established else "digest.focus_topic",
                topic=self._instrument.topic(focus.score.of, self._said.language),
                score=focus.score.value,
                band=band(focus.score, self._said),
            )
        ]
        if focus.place is not None:
            step = self._instrument.step(focus.score.of, focus.place, self._said.language)
            lines.append(self._said.say("digest.focus_step", step=step))
        elif focus.action is None:
            lines.append(self._said.say("digest.focus_done"))
        if focus.action is not None:
            lines.append(action_line(focus.action, self._week, self._said))
        return lines

    def _other(self) -> Action | None:
        """The one that is due first, where the focus has none or this one is overdue."""
        focus = self._focus
        of = focus.score.of if focus else None
        own = focus is not None and focus.action is not None
        others = (one for one in self._week.actions if one.topic != of)
        return next((one for one in others if not own or self._week.overdue(one)), None)

    def _topic(self, action: Action) -> str:
        return self._instrument.topic(action.topic, self._said.language)


def action_line(action: Action, week: TeamWeek, said: Wording, topic: str | None = None) -> str:
    """An open action with who has taken it and until when; `topic` where that isn't clear."""
    kind = "overdue" if week.overdue(action) else "action"
    day = said.short_day(monday_of(action.due_week), week.today)
    return said.say(
        f"digest.{kind}_on" if topic else f"digest.{kind}",
        title=one_line(action.title, LONGEST),
        owner=one_line(action.owner, LONGEST) or said.say("digest.nobody"),
        week=said.say("digest.week_of", day=day),
        topic=topic,
    )
