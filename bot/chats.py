"""Several platforms behind the one door of the Chat port."""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import Denied
from bot.messages import Message, Person, Place, Platform, Workspace
from bot.ports.chat import Begun, Chat, Member, Posted, Profile


class Chats:
    """Implements bot.ports.chat.Chat: each call goes to the platform of its workspace."""

    def __init__(self, chats: Mapping[Platform, Chat]) -> None:
        self._chats = dict(chats)

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        chat = self._of(place.workspace)
        return await chat.post(place, message, send_key=send_key, begun=begun)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        chat = self._of(person.workspace)
        return await chat.direct(person, message, send_key=send_key, begun=begun)

    async def update(self, posted: Posted, message: Message) -> None:
        await self._of(posted.place.workspace).update(posted, message)

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        return await self._of(where.workspace).find(where, send_key, since=since)

    async def members(self, place: Place) -> tuple[Member, ...]:
        return await self._of(place.workspace).members(place)

    async def profile(self, person: Person) -> Profile:
        return await self._of(person.workspace).profile(person)

    async def channel_name(self, place: Place) -> str | None:
        return await self._of(place.workspace).channel_name(place)

    def pace(self, workspace: Workspace) -> float:
        chat = self._chats.get(workspace.platform)
        return chat.pace(workspace) if chat else 0.0

    def _of(self, workspace: Workspace) -> Chat:
        """Raises Denied for a platform that is no longer served."""
        chat = self._chats.get(workspace.platform)
        if chat is None:
            raise Denied("platform_not_served")
        return chat
