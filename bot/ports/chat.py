"""What the coach does on a platform by its own initiative, and what it may look up there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import MEMBER, Message, Person, Place, Standing, Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A message that stands in a conversation, as the platform names it."""

    place: Place
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A message of several parts of which some stand and others don't."""

    posted: Posted  # its first part
    parts: frozenset[int]  # that stand, counted from 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What the platform tells of a person."""

    person: Person
    name: str
    zone: str | None = None  # IANA
    locale: str | None = None  # BCP 47
    standing: Standing = MEMBER
    bot: bool = False


Member = Profile


class Chat(Protocol):
    """One platform or several behind one door. Every method may raise a ChatError.

    `send_key` is opaque and unique to one intended send: an adapter that can attaches it to the
    message, so that `find` can tell later whether a send with an unknown outcome got through.
    `begun` is what `find` told of it: only the parts that don't stand are posted then.

    `post` and `direct` never try again by themselves. Once a part stands they raise nothing but
    OutcomeUnknown: whoever tries again has to look first.
    """

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        """To a channel, or into the thread that `place` names."""
        ...

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        """To one person, in their conversation with the coach."""
        ...

    async def update(self, posted: Posted, message: Message) -> None:
        """Replace what stands there."""
        ...

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        """The message with this key, where it was posted or in a person's own conversation.

        Posted if all of it stands, None if nothing does. Raises LookupImpossible where that can't
        be known.
        """
        ...

    async def members(self, place: Place) -> tuple[Member, ...]:
        """The people of a channel, the coach and other bots left out."""
        ...

    async def profile(self, person: Person) -> Profile: ...

    async def channel_name(self, place: Place) -> str | None:
        """As people know it, without a leading #; None if it has none or can't be known."""
        ...

    def pace(self, workspace: Workspace) -> float:
        """Posts a second that this workspace's platform takes without complaint.

        0 for a workspace that this process can't post to: its sends are left to others.
        """
        ...


class LookupImpossible(Exception):
    """This platform, or this installation, can't say whether a message was accepted."""
