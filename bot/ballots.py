"""Answering a pulse: the form with its terms, the ballot, and silence for who wants it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.coach import Routes, language_for
from bot.errors import Invalid, NotAllowed, NotFound, TooLate
from bot.instrument import Instrument
from bot.messages import (
    Click,
    Command,
    Field,
    Form,
    Inbound,
    Message,
    Note,
    Option,
    Scale,
    Submission,
    TextField,
    Tone,
)
from bot.ports.pulses import (
    Ballot,
    BallotStore,
    Pulse,
    PulsePeopleStore,
    PulseState,
    PulseStore,
    Receipt,
)
from bot.replies import to_asker, word
from bot.roles import Roles
from bot.scoring import APART, SCALE, Answers, Limits
from bot.wording import Wording, wording
from knowledge.normalise import visible

MOST_COMMENT = 500  # characters
NOT_APPLICABLE = "na"
COMMENT = "comment"
MENTIONS = re.compile(
    r"<at\b[^>]*>.*?</at>|<[@#!][^>]*>|(?<![\w@])@[\w.-]+", re.IGNORECASE | re.DOTALL
)
REFUSALS = {
    Receipt.CLOSED: "pulse.answer_closed",
    Receipt.CANCELLED: "pulse.answer_cancelled",
}


class Ballots:
    """Click `pulse.answer`, form `pulse.ballot`, `/pulse mute` and `unmute`."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        ballots: BallotStore,
        people: PulsePeopleStore,
        roles: Roles,
        instrument: Instrument,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._people = people
        self._roles = roles
        self._instrument = instrument
        self._limits = limits
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={
                "pulse mute": self._mute,
                "pulse 静音": self._mute,
                "pulse unmute": self._unmute,
                "pulse 取消静音": self._unmute,
            },
            clicks={"pulse.answer": self._ask, "pulse.mute": self._mute},
            forms={"pulse.ballot": self._answer},
        )

    async def _ask(self, click: Click) -> Message:
        said = wording(language_for(click))
        pulse = await self._open_for(click, click.value)
        form = Form(
            form="pulse.ballot",
            title=said.say("pulse.ballot_title"),
            context=pulse.id,
            fields=(*self._scales(pulse, said), _comment(said)),
            submit=said.say("pulse.ballot_submit"),
            note=self._terms(pulse, said),
        )
        return to_asker(said, said.say("pulse.ballot_title"), form)

    def _scales(self, pulse: Pulse, said: Wording) -> tuple[Field, ...]:
        options = tuple(
            Option(label=said.say(f"pulse.scale_{step}"), value=str(step)) for step in SCALE
        )
        apart = Option(label=said.say("pulse.scale_apart"), value=NOT_APPLICABLE)
        return tuple(
            Scale(name=one.id, label=one.say(said.language), options=options, apart=apart)
            for one in pulse.statements
        )

    def _terms(self, pulse: Pulse, said: Wording) -> str:
        return said.say(
            "pulse.terms",
            pillar=self._instrument.name(pulse.pillar, said.language),
            least=self._limits.scores,
            comments=self._limits.comments,
            closes=said.moment(pulse.closes, pulse.zone),
        )

    async def _answer(self, submission: Submission) -> Message:
        said = wording(language_for(submission))
        pulse = await self._open_for(submission, submission.context)
        answers = _answers(pulse, submission.values, said)
        written = submission.values.get(COMMENT, "")
        ballot = Ballot(answers=answers, comment=_kept(written))
        receipt = await self._ballots.answer(pulse, submission.person, ballot, self._clock())
        if receipt in REFUSALS:
            raise TooLate(REFUSALS[receipt])
        if receipt is Receipt.NOT_INVITED:
            raise NotAllowed("pulse.answer_not_invited")
        text = said.say(
            "pulse.answer_kept" if receipt is Receipt.NEW else "pulse.answer_replaced",
            closes=said.moment(pulse.closes, pulse.zone),
        )
        parts = [Note(text=text, tone=Tone.SUCCESS)]
        if len(written) > MOST_COMMENT:
            parts.append(
                Note(text=said.say("pulse.comment_cut", most=MOST_COMMENT), tone=Tone.WARNING)
            )
        return to_asker(said, text, *parts)

    async def _open_for(self, inbound: Inbound, pulse: str) -> Pulse:
        """The pulse, if this person may answer it now."""
        self._roles.require_member(inbound)
        found = await self._pulses.pulse(inbound.person.workspace, pulse)
        if found is None:
            raise NotFound("pulse.answer_unknown")
        if found.state is PulseState.CANCELLED:
            raise TooLate("pulse.answer_cancelled")
        if found.state is PulseState.CLOSED or found.closes <= self._clock():
            raise TooLate("pulse.answer_closed")
        if not await self._pulses.is_invited(found, inbound.person):
            raise NotAllowed("pulse.answer_not_invited")
        return found

    async def _mute(self, inbound: Command | Click) -> Message:
        said = wording(language_for(inbound))
        new = await self._people.mute(inbound.person)
        return word(said, said.say("pulse.muted" if new else "pulse.was_muted"), Tone.SUCCESS)

    async def _unmute(self, inbound: Command) -> Message:
        said = wording(language_for(inbound))
        was = await self._people.unmute(inbound.person)
        return word(said, said.say("pulse.unmuted" if was else "pulse.was_unmuted"), Tone.SUCCESS)


def _answers(pulse: Pulse, values: Mapping[str, str], said: Wording) -> Answers:
    """Raises Invalid for an answer off the scale, one that is missing, one to something else."""
    known = {*pulse.order, COMMENT}
    if any(name not in known for name in values):
        raise Invalid("pulse.unknown_statement")
    found = []
    for one in pulse.statements:
        value = values.get(one.id, "").strip().lower()
        if not value:
            raise Invalid("pulse.missing_answer", statement=one.say(said.language))
        if value == NOT_APPLICABLE:
            found.append(APART)
        elif value in {str(step) for step in SCALE}:
            found.append(int(value))
        else:
            raise Invalid("pulse.bad_answer", statement=one.say(said.language))
    return tuple(found)


def _comment(said: Wording) -> TextField:
    return TextField(
        name=COMMENT,
        label=said.say("pulse.comment_label"),
        multiline=True,
        most=MOST_COMMENT,
        optional=True,
        hint=said.say("pulse.comment_hint"),
    )


def _kept(comment: str) -> str:
    """What is kept of a comment: visible characters, nobody mentioned, no longer than there is
    room for."""
    text = MENTIONS.sub("[…]", visible(comment[: 2 * MOST_COMMENT]))
    return re.sub(r"\s+", " ", text).strip()[:MOST_COMMENT]
