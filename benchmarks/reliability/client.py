"""The Chat port over the recording API; like the real adapters it never repeats a post itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp

from bot.errors import ChatError, OutcomeUnknown, Refused, SlowDown, Unreachable
from bot.messages import Message, Person, Place, Platform, Workspace
from bot.plaintext import plain
from bot.ports.chat import Begun, LookupImpossible, Member, Posted, Profile


class Client:
    """Implements bot.ports.chat.Chat.

    The API is told the `replica` and the moment of each send's claim (by key): it counts by them.
    """

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        *,
        replica: str,
        pace: float,
        claims: Mapping[str, float],
    ) -> None:
        self._url = url
        self._session = session
        self._replica = replica
        self._pace = pace
        self._claims = claims

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
        body = {
            "channel": f"{place.workspace.id}/{channel}",
            "key": key,
            "text": plain(message),
            "replica": self._replica,
            "claimed": self._claims.get(key, 0.0),
        }
        try:
            async with self._session.post(f"{self._url}/post", json=body) as answer:
                said = await answer.json()
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("no connection") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown("connection dropped") from error
        if answer.status != 200:
            raise _error(answer, said, OutcomeUnknown)
        return Posted(place=place, message=said["message"])

    async def update(self, posted: Posted, message: Message) -> None:
        raise Refused("not offered")

    async def find(self, where: Place | Person, send_key: str, *, since: datetime) -> Posted | None:
        if isinstance(where, Person) or where.workspace.platform is Platform.TEAMS:
            raise LookupImpossible
        wanted = {
            "channel": f"{where.workspace.id}/{where.channel}",
            "oldest": str(since.timestamp()),
            "for": send_key,
        }
        try:
            async with self._session.get(f"{self._url}/history", params=wanted) as answer:
                said = await answer.json()
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable("no connection") from error
        if answer.status != 200:
            raise _error(answer, said, Unreachable)
        for one in said["messages"]:
            if one["key"] == send_key:
                return Posted(place=where, message=one["message"])
        return None

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


def _error(
    answer: aiohttp.ClientResponse, said: dict[str, Any], by_server: type[ChatError]
) -> ChatError:
    """`by_server`: what an answer of 500 and above means for this call."""
    if answer.status == 429:
        return SlowDown("ratelimited", seconds=float(answer.headers["Retry-After"]))
    if answer.status >= 500:
        return by_server(f"http_{answer.status}")
    return Refused(said["error"], gone=said["error"] == "is_archived")
