"""The one sentence that a digest begins with, and the week's win: chosen by what weighs most."""

from dataclasses import dataclass
from enum import StrEnum

from bot.instrument import Instrument
from bot.plaintext import one_line
from bot.ports.actions import Action
from bot.ports.pulses import Pulse
from bot.resultpages import band
from bot.scoring import Band, Hidden
from bot.teamweek import Standing, TeamWeek
from bot.wording import Wording

LONGEST = 120  # characters of an action's title


class Told(StrEnum):
    """What a headline tells of that is nobody's and nothing's own."""

    ASKED = "asked"
    UNANSWERED = "unanswered"
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """What a reader should know who reads no further, and what need not be said again below."""

    text: str
    about: Standing | Action | Pulse | Told


class Headlines:
    """Chooses for one week, in one language."""

    def __init__(self, week: TeamWeek, instrument: Instrument, said: Wording, least: int) -> None:
        self._week = week
        self._instrument = instrument
        self._said = said
        self._least = least

    def first(self) -> Headline:
        week = self._week
        shown = [one for one in week.fresh if one.score]
        fresh = _most_changed(shown) or next(iter([*shown, *week.fresh]), None)
        if fresh is not None and fresh.score:
            return Headline(text=self._result(fresh), about=fresh)
        if week.done:
            return Headline(text=self._done(week.done[0]), about=week.done[0])
        if week.open:
            return Headline(text=self._open(week.open[0]), about=week.open[0])
        if fresh is not None:
            return Headline(text=self._hidden(fresh), about=fresh)
        if week.questions:
            return Headline(text=self._asked(), about=Told.ASKED)
        if week.unanswered:
            text = self._said.say("digest.head_gaps", n=week.unanswered)
            return Headline(text=text, about=Told.UNANSWERED)
        return Headline(text=self._said.say("digest.head_quiet"), about=Told.QUIET)

    def win(self, head: Headline) -> str | None:
        """The line of one good thing that the headline has not told; None if there is none.

        An action that was done comes first: it stands nowhere else.
        """
        done = next((one for one in self._week.done if one is not head.about), None)
        if done is not None:
            return self._said.say("digest.win_done", title=one_line(done.title, LONGEST))
        others = [one for one in self._week.fresh if one is not head.about]
        best = _most_changed([one for one in others if _rose(one)])
        if best is not None:
            return self._said.say("digest.win", text=self._result(best))
        strong = [one for one in others if one.score and one.score.band is Band.ESTABLISHED]
        top = max(strong, key=lambda one: one.score.value if one.score else 0, default=None)
        return self._said.say("digest.win", text=self._result(top)) if top is not None else None

    def _result(self, one: Standing) -> str:
        assert one.score
        pillar = self._instrument.name(one.pillar, self._said.language)
        score, change = one.score, one.change
        if change is None or not change.real:
            return self._said.say(
                "digest.head_result", pillar=pillar, score=score.value, band=band(score, self._said)
            )
        key = "digest.head_up" if change.difference > 0 else "digest.head_down"
        return self._said.say(key, pillar=pillar, score=score.value, n=abs(change.difference))

    def _done(self, action: Action) -> str:
        return self._said.say("digest.head_done", title=one_line(action.title, LONGEST))

    def _open(self, pulse: Pulse) -> str:
        return self._said.say(
            "digest.head_open",
            pillar=self._instrument.name(pulse.pillar, self._said.language),
            closes=self._said.moment_in(pulse.closes, self._week.zone),
        )

    def _hidden(self, one: Standing) -> str:
        why = one.hidden or Hidden.FEW
        pillar = self._instrument.name(one.pillar, self._said.language)
        return self._said.say(f"digest.head_hidden_{why.value}", pillar=pillar, least=self._least)

    def _asked(self) -> str:
        """“Most of them” only where it is more than half."""
        pillar, number = max(self._week.asked, key=lambda one: one[1])
        name = self._instrument.name(pillar, self._said.language)
        n = self._week.questions
        if number == n:
            return self._said.say("digest.head_asked_all", n=n, pillar=name)
        if 2 * number > n:
            return self._said.say("digest.head_asked_most", n=n, pillar=name)
        return self._said.say("digest.head_asked", n=n)


def _most_changed(standings: list[Standing]) -> Standing | None:
    real = [one for one in standings if one.change and one.change.real]
    return max(real, key=lambda one: abs(one.change.difference) if one.change else 0, default=None)


def _rose(one: Standing) -> bool:
    return bool(one.change and one.change.real and one.change.difference > 0)
