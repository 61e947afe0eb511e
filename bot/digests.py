"""`/digest`: preview, history, making one again; settings are passed on to `channels`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from functools import partial

from bot.channels import Channels
from bot.coach import Routes, language_for
from bot.digest import Digest
from bot.digestsender import DigestSender
from bot.digestverbs import MEANT, nothing_more, verb_first
from bot.errors import ChatError, Invalid, NotFound, Refused
from bot.languages import in_languages
from bot.messages import (
    Audience,
    Bullets,
    Button,
    Buttons,
    Click,
    Command,
    Inbound,
    Message,
    Note,
    Part,
    Text,
    Tone,
)
from bot.ports.channels import ChannelStore, PastDigest, Slot, SlotKind
from bot.ports.chat import Chat
from bot.ports.sends import Delivery, SendState, SendStore
from bot.replies import to_asker, word
from bot.roles import Roles
from bot.rollup import key_for
from bot.slots import next_slot
from bot.teamweek import TeamWeeks
from bot.wording import Wording, wording
from knowledge.model import Language

MOST_HISTORY = 8


class Digests:
    """What leads and members do about digests by hand."""

    def __init__(
        self,
        *,
        channels: ChannelStore,
        sends: SendStore,
        settings: Channels,
        sender: DigestSender,
        weeks: TeamWeeks,
        digest: Digest,
        roles: Roles,
        chat: Chat,
        clock: Callable[[], datetime],
    ) -> None:
        self._channels = channels
        self._sends = sends
        self._settings = settings
        self._sender = sender
        self._weeks = weeks
        self._digest = digest
        self._roles = roles
        self._chat = chat
        self._clock = clock

    @property
    def routes(self) -> Routes:
        under_coach = partial(self._command, skip=1)
        return Routes(
            commands={
                "digest": self._command,
                "周报": self._command,
                "coach digest": under_coach,
                "coach 周报": under_coach,
            },
            clicks={
                "digest.details": self._details,
                "digest.show": self._show,
                "digest.preview": self._preview_click,
            },
        )

    async def _command(self, command: Command, skip: int = 0) -> Message:
        words = verb_first(command.text.split()[skip:])
        self._roles.require_member(command)
        if words and MEANT.get(words[0]) == "rollup":
            return await self._about_rollup(command, verb_first(words[1:]))
        return await self._verb(command, SlotKind.DIGEST, words)

    async def _about_rollup(self, command: Command, words: list[str]) -> Message:
        """The same verbs, but for the language: a roll-up speaks that of its channel."""
        verb = MEANT.get(words[0], "") if words else ""
        if verb == "language":
            raise Invalid("rollup.no_language")
        try:
            message = await self._verb(command, SlotKind.ROLLUP, words)
        except Invalid as error:
            name = error.key.removeprefix("digest.")
            raise Invalid(key_for(SlotKind.ROLLUP, name), **error.values) from error
        if verb != "on":
            return message
        warning = wording(language_for(command)).say("rollup.names_are_shown")
        return replace(message, parts=(*message.parts, Note(text=warning, tone=Tone.WARNING)))

    async def _verb(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        verb = MEANT.get(words[0], "") if words else ""
        if verb == "help":
            return self._help(command, kind)
        if command.place.private:
            raise Invalid("digest.in_channel")
        own = {"preview": self._preview, "history": self._history, "again": self._again}.get(verb)
        if own is None:
            return await self._settings.change(command, kind, words)
        nothing_more(words[1:])
        return await own(command, kind)

    def _help(self, command: Command, kind: SlotKind) -> Message:
        said = wording(language_for(command))
        lines = tuple(said.say(key_for(kind, "help")).split("\n"))
        title = said.say(key_for(kind, "help_title"))
        return to_asker(said, title, Bullets(items=lines, title=title))

    async def _preview_click(self, click: Click) -> Message:
        self._roles.require_member(click)
        if click.value not in set(SlotKind):
            raise NotFound("errors.stale_button")
        return await self._preview(click, SlotKind(click.value))

    async def _preview(self, inbound: Inbound, kind: SlotKind) -> Message:
        """The post as it would be now, before anything is switched on."""
        if kind is SlotKind.ROLLUP:
            await self._roles.require_admin(inbound)
        now = self._clock()
        slot = await self._slot(inbound, kind)
        week = slot.week or await self._week_of_other(inbound, kind) or _week(slot, now)
        message, _ = await self._sender.made(slot, week, now)
        said = wording(language_for(inbound))
        note = Note(text=said.say("digest.preview"), tone=Tone.INFO)
        return replace(message, parts=(note, *message.parts), audience=Audience.ASKER)

    async def _week_of_other(self, inbound: Inbound, kind: SlotKind) -> str | None:
        """Digest and roll-up of one channel are previewed for the same week."""
        other = SlotKind.DIGEST if kind is SlotKind.ROLLUP else SlotKind.ROLLUP
        return (await self._slot(inbound, other)).week

    async def _slot(self, inbound: Inbound, kind: SlotKind) -> Slot:
        """The channel's, or one that stands for a channel that has none."""
        place = inbound.place
        found = await self._channels.slot(place.workspace, place.channel, kind)
        return found or Slot(
            workspace=place.workspace,
            channel=place.channel,
            kind=kind,
            weekday=0,
            at=time(9),
            zone="UTC",
        )

    async def _history(self, command: Command, kind: SlotKind) -> Message:
        said = wording(language_for(command))
        place = command.place
        if kind is SlotKind.ROLLUP:
            await self._roles.require_admin(command)
        past = await self._channels.digests(place.workspace, place.channel, kind, most=MOST_HISTORY)
        if not past:
            return word(said, said.say(key_for(kind, "no_history")))
        title = said.say(key_for(kind, "history_title"))
        slot = await self._slot(command, kind)
        items = tuple([await self._item(one, slot, said) for one in past])
        buttons = tuple(
            Button(label=one.week, action="digest.show", value=f"{kind.value} {one.week}")
            for one in past
        )
        return to_asker(said, title, Bullets(items=items, title=title), Buttons(buttons=buttons))

    async def _item(self, one: PastDigest, slot: Slot, said: Wording) -> str:
        """A line of the history; one that was made again after it was posted says so."""
        text = f"{one.week}: {one.headline}"
        first = await self._sends.one(one.workspace, _key(one.kind, one.channel, one.week))
        if first is None or first.finished is None or one.made <= first.finished:
            return text
        return f"{text} {made_again(slot, one.made, said)}"

    async def _show(self, click: Click) -> Message:
        """One past digest, whole."""
        kind, _, week = click.value.partition(" ")
        self._roles.require_member(click)
        if kind == SlotKind.ROLLUP.value:
            await self._roles.require_admin(click)
        found = await self._past(click, kind, week)
        said = wording(language_for(click))
        parts: list[Part] = [Text(text=found.text)]
        if found.quiet:  # its text has no title
            title = said.say("digest.past_title", week=week)
            parts.insert(0, Text(text=title, strong=True))
        return to_asker(said, found.headline, *parts)

    async def _past(self, click: Click, kind: str, week: str) -> PastDigest:
        if kind not in set(SlotKind):
            raise NotFound("errors.stale_button")
        place = click.place
        past = await self._channels.digests(
            place.workspace, place.channel, SlotKind(kind), most=MOST_HISTORY
        )
        found = next((one for one in past if one.week == week), None)
        if found is None:
            raise NotFound("errors.stale_button")
        return found

    async def _details(self, click: Click) -> Message:
        """Of the week of the post that the button stands on."""
        self._roles.require_member(click)
        slot = await self._slot(click, SlotKind.DIGEST)
        try:
            facts = await self._weeks.of(slot, click.value, self._clock())
        except (ValueError, OverflowError) as error:
            raise NotFound("errors.stale_button") from error
        return self._digest.details(facts, language_for(click))

    async def _again(self, command: Command, kind: SlotKind) -> Message:
        """Make the last post anew from what is stored now, in the place where it stands."""
        if kind is SlotKind.ROLLUP:
            await self._roles.require_admin(command)
        else:
            await self._roles.require_lead(command)
        said = wording(language_for(command))
        last = await self._last(command, kind)
        if last is None or last.posted is None:
            raise Invalid("digest.nothing_to_redo")
        slot = await self._slot(command, kind)
        message, quiet = await self._made_again(slot, last.send.subject)
        try:
            await self._chat.update(last.posted, message)
        except Refused as error:
            raise Invalid("digest.post_gone") from error
        except ChatError as error:
            raise Invalid("digest.platform_away") from error
        await self._sender.keep(slot, last.send.subject, message, self._clock(), quiet=quiet)
        await self._roles.note(command, f"{kind.value}.again", last.send.subject)
        text = said.say(key_for(kind, "redone"), week=last.send.subject)
        return word(said, text, Tone.SUCCESS)

    async def _made_again(self, slot: Slot, week: str) -> tuple[Message, bool]:
        """As it would be posted now, and with a word that it was not posted now."""
        now = self._clock()
        message, quiet = await self._sender.made(slot, week, now)
        team = await self._channels.team(slot.workspace, slot.channel)

        def noted(language: Language) -> Message:
            text = made_again(slot, now, wording(language))
            return Message(parts=(Note(text=text),), summary=text, language=language)

        parts = (*message.parts, *in_languages(team.language, noted).parts)
        return replace(message, parts=parts), quiet

    async def _last(self, command: Command, kind: SlotKind) -> Delivery | None:
        past = await self._channels.digests(
            command.place.workspace, command.place.channel, kind, most=MOST_HISTORY
        )
        for one in past:
            key = _key(kind, command.place.channel, one.week)
            delivery = await self._sends.one(command.place.workspace, key)
            if delivery is not None and delivery.state is SendState.SENT and delivery.posted:
                return delivery
        return None


def _week(slot: Slot, now: datetime) -> str:
    """Of the digest that comes next, or that would come next if it were on."""
    return slot.week or next_slot(slot.weekday, slot.at, slot.zone, now).week


def _key(kind: SlotKind, channel: str, week: str) -> str:
    """Of the send that posted it."""
    return f"{kind.value}:{channel}:{week}"


def made_again(slot: Slot, at: datetime, said: Wording) -> str:
    return said.say("digest.made_again", moment=said.moment(at, slot.zone), zone=slot.zone)
