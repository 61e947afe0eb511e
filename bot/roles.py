"""Who may do what: members ask and answer, leads run a channel, admins run the workspace."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.coach import Routes, language_for
from bot.errors import ChatError, Invalid, NotAllowed
from bot.messages import (
    Audience,
    Bullets,
    Command,
    Inbound,
    Joined,
    Leaving,
    Left,
    Message,
    Note,
    Part,
    Person,
    Renamed,
    Text,
    Tone,
)
from bot.ports.chat import Profile
from bot.ports.roles import Act, RoleStore
from bot.wording import Wording, wording

ADD = frozenset({"add", "添加", "加", "增加"})
REMOVE = frozenset({"remove", "移除", "删除", "去掉"})
MOST_NAMED = 5  # people in one sentence


class Role(StrEnum):
    VISITOR = "visitor"  # a guest, or of another organisation: asks, nothing else
    MEMBER = "member"
    LEAD = "lead"
    ADMIN = "admin"


class People(Protocol):
    """Who somebody is; the Chat port answers it."""

    async def profile(self, person: Person) -> Profile: ...


class Roles:
    """Rights, and `/coach leads`."""

    def __init__(self, store: RoleStore, people: People, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._people = people
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"coach leads": self._leads, "coach 负责人": self._leads},
        )

    async def of(self, inbound: Inbound) -> Role:
        """The role of this person here; in a private place, the highest that they have anywhere."""
        if is_visitor(inbound):
            return Role.VISITOR
        if await self._is_admin(inbound):
            return Role.ADMIN
        return Role.LEAD if await self._leads_here(inbound) else Role.MEMBER

    async def require_lead(self, inbound: Inbound) -> None:
        """Raises NotAllowed, naming who can, unless the person leads this channel.

        In a private place it is enough to lead any channel: look at `channels` for which.
        """
        self.require_member(inbound)
        if await self._is_admin(inbound) or await self._leads_here(inbound):
            return
        if inbound.place.private:
            raise NotAllowed("roles.leads_only_private")
        names = await self.lead_names(inbound)
        if not names:
            raise NotAllowed("roles.no_lead_yet")
        who = wording(language_for(inbound)).listing(list(names))
        raise NotAllowed("roles.leads_only", names=who)

    async def require_admin(self, inbound: Inbound) -> None:
        """Raises NotAllowed, naming who can, unless the person is an admin of the workspace."""
        self.require_member(inbound)
        if await self._is_admin(inbound):
            return
        names = await self._names(await self._store.admins(inbound.person.workspace))
        if not names:
            raise NotAllowed("roles.admins_only")
        who = wording(language_for(inbound)).listing(list(names))
        raise NotAllowed("roles.admins_only_named", names=who)

    def require_member(self, inbound: Inbound) -> None:
        """Raises NotAllowed for guests and people of other organisations."""
        if is_visitor(inbound):
            raise NotAllowed("roles.visitors_ask_only")

    async def channels(self, person: Person) -> tuple[str, ...]:
        """The channels that this person leads."""
        return await self._store.led_by(person)

    async def leads(self, inbound: Inbound) -> tuple[Person, ...]:
        """The leads of the channel that this came from."""
        return await self._store.leads(inbound.place.workspace, inbound.place.channel)

    async def lead_names(self, inbound: Inbound) -> tuple[str, ...]:
        return await self._names(await self.leads(inbound))

    async def name(self, person: Person) -> str:
        """As the platform shows the person; the id where it can't say."""
        try:
            return (await self._people.profile(person)).name or person.id
        except ChatError:
            return person.id

    async def note(self, inbound: Inbound, what: str, subject: str = "") -> None:
        """A line in the audit trail: this person did `what` here."""
        place = inbound.place
        await self._store.note(
            Act(
                workspace=place.workspace,
                channel=None if place.private else place.channel,
                by=inbound.person.id,
                what=what,
                subject=subject,
                at=self._clock(),
            )
        )

    async def joined(self, joined: Joined) -> None:
        """Whoever brings the coach to a channel leads it, if nobody does."""
        if joined.coach and not joined.place.private and not is_visitor(joined):
            await self._store.add_first_lead(joined.person, joined.place.channel, now=self._clock())

    async def left(self, left: Left) -> None:
        """Who leaves a channel leads it no longer."""
        if left.why is Leaving.PERSON:
            for person in left.who:
                await self._store.remove_lead(
                    person, left.place.channel, by=person, now=self._clock(), leave_one=False
                )

    async def renamed(self, renamed: Renamed) -> None:
        """Leads go along with their channel when its settings do, see ChannelStore.move."""

    async def _is_admin(self, inbound: Inbound) -> bool:
        if inbound.standing.admin:
            return True
        return inbound.person in await self._store.admins(inbound.person.workspace)

    async def _leads_here(self, inbound: Inbound) -> bool:
        if inbound.place.private:
            return bool(await self._store.led_by(inbound.person))
        return inbound.standing.owner or inbound.person in await self.leads(inbound)

    async def _names(self, people: tuple[Person, ...]) -> tuple[str, ...]:
        return tuple([await self.name(one) for one in people[:MOST_NAMED]])

    async def _leads(self, command: Command) -> Message:
        words = command.text.split()[1:]
        said = wording(language_for(command))
        if not words:
            return await self._show(command, said, ())
        verb = words[0].lower()
        if verb not in ADD | REMOVE:
            raise Invalid("roles.leads_usage")
        await self._require_some_lead(command)
        if not command.mentions:
            raise Invalid("roles.leads_whom", verb=verb)
        change = self._add if verb in ADD else self._remove
        return await self._show(command, said, await change(command, said))

    async def _require_some_lead(self, command: Command) -> None:
        if command.place.private:
            raise Invalid("roles.leads_in_channel")
        await self.require_lead(command)

    async def _add(self, command: Command, said: Wording) -> tuple[Part, ...]:
        parts: list[Part] = []
        for person in command.mentions:
            new = await self._store.add_lead(
                person, command.place.channel, by=command.person, now=self._clock()
            )
            name = await self.name(person)
            text = said.say("roles.added", name=name) if new else said.say("roles.was", name=name)
            parts.append(Note(text=text, tone=Tone.SUCCESS if new else Tone.INFO))
        return tuple(parts)

    async def _remove(self, command: Command, said: Wording) -> tuple[Part, ...]:
        parts: list[Part] = []
        for person in command.mentions:
            name = await self.name(person)
            if person not in await self.leads(command):
                parts.append(Note(text=said.say("roles.was_not", name=name), tone=Tone.INFO))
                continue
            gone = await self._store.remove_lead(
                person,
                command.place.channel,
                by=command.person,
                now=self._clock(),
                leave_one=not await self._is_admin(command),
            )
            if not gone:
                raise Invalid("roles.last_lead", name=name)
            parts.append(Note(text=said.say("roles.removed", name=name), tone=Tone.SUCCESS))
        return tuple(parts)

    async def _show(self, command: Command, said: Wording, done: tuple[Part, ...]) -> Message:
        if command.place.private:
            raise Invalid("roles.leads_in_channel")
        names = await self.lead_names(command)
        if names:
            shown: Part = Bullets(items=names, title=said.say("roles.leads_title"))
        else:
            shown = Text(text=said.say("roles.none"))
        hint = Note(text=said.say("roles.leads_hint"))
        return Message(
            parts=(*done, shown, hint),
            summary=said.say("roles.leads_summary", n=len(names), names=said.listing(list(names))),
            language=said.language,
            audience=Audience.ASKER,
        )


def is_visitor(inbound: Inbound) -> bool:
    """A guest of the workspace, or of another organisation in a shared channel."""
    return inbound.standing.guest or inbound.standing.external
