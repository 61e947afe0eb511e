"""Fakes that implement a port and keep what they were given."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import ChatError
from bot.messages import MEMBER, Message, Person, Place, Platform, Standing, Workspace
from bot.ports.chat import Begun, Member, Posted, Profile

WORKSPACE = Workspace(platform=Platform.TERMINAL, id="W1")


@dataclass(kw_only=True, slots=True)
class FakeChat:
    """Implements bot.ports.chat.Chat in memory."""

    channels: dict[str, list[Profile]] = field(default_factory=dict)
    posts: list[tuple[Place, Message, str]] = field(default_factory=list)
    directs: list[tuple[Person, Message, str]] = field(default_factory=list)
    standing: dict[str, Message] = field(default_factory=dict)  # by message id
    failing: ChatError | None = None  # raised by everything while set
    posts_a_second: float = 1000.0

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        self._fail()
        self.posts.append((place, message, send_key))
        return self._stand(place, message)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        self._fail()
        self.directs.append((person, message, send_key))
        place = Place(workspace=person.workspace, channel=f"dm-{person.id}", private=True)
        return self._stand(place, message)

    async def update(self, posted: Posted, message: Message) -> None:
        self._fail()
        if posted.message not in self.standing:
            raise ChatError("message_not_found")
        self.standing[posted.message] = message

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        self._fail()
        return None

    async def members(self, place: Place) -> tuple[Member, ...]:
        self._fail()
        return tuple(self.channels.get(place.channel, ()))

    async def profile(self, person: Person) -> Profile:
        self._fail()
        for members in self.channels.values():
            for one in members:
                if one.person == person:
                    return one
        return Profile(person=person, name=person.id)

    async def channel_name(self, place: Place) -> str | None:
        self._fail()
        return place.channel

    def pace(self, workspace: Workspace) -> float:
        return self.posts_a_second

    def _stand(self, place: Place, message: Message) -> Posted:
        name = f"m{len(self.standing) + 1}"
        self.standing[name] = message
        return Posted(place=place, message=name)

    def _fail(self) -> None:
        if self.failing:
            raise self.failing


def member(
    name: str,
    *,
    zone: str | None = "UTC",
    locale: str | None = "en",
    standing: Standing = MEMBER,
    bot: bool = False,
    workspace: Workspace = WORKSPACE,
) -> Profile:
    person = Person(workspace=workspace, id=name)
    return Profile(person=person, name=name, zone=zone, locale=locale, standing=standing, bot=bot)


def members(names: Sequence[str]) -> list[Profile]:
    return [member(name) for name in names]


def elsewhere(profile: Profile, workspace: Workspace) -> Profile:
    """A namesake in another workspace."""
    return replace(profile, person=Person(workspace=workspace, id=profile.person.id))
