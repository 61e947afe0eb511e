"""The Chat port on Slack: what the coach starts by itself, and what it looks up."""

from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import outbound, sending
from adapters.slack.api import asked
from adapters.slack.outbound import Payload
from adapters.slack.people import People
from adapters.slack.workspaces import Workspaces
from bot.errors import ChatError, SlowDown
from bot.messages import Message, Person, Place, Workspace
from bot.ports.chat import Member, Posted, Profile

POSTS_A_SECOND = (
    3.0  # several hundred a minute for a workspace. Source: docs.slack.dev, rate limits
)
PAGE = 200  # members a call


class SlackChat:
    """Implements bot.ports.chat.Chat; pages after a message's first go into its thread."""

    def __init__(
        self, workspaces: Workspaces, people: People, *, posts_a_second: float = POSTS_A_SECOND
    ) -> None:
        self._workspaces = workspaces
        self.people = people
        self.posts_a_second = posts_a_second

    async def post(self, place: Place, message: Message, *, send_key: str) -> Posted:
        client = await self._workspaces.client(place.workspace)
        return await self._post(client, place, message, send_key)

    async def direct(self, person: Person, message: Message, *, send_key: str) -> Posted:
        """Posting to a person's id opens the conversation; the answer names it."""
        client = await self._workspaces.client(person.workspace)
        opened = await asked(client.conversations_open(users=person.id))
        channel = str(opened["channel"]["id"])
        place = Place(workspace=person.workspace, channel=channel, private=True)
        return await self._post(client, place, message, send_key)

    async def update(self, posted: Posted, message: Message) -> None:
        client = await self._workspaces.client(posted.place.workspace)
        first, *more = outbound.render(message)
        channel, thread = posted.place.channel, posted.place.thread or posted.message
        await asked(client.chat_update(channel=channel, ts=posted.message, **first))
        for number, page in enumerate(more, start=1):
            key = f"{posted.message}/{number}"
            await sending.post(client, channel, page, thread=thread, key=key)

    async def find(self, place: Place, send_key: str, *, since: datetime) -> Posted | None:
        client = await self._workspaces.client(place.workspace)
        found = await sending.find(
            client, place.channel, send_key, thread=place.thread, since=since
        )
        return Posted(place=place, message=found) if found else None

    async def members(self, place: Place) -> tuple[Member, ...]:
        client = await self._workspaces.client(place.workspace)
        members: list[Member] = []
        for user in await _member_ids(client, place.channel):
            profile = await self.people.profile(Person(workspace=place.workspace, id=user))
            if not profile.bot:
                members.append(profile)
        return tuple(members)

    async def profile(self, person: Person) -> Profile:
        return await self.people.profile(person)

    async def channel_name(self, place: Place) -> str | None:
        try:
            client = await self._workspaces.client(place.workspace)
            answer = await asked(client.conversations_info(channel=place.channel))
        except SlowDown:
            raise
        except ChatError:
            return None
        name = answer["channel"].get("name")
        return str(name) if name else None

    def pace(self, workspace: Workspace) -> float:
        return self.posts_a_second

    async def _post(
        self, client: AsyncWebClient, place: Place, message: Message, send_key: str
    ) -> Posted:
        first, *more = outbound.render(message)
        posted = await self._page(client, place, first, send_key)
        within = Place(
            workspace=place.workspace,
            channel=str(posted["channel"]),
            thread=place.thread or str(posted["ts"]),
            private=place.private,
        )
        for number, page in enumerate(more, start=1):
            await self._page(client, within, page, f"{send_key}/{number}")
        where = Place(
            workspace=place.workspace,
            channel=str(posted["channel"]),
            thread=place.thread,
            private=place.private,
        )
        return Posted(place=where, message=str(posted["ts"]))

    async def _page(
        self, client: AsyncWebClient, place: Place, page: Payload, key: str
    ) -> dict[str, Any]:
        return await sending.post(client, place.channel, page, thread=place.thread, key=key)


async def _member_ids(client: AsyncWebClient, channel: str) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        answer = await asked(
            client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)
        )
        ids.extend(str(one) for one in answer.get("members") or ())
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return ids
