"""The one sentence that a digest begins with, and the week's win: chosen by what weighs most."""

from bot.instrument import Instrument
from bot.plaintext import one_line
from bot.resultpages import band
from bot.scoring import Band, Hidden
from bot.teamweek import Standing, TeamWeek
from bot.wording import Wording

LONGEST = 120  # characters of an action's title


def headline(week: TeamWeek, instrument: Instrument, said: Wording) -> str:
    """What a reader should know who reads no further."""
    fresh = _most_changed(week) or next((one for one in week.fresh if one.score), None)
    if fresh is not None:
        return _result(fresh, instrument, said)
    if week.done:
        return said.say("digest.head_done", title=one_line(week.done[0].title, LONGEST))
    if week.open:
        pulse = week.open[0]
        pillar = instrument.name(pulse.pillar, said.language)
        return said.say(
            "digest.head_open", pillar=pillar, closes=said.moment(pulse.closes, week.zone)
        )
    if week.questions:
        pillar = max(week.asked, key=lambda one: one[1])[0]
        return said.say(
            "digest.head_asked", n=week.questions, pillar=instrument.name(pillar, said.language)
        )
    if week.gaps:
        return said.say("digest.head_gaps", n=week.unanswered)
    if week.fresh:
        why = week.fresh[0].hidden or Hidden.FEW
        pillar = instrument.name(week.fresh[0].pillar, said.language)
        return said.say(f"digest.head_hidden_{why.value}", pillar=pillar)
    return said.say("digest.head_quiet")


def win(week: TeamWeek, instrument: Instrument, said: Wording) -> str | None:
    """One good thing of this week; None if there is none to tell."""
    rises = [one for one in week.fresh if one.change and one.change.real]
    rises = [one for one in rises if one.change and one.change.difference > 0]
    if rises:
        best = max(rises, key=lambda one: one.change.difference if one.change else 0)
        return _result(best, instrument, said)
    if week.done:
        return said.say("digest.head_done", title=one_line(week.done[0].title, LONGEST))
    strong = [one.score for one in week.fresh if one.score and one.score.band is Band.ESTABLISHED]
    if strong:
        top = max(strong, key=lambda score: score.value)
        return said.say(
            "digest.win_strong", pillar=instrument.name(top.of, said.language), score=top.value
        )
    if week.questions:
        return said.say("digest.win_asked", n=week.questions)
    return None


def _most_changed(week: TeamWeek) -> Standing | None:
    real = [one for one in week.fresh if one.score and one.change and one.change.real]
    return max(real, key=lambda one: abs(one.change.difference) if one.change else 0, default=None)


def _result(one: Standing, instrument: Instrument, said: Wording) -> str:
    assert one.score
    pillar = instrument.name(one.pillar, said.language)
    change = one.change
    if change is None or not change.real:
        return said.say(
            "digest.head_result", pillar=pillar, score=one.score.value, band=band(one.score, said)
        )
    key = "digest.head_up" if change.difference > 0 else "digest.head_down"
    return said.say(key, pillar=pillar, score=one.score.value, n=abs(change.difference))
