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
from bot.slots import week_key
from bot.teamweek import TeamWeeks
from bot.wording import wording

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
        kind = SlotKind.DIGEST
        if words and MEANT.get(words[0]) == "rollup":
            kind, words = SlotKind.ROLLUP, verb_first(words[1:])
        verb = MEANT.get(words[0], "") if words else ""
        self._roles.require_member(command)
        if verb == "help":
            return self._help(command)
        if command.place.private:
            raise Invalid("digest.in_channel")
        own = {"preview": self._preview, "history": self._history, "again": self._again}.get(verb)
        if own is None:
            return await self._settings.change(command, kind, words)
        nothing_more(words[1:])
        return await own(command, kind)

    def _help(self, command: Command) -> Message:
        said = wording(language_for(command))
        lines = tuple(said.say("digest.help").split("\n"))
        title = said.say("digest.help_title")
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
        message, _ = await self._sender.made(slot, _week(slot, now), now)
        said = wording(language_for(inbound))
        note = Note(text=said.say("digest.preview"), tone=Tone.INFO)
        return replace(message, parts=(note, *message.parts), audience=Audience.ASKER)

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
            return word(said, said.say("digest.no_history"))
        title = said.say("digest.history_title")
        items = tuple(f"{one.week}: {one.headline}" for one in past)
        buttons = tuple(
            Button(label=one.week, action="digest.show", value=f"{kind.value} {one.week}")
            for one in past[:5]
        )
        return to_asker(said, title, Bullets(items=items, title=title), Buttons(buttons=buttons))

    async def _show(self, click: Click) -> Message:
        """One past digest, whole."""
        kind, _, week = click.value.partition(" ")
        self._roles.require_member(click)
        if kind == SlotKind.ROLLUP.value:
            await self._roles.require_admin(click)
        found = await self._past(click, kind, week)
        said = wording(language_for(click))
        title = said.say("digest.title", week=week)
        parts: tuple[Part, ...] = (Text(text=title, strong=True), Text(text=found.text))
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
        self._roles.require_member(click)
        now = self._clock()
        slot = await self._slot(click, SlotKind.DIGEST)
        facts = await self._weeks.of(slot, _week(slot, now), now)
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
        message, quiet = await self._sender.made(slot, last.send.subject, self._clock())
        try:
            await self._chat.update(last.posted, message)
        except Refused as error:
            raise Invalid("digest.post_gone") from error
        except ChatError as error:
            raise Invalid("digest.platform_away") from error
        await self._sender.keep(slot, last.send.subject, message, self._clock(), quiet=quiet)
        await self._roles.note(command, f"{kind.value}.again", last.send.subject)
        return word(said, said.say("digest.redone", week=last.send.subject), Tone.SUCCESS)

    async def _last(self, command: Command, kind: SlotKind) -> Delivery | None:
        past = await self._channels.digests(
            command.place.workspace, command.place.channel, kind, most=MOST_HISTORY
        )
        for one in past:
            key = f"{kind.value}:{command.place.channel}:{one.week}"
            delivery = await self._sends.one(command.place.workspace, key)
            if delivery is not None and delivery.state is SendState.SENT and delivery.posted:
                return delivery
        return None


def _week(slot: Slot, now: datetime) -> str:
    """Of the digest that would come next, or of today where none is planned."""
    return slot.week or week_key(now.date())
