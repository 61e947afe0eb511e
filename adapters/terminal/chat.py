"""The Chat port on a terminal: what the coach says by itself appears between the lines."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from adapters.terminal.inbound import STANDINGS, TERMINAL, person, private_place
from bot.messages import MEMBER, Message, Person, Place, Workspace
from bot.ports.chat import Begun, Member, Posted, Profile

PACE = 10_000.0  # posts a second: nothing is spaced on a terminal


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Something the coach posted, until it is shown."""

    posted: Posted
    message: Message
    to: str  # `#channel` or `@person`
    reader: Person | None = None  # who reads it, if one person alone


@dataclass(kw_only=True, slots=True)
class TerminalChat:
    """Implements bot.ports.chat.Chat; whoever typed anything in a channel is a member of it."""

    channels: dict[str, dict[str, None]] = field(default_factory=dict)
    unseen: list[Said] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)  # set with every post
    zone: str | None = None  # IANA, of everybody here
    locales: dict[str, str] = field(default_factory=dict)
    _sent: dict[tuple[str, str], Posted] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def enter(self, channel: str, name: str) -> None:
        """A person is in a channel from now on."""
        self.channels.setdefault(channel, {})[name] = None

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        return self._say(place, message, send_key, to=f"#{place.channel}")

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        place = private_place(person.id)
        return self._say(place, message, send_key, to=f"@{person.id}", reader=person)

    async def update(self, posted: Posted, message: Message) -> None:
        to = f"#{posted.place.channel}" if not posted.place.private else posted.place.channel
        self.unseen = [one for one in self.unseen if one.posted != posted]  # nobody saw it yet
        self._unseen(Said(posted=posted, message=message, to=to))

    async def find(self, where: Place | Person, send_key: str, *, since: datetime) -> Posted | None:
        place = private_place(where.id) if isinstance(where, Person) else where
        return self._sent.get((place.channel, send_key))

    async def members(self, place: Place) -> tuple[Member, ...]:
        names = self.channels.get(place.channel, {})
        return tuple([await self.profile(person(name)) for name in names])

    async def profile(self, person: Person) -> Profile:
        return Profile(
            person=person,
            name=person.id,
            zone=self.zone,
            locale=self.locales.get(person.id),
            standing=STANDINGS.get(person.id, MEMBER),
        )

    async def channel_name(self, place: Place) -> str | None:
        return None if place.private else place.channel

    def pace(self, workspace: Workspace) -> float:
        return PACE if workspace == TERMINAL else 0.0

    def _say(
        self, place: Place, message: Message, key: str, *, to: str, reader: Person | None = None
    ) -> Posted:
        posted = Posted(place=place, message=f"message-{next(self._numbers)}")
        self._sent[place.channel, key] = posted
        self._unseen(Said(posted=posted, message=message, to=to, reader=reader))
        return posted

    def _unseen(self, said: Said) -> None:
        self.unseen.append(said)
        self.news.set()
