"""How an answer goes back: into the thread, to one person, into the card, or into a dialog."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.teams import outbound
from adapters.teams.chat import TeamsChat
from adapters.teams.inbound import ON, OPENED_BY, OPENED_WITH, TYPED, Arrived, Way
from adapters.teams.sender import Payload, Sender
from bot.errors import Refused
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Command,
    Form,
    Message,
    Note,
    Part,
    Submission,
    Tone,
)
from bot.wording import wording

IN_DIALOG = (Way.DIALOG, Way.SUBMITTED, Way.ASKED, Way.ASKED_ON)


class Replies:
    """Sends what must be sent, and gives back what the request itself is answered with."""

    def __init__(self, sender: Sender, chat: TeamsChat) -> None:
        self._sender = sender
        self._chat = chat

    async def give(self, message: Message | None, arrived: Arrived) -> Payload | None:
        """None where the request needs no body. Raises a ChatError."""
        if arrived.way in IN_DIALOG:
            return await self._in_dialog(message, arrived)
        if arrived.way is Way.CARD:
            return await self._in_card(message, arrived)
        if message is not None:
            await self.say(message, arrived)
        return None

    async def say(self, message: Message, arrived: Arrived) -> None:
        """As new messages, by the audience."""
        if message.replaces and arrived.card:
            await self._update(message, arrived)
        elif message.audience is Audience.CHANNEL:
            await self._chat.announce(arrived.reference, arrived.place, message)
        elif message.audience is Audience.ASKER and not arrived.place.private:
            await self._privately(message, arrived)
        else:
            await self._post(message, arrived)

    async def _post(self, message: Message, arrived: Arrived) -> None:
        reference = arrived.reference
        activity = outbound.activity(message)
        await self._sender.post(
            reference.service_url, reference.conversation, activity, patient=True
        )

    async def _update(self, message: Message, arrived: Arrived) -> None:
        reference = arrived.reference
        activity = outbound.activity(message)
        await self._sender.update(
            reference.service_url, reference.conversation, arrived.card or "", activity
        )

    async def _privately(self, message: Message, arrived: Arrived) -> None:
        """A form behind a button that opens it for whoever clicks; else in their own chat."""
        opener = _opener(arrived) if message.form() else None
        if opener:
            await self._post(_door(message, *opener), arrived)
            return
        try:
            await self._chat.to_person(arrived.reference, arrived.person, message, patient=True)
        except Refused:
            await self._post(_word(message, "teams.no_private_chat"), arrived)
        else:
            await self._post(_word(message, "teams.answered_privately"), arrived)

    # ── card actions ─────────────────────────────────────────────────────────

    async def _in_card(self, message: Message | None, arrived: Arrived) -> Payload:
        if message is None:  # a repeated click, already answered
            return outbound.noticed("")
        submitted = any(isinstance(inbound, Submission) for inbound in arrived.inbounds)
        if submitted and _is_refusal(message):
            return outbound.noticed(message.summary)
        if message.replaces or submitted:
            return await self._in_place(message, arrived)
        if message.audience is Audience.ASKER and outbound.is_notice(message):
            return outbound.noticed(message.summary)
        if message.audience is Audience.ASKER and not arrived.place.private:
            return outbound.replaced(message)  # only the client that clicked sees this
        await self.say(message, arrived)
        return outbound.noticed(wording(message.language).say("teams.done"))

    async def _in_place(self, message: Message, arrived: Arrived) -> Payload:
        """Instead of the card: for everybody, or for the one who clicked."""
        private = arrived.place.private
        if not message.replaces and message.audience is not Audience.ASKER and not private:
            await self.say(message, arrived)
            return outbound.replaced(_word(message, "teams.posted"))
        if arrived.card and (private or message.audience is not Audience.ASKER):
            await self._update(message, arrived)
        return outbound.replaced(message)

    # ── dialogs ──────────────────────────────────────────────────────────────

    async def _in_dialog(self, message: Message | None, arrived: Arrived) -> Payload:
        if message is None:
            return {}
        words = wording(message.language)
        shown = outbound.dialog(message, words.say("teams.dialog_title"), carried=_carried(arrived))
        if message.form():
            return shown
        if message.replaces and arrived.card:
            await self._update(message, arrived)
            return outbound.closing(words.say("teams.done"))
        if message.audience is Audience.ASKER and outbound.is_notice(message):
            return outbound.closing(message.summary)
        if message.audience is Audience.ASKER or arrived.way in (Way.DIALOG, Way.ASKED):
            return shown  # it was asked for here: shown here
        await self.say(message, arrived)
        return outbound.closing(words.say("teams.posted"))


def reopening(message: Message | None, arrived: Arrived) -> tuple[str, str] | None:
    """When a dialog's form was refused: the action that gives the form again."""
    if message is None or arrived.way not in (Way.SUBMITTED, Way.ASKED_ON):
        return None
    action = (arrived.data or {}).get(OPENED_BY)
    if not action or not _is_refusal(message):
        return None
    return action, (arrived.data or {}).get(OPENED_WITH, "")


def filled(form: Message, refusal: Message, values: Mapping[str, str]) -> Message:
    """The form once more, with what was filled in and what is wrong with it."""
    parts: list[Part] = list(refusal.parts)
    for part in form.parts:
        parts.append(_with_values(part, values) if isinstance(part, Form) else part)
    return replace(form, parts=tuple(parts))


def _with_values(form: Form, values: Mapping[str, str]) -> Form:
    fields = tuple(
        replace(field, initial=values.get(field.name, field.initial)) for field in form.fields
    )
    return replace(form, fields=fields)


def _carried(arrived: Arrived) -> dict[str, str]:
    """What every button of a dialog brings back: the card beneath, and how to open it again."""
    carried = dict(arrived.data or {})
    found = {key: carried[key] for key in (ON, OPENED_BY, OPENED_WITH) if key in carried}
    if arrived.card:
        found[ON] = arrived.card
    opener = _opener(arrived)
    if opener:
        found[OPENED_BY], found[OPENED_WITH] = opener
    return found


def _opener(arrived: Arrived) -> tuple[str, str] | None:
    """The action that gives the same form again, to whoever takes it."""
    for inbound in arrived.inbounds:
        if isinstance(inbound, Command):
            return TYPED, f"/{inbound.name} {inbound.text}".strip()
        if isinstance(inbound, Click):
            return inbound.action, inbound.value
    return None


def _door(message: Message, action: str, value: str) -> Message:
    words = wording(message.language)
    note = Note(text=words.say("teams.form_is_private"))
    button = Button(label=words.say("teams.open_form"), action=action, value=value, opens=True)
    return replace(message, parts=(note, Buttons(buttons=(button,))), audience=Audience.THREAD)


def _word(message: Message, key: str) -> Message:
    text = wording(message.language).say(key)
    return replace(message, parts=(Note(text=text),), summary=text, audience=Audience.THREAD)


def _is_refusal(message: Message) -> bool:
    """Something to mend: what was filled in must not be lost."""
    return outbound.is_notice(message) and any(
        isinstance(part, Note) and part.tone in (Tone.WARNING, Tone.ERROR) for part in message.parts
    )
