"""A team's settings by chat: when it gets its digest, in which language, and its pauses."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from bot.coach import Routes, language_for
from bot.digestverbs import MEANT, languages_of, nothing_more, unknown_verb, weeks_of
from bot.errors import ChatError, Invalid, Refused
from bot.messages import (
    Click,
    Command,
    Inbound,
    Joined,
    Leaving,
    Left,
    Message,
    Note,
    Part,
    Place,
    Renamed,
    Tone,
)
from bot.ports.channels import UNTIL_RESUMED, ChannelStore, Slot, SlotKind, SlotState
from bot.ports.chat import Chat
from bot.ports.sends import SendStore
from bot.replies import word
from bot.roles import Roles
from bot.slotreading import read_slot
from bot.slots import WEEK
from bot.slottelling import slot_facts, slot_told
from bot.weekly import set_next
from bot.wording import wording
from bot.zones import is_zone

Verb = Callable[[Command, SlotKind, list[str]], Awaitable[Message]]


class Channels:
    """`/digest on mon 09:00 Europe/Berlin` and its kin; `rollup` before a verb means the roll-up.

    Watches joining, leaving and renaming, so that settings follow their channel.
    """

    def __init__(
        self,
        *,
        channels: ChannelStore,
        sends: SendStore,
        roles: Roles,
        chat: Chat,
        clock: Callable[[], datetime],
    ) -> None:
        self._channels = channels
        self._sends = sends
        self._roles = roles
        self._chat = chat
        self._clock = clock
        self._verbs: dict[str, Verb] = {
            "on": self._on,
            "off": self._off,
            "pause": self._pause,
            "resume": self._resume,
            "mute": self._mute,
            "language": self._language,
            "status": self._status,
        }

    @property
    def routes(self) -> Routes:
        return Routes(clicks={"digest.pause": self._pause_click, "digest.keep": self._keep_click})

    async def change(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        """What the first word says; status without one. Raises Invalid, NotAllowed."""
        if command.place.private:
            raise Invalid("digest.in_channel")
        verb = self._verbs.get(MEANT.get(words[0], "")) if words else self._status
        if verb is None:
            raise unknown_verb(words[0])
        if verb != self._status:
            await self._allowed(command, kind)
        return await verb(command, kind, words[1:])

    async def _allowed(self, inbound: Inbound, kind: SlotKind) -> None:
        if kind is SlotKind.ROLLUP:
            await self._roles.require_admin(inbound)
        else:
            await self._roles.require_lead(inbound)

    async def _on(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        now = self._clock()
        known = await self._slot(command, kind)
        if not words and known is not None:
            slot = replace(known, state=SlotState.ON, resume=None)
        else:
            weekday, at, zone = read_slot(words, await self._zone_of(command, known), now)
            slot = Slot(
                workspace=command.place.workspace,
                channel=command.place.channel,
                kind=kind,
                weekday=weekday,
                at=at,
                zone=zone,
            )
        await self._remember_channel(command)
        slot = await self._moved_on(replace(slot, changed_by=command.person.id), now)
        await self._channels.put_slot(slot)
        await self._roles.note(command, f"{kind.value}.on", slot.week or "")
        told = self._told(command, slot, kind)
        if known is not None and await self._leaves_out(known, slot):
            text = wording(told.language).say("digest.week_left_out")
            told = replace(
                told, parts=(told.parts[0], Note(text=text, tone=Tone.INFO), *told.parts[1:])
            )
        return told

    async def _leaves_out(self, known: Slot, moved: Slot) -> bool:
        """Whether a week that was to come, and wasn't posted, is skipped by moving the slot."""
        if known.state is SlotState.OFF or known.resume is not None or not known.week:
            return False
        skipped = known.week < (moved.week or "")
        return skipped and await self._sends.one(known.workspace, known.key) is None

    async def _zone_of(self, command: Command, known: Slot | None) -> str | None:
        """Where no zone is written: the one set before, else the lead's own."""
        if known is not None:
            return known.zone
        try:
            zone = (await self._chat.profile(command.person)).zone
        except ChatError:
            return None
        return zone if zone and is_zone(zone) else None

    async def _remember_channel(self, command: Command) -> None:
        """Its name, and that it can be posted to. Raises Invalid where the coach is not in it."""
        place = Place(workspace=command.place.workspace, channel=command.place.channel)
        try:
            name = await self._chat.channel_name(place)
            await self._chat.members(place)
        except Refused as error:
            raise Invalid("digest.not_in_channel") from error
        except ChatError as error:
            raise Invalid("digest.platform_away") from error
        team = await self._channels.team(place.workspace, place.channel)
        await self._channels.put_team(replace(team, name=name or team.name, gone=None))

    async def _moved_on(self, slot: Slot, now: datetime) -> Slot:
        """With its next time; a week that has its post already is skipped."""
        return await self._unsent(set_next(slot, now))

    async def _unsent(self, slot: Slot) -> Slot:
        """As it comes next with a week that has no post yet."""
        while slot.next and await self._sends.one(slot.workspace, slot.key):
            slot = set_next(slot, slot.next)
        return slot

    async def _off(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        nothing_more(words)
        slot = await self._needed(command, kind)
        off = replace(slot, state=SlotState.OFF, next=None, week=None, resume=None)
        await self._channels.put_slot(off)
        await self._roles.note(command, f"{kind.value}.off")
        return self._told(command, off, kind)

    async def _pause(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        slot = await self._paused(command, kind, " ".join(words))
        await self._roles.note(command, f"{kind.value}.pause")
        return self._told(command, slot, kind)

    async def _paused(self, inbound: Inbound, kind: SlotKind, text: str) -> Slot:
        weeks = weeks_of(text)
        slot = await self._needed(inbound, kind)
        until = UNTIL_RESUMED if weeks is None else self._clock() + weeks * WEEK
        paused = replace(slot, resume=until)
        await self._channels.put_slot(paused)
        return paused

    async def _resume(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        nothing_more(words)
        slot = await self._needed(command, kind)
        slot = replace(slot, state=SlotState.ON, resume=None)
        slot = await self._moved_on(slot, self._clock())
        await self._channels.put_slot(slot)
        await self._roles.note(command, f"{kind.value}.resume")
        return self._told(command, slot, kind)

    async def _mute(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        nothing_more(words)
        slot = replace(await self._needed(command, kind), state=SlotState.MUTED)
        await self._channels.put_slot(slot)
        await self._roles.note(command, f"{kind.value}.mute")
        return self._told(command, slot, kind)

    async def _language(self, command: Command, _: SlotKind, words: list[str]) -> Message:
        language = languages_of(" ".join(words))
        place = command.place
        team = await self._channels.team(place.workspace, place.channel)
        await self._channels.put_team(replace(team, language=language))
        said = wording(language_for(command))
        return word(said, said.say(f"digest.language_{language.value}"), Tone.SUCCESS)

    async def _status(self, command: Command, kind: SlotKind, words: list[str]) -> Message:
        nothing_more(words)
        slot = await self._slot(command, kind)
        if slot is None or slot.state is SlotState.OFF:
            return self._told(command, slot, kind)
        slot = await self._unsent(slot)
        team = await self._channels.team(slot.workspace, slot.channel)
        said = wording(language_for(command))
        return self._told(command, slot, kind, slot_facts(said, slot, team.language, self._clock()))

    async def _pause_click(self, click: Click) -> Message:
        await self._roles.require_lead(click)
        slot = await self._paused(click, SlotKind.DIGEST, click.value)
        await self._roles.note(click, "digest.pause")
        return self._told(click, slot, SlotKind.DIGEST)

    async def _keep_click(self, click: Click) -> Message:
        await self._roles.require_lead(click)
        said = wording(language_for(click))
        return word(said, said.say("digest.kept"), Tone.SUCCESS)

    async def _slot(self, inbound: Inbound, kind: SlotKind) -> Slot | None:
        return await self._channels.slot(inbound.place.workspace, inbound.place.channel, kind)

    async def _needed(self, inbound: Inbound, kind: SlotKind) -> Slot:
        """Raises Invalid where there is none, saying how to make one."""
        slot = await self._slot(inbound, kind)
        if slot is None or slot.state is SlotState.OFF:
            raise Invalid("digest.not_on")
        return slot

    def _told(self, inbound: Inbound, slot: Slot | None, kind: SlotKind, *parts: Part) -> Message:
        return slot_told(wording(language_for(inbound)), slot, kind, self._clock(), *parts)

    async def joined(self, joined: Joined) -> None:
        if joined.coach and not joined.place.private:
            team = await self._channels.team(joined.place.workspace, joined.place.channel)
            name = joined.channel_name or team.name
            await self._channels.put_team(replace(team, name=name, gone=None))

    async def left(self, left: Left) -> None:
        if left.why is Leaving.PERSON:
            return
        everywhere = left.why is Leaving.UNINSTALLED
        await self._channels.gone(
            left.place.workspace, None if everywhere else left.place.channel, left.why.value
        )

    async def renamed(self, renamed: Renamed) -> None:
        workspace, channel = renamed.place.workspace, renamed.place.channel
        if renamed.new_channel and renamed.new_channel != channel:
            await self._channels.move(workspace, channel, renamed.new_channel)
            channel = renamed.new_channel
        if renamed.channel_name:
            team = await self._channels.team(workspace, channel)
            await self._channels.put_team(replace(team, name=renamed.channel_name))
