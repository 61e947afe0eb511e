"""Starting a pulse: a form, a preview, the launch; and what is going on in this channel."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.coach import Routes, language_for
from bot.errors import Invalid
from bot.instrument import Instrument
from bot.invitations import as_in
from bot.launching import Draft, Launching
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Choice,
    Click,
    Command,
    Facts,
    Form,
    Heading,
    Inbound,
    Message,
    Note,
    Option,
    Part,
    Style,
    Submission,
    Text,
    Tone,
)
from bot.ports.pulses import ALL, Invitee, Pulse, PulseStore
from bot.replies import instead, to_asker
from bot.roles import Roles
from bot.wording import Wording, wording

DAYS = (3, 5, 7, 10, 14)
WEEKS = (0, 2, 4, 12)
YES, NO = "yes", "no"
EVERYONE, OTHERS = "everyone", "others"
HELP_WORDS = frozenset({"", "help", "帮助", "status", "状态"})
FIELDS: Mapping[str, tuple[str, ...]] = {
    "audience": (EVERYONE, OTHERS),
    "days": tuple(f"{days}d" for days in DAYS),
    "invites": (YES, NO),
    "reminders": (YES, NO),
    "repeat": tuple(f"{weeks}w" for weeks in WEEKS),
}
USUAL = {"audience": EVERYONE, "days": "7d", "invites": YES, "reminders": YES, "repeat": "0w"}


class Pulses:
    """`/pulse`, `/pulse people`: from a pillar's name to an open pulse."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        roles: Roles,
        instrument: Instrument,
        launching: Launching,
        clock: Callable[[], datetime],
    ) -> None:
        self._pulses = pulses
        self._roles = roles
        self._instrument = instrument
        self._launching = launching
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"pulse": self._command},
            clicks={"pulse.launch": self._launch, "pulse.discard": self._discard},
            forms={"pulse.start": self._preview},
        )

    async def _command(self, command: Command) -> Message:
        said = wording(language_for(command))
        if command.text.strip().lower() in HELP_WORDS:
            return await self._status(command, said)
        pillar = self._instrument.find(command.text)
        if pillar is None:
            names = said.listing([*self._instrument.names(said.language), said.say("pulse.all")])
            raise Invalid("pulse.unknown_pillar", names=names)
        await self._require_lead_in_channel(command)
        await self._require_free(command, pillar)
        form = self._form(pillar, command.place.channel, said)
        return to_asker(said, said.say("pulse.form_summary"), form)

    async def _status(self, command: Command, said: Wording) -> Message:
        parts: list[Part] = [Heading(text=said.say("pulse.status_title"))]
        if not command.place.private:
            place = command.place
            found = await self._pulses.open_in(place.workspace, place.channel)
            for pulse in found:
                parts += self._shown(pulse, said)
            if not found:
                parts.append(Text(text=said.say("pulse.none_open")))
        lines = ("start", "answer", "lead", "results", "mute")
        helps = tuple(said.say(f"pulse.help_{line}") for line in lines)
        parts.append(Bullets(items=helps, title=said.say("pulse.help_title")))
        return to_asker(said, said.say("pulse.status_summary"), *parts)

    def _shown(self, pulse: Pulse, said: Wording) -> list[Part]:
        return [
            Text(
                text=said.say(
                    "pulse.open_line",
                    pillar=self._instrument.name(pulse.pillar, said.language),
                    answered=pulse.told,
                    n=pulse.invited,
                    closes=said.moment(pulse.closes, pulse.zone),
                )
            ),
            Buttons(
                buttons=(
                    Button(
                        label=said.say("pulse.answer_button"),
                        action="pulse.answer",
                        value=pulse.id,
                        style=Style.PRIMARY,
                        opens=True,
                    ),
                )
            ),
        ]

    def _form(self, pillar: str, channel: str, said: Wording) -> Form:
        name = self._instrument.name(pillar, said.language)
        return Form(
            form="pulse.start",
            title=said.say("pulse.form_title"),
            context=f"{pillar}|{channel}",
            fields=tuple(_choice(field, values, said) for field, values in FIELDS.items()),
            submit=said.say("pulse.form_submit"),
            note=said.say("pulse.form_note", pillar=name),
        )

    async def _preview(self, submission: Submission) -> Message:
        said = wording(language_for(submission))
        values = dict(USUAL) | dict(submission.values)
        pillar, _, channel = submission.context.partition("|")
        token = "|".join([pillar, *(values[field] for field in FIELDS), channel])
        draft = await self._draft(submission, token)
        pulse, audience = await self._launching.prepared(draft, self._clock())
        return to_asker(
            said,
            said.say("pulse.preview_summary"),
            Heading(text=self._title(pulse, said)),
            Facts(pairs=self._facts(pulse, said)),
            Bullets(
                items=tuple(one.say(said.language) for one in pulse.statements),
                ordered=True,
                title=said.say("pulse.preview_statements"),
            ),
            Note(text=self._terms(audience, said), tone=Tone.INFO),
            Buttons(
                buttons=(
                    Button(
                        label=said.say("pulse.launch_button"),
                        action="pulse.launch",
                        value=token,
                        style=Style.PRIMARY,
                    ),
                    Button(label=said.say("pulse.discard_button"), action="pulse.discard"),
                )
            ),
        )

    def _title(self, pulse: Pulse, said: Wording) -> str:
        name = self._instrument.name(pulse.pillar, said.language)
        return said.say("pulse.preview_title", pillar=name)

    def _facts(self, pulse: Pulse, said: Wording) -> tuple[tuple[str, str], ...]:
        values = {
            "audience": said.say("pulse.people", n=pulse.invited),
            "days": said.moment(pulse.closes, pulse.zone),
            "invites": said.say(f"pulse.invites_{YES if pulse.invites else NO}"),
            "reminders": said.say(f"pulse.reminders_{YES if pulse.reminders else NO}"),
            "repeat": said.say(f"pulse.repeat_{pulse.repeat_weeks}w"),
        }
        return tuple((said.say(f"pulse.fact_{field}"), value) for field, value in values.items())

    def _terms(self, audience: tuple[Invitee, ...], said: Wording) -> str:
        limits = self._launching.limits
        terms = said.say("pulse.preview_terms", least=limits.scores, comments=limits.comments)
        if len(audience) >= limits.comments:
            return terms
        return f"{terms} {said.say('pulse.few_warning', n=len(audience), least=limits.scores)}"

    async def _launch(self, click: Click) -> Message:
        said = wording(language_for(click))
        draft = await self._draft(click, click.value)
        pulse, audience = await self._launching.prepared(draft, self._clock())
        if not await self._launching.launch(pulse, audience):
            raise self._open_already(draft.pillar, said)
        await self._roles.note(as_in(click, pulse.channel), "pulse.launched", pulse.id)
        text = said.say(
            "pulse.launched",
            pillar=self._instrument.name(pulse.pillar, said.language),
            n=pulse.invited,
            closes=said.moment(pulse.closes, pulse.zone),
        )
        return instead(said, text, Tone.SUCCESS)

    async def _discard(self, click: Click) -> Message:
        said = wording(language_for(click))
        return instead(said, said.say("pulse.discarded"))

    async def _draft(self, inbound: Inbound, token: str) -> Draft:
        """What was chosen, checked: it comes back from the platform."""
        pillar, *chosen = token.split("|", len(FIELDS) + 1)
        if pillar not in (ALL, *self._instrument.pillars) or len(chosen) != len(FIELDS) + 1:
            raise Invalid("pulse.stale_form")
        inbound = as_in(inbound, chosen.pop())
        await self._require_lead_in_channel(inbound)
        await self._require_free(inbound, pillar)
        values = dict(zip(FIELDS, chosen, strict=True))
        for field, allowed in FIELDS.items():
            if values[field] not in allowed:
                said = wording(language_for(inbound))
                raise Invalid("pulse.bad_choice", field=said.say(f"pulse.fact_{field}"))
        return Draft(
            place=inbound.place,
            lead=inbound.person,
            language=language_for(inbound),
            pillar=pillar,
            with_lead=values["audience"] == EVERYONE,
            days=int(values["days"].rstrip("d")),
            invites=values["invites"] == YES,
            reminders=values["reminders"] == YES,
            repeat_weeks=int(values["repeat"].rstrip("w")),
        )

    async def _require_lead_in_channel(self, inbound: Inbound) -> None:
        if inbound.place.private:
            raise Invalid("pulse.in_channel")
        await self._roles.require_lead(inbound)

    async def _require_free(self, inbound: Inbound, pillar: str) -> None:
        place = inbound.place
        for pulse in await self._pulses.open_in(place.workspace, place.channel):
            if ALL in (pillar, pulse.pillar) or pillar == pulse.pillar:
                raise self._open_already(pulse.pillar, wording(language_for(inbound)))

    def _open_already(self, pillar: str, said: Wording) -> Invalid:
        return Invalid("pulse.open_already", pillar=self._instrument.name(pillar, said.language))


def _choice(field: str, values: tuple[str, ...], said: Wording) -> Choice:
    return Choice(
        name=field,
        label=said.say(f"pulse.fact_{field}"),
        options=tuple(
            Option(label=said.say(f"pulse.{field}_{value}"), value=value) for value in values
        ),
        initial=USUAL[field],
    )
