"""The Chat port over the recording API; like the real adapters it never repeats a post itself."""

from datetime import datetime

import aiohttp

from bot.errors import OutcomeUnknown, Refused, SlowDown, Unreachable
from bot.messages import Message, Person, Place, Workspace
from bot.plaintext import plain
from bot.ports.chat import Begun, Member, Posted, Profile

PACE = 2000.0  # a second; what is measured is us, not a limit of the platform


class Client:
    """Implements bot.ports.chat.Chat."""

    def __init__(self, url: str, session: aiohttp.ClientSession, pace: float = PACE) -> None:
        self._url = url
        self._session = session
        self._pace = pace

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        return await self._post(place, place.channel, message, send_key)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        place = _own(person)
        return await self._post(place, place.channel, message, send_key)

    async def _post(self, place: Place, channel: str, message: Message, key: str) -> Posted:
        body = {"channel": f"{place.workspace.id}/{channel}", "key": key, "text": plain(message)}
        try:
            async with self._session.post(f"{self._url}/post", json=body) as answer:
                said = await answer.json()
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("no connection") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown("connection dropped") from error
        if answer.status == 429:
            raise SlowDown("ratelimited", seconds=float(said["seconds"]))
        if answer.status == 403:
            raise Refused(said["error"], gone=True)
        return Posted(place=place, message=said["message"])

    async def update(self, posted: Posted, message: Message) -> None:
        raise Refused("not offered")

    async def find(self, where: Place | Person, send_key: str, *, since: datetime) -> Posted | None:
        place = _own(where) if isinstance(where, Person) else where
        try:
            async with self._session.get(f"{self._url}/find", params={"key": send_key}) as answer:
                said = await answer.json()
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable("no connection") from error
        return Posted(place=place, message=said["message"]) if answer.status == 200 else None

    async def members(self, place: Place) -> tuple[Member, ...]:
        return ()

    async def profile(self, person: Person) -> Profile:
        return Profile(person=person, name=person.id)

    async def channel_name(self, place: Place) -> str | None:
        return place.channel

    def pace(self, workspace: Workspace) -> float:
        return self._pace


def _own(person: Person) -> Place:
    return Place(workspace=person.workspace, channel=f"dm-{person.id}", private=True)
