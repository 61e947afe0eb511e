"""The Chat port on Slack: what the coach starts by itself, and what it looks up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import outbound, sending
from adapters.slack.api import asked, read
from adapters.slack.outbound import Payload
from adapters.slack.people import People
from adapters.slack.sending import Label, page_key
from adapters.slack.workspaces import Workspaces
from bot.errors import ChatError, OutcomeUnknown, Refused, SlowDown
from bot.messages import Message, Person, Place, Workspace
from bot.ports.chat import Begun, LookupImpossible, Member, Posted, Profile

# chat.postMessage takes about one message a second in a channel and "several hundred" a minute in a
# workspace: 180 leave room for further pages and for answers to people.
# Source: docs.slack.dev/apis/web-api/rate-limits, "Posting messages"; read 2026-11.
POSTS_A_SECOND = 3.0
BETWEEN_PAGES = 1.0  # seconds, of one message in its channel
PAGE = 200  # members a call


class SlackChat:
    """Implements bot.ports.chat.Chat; pages after a message's first go into its thread."""

    def __init__(
        self, workspaces: Workspaces, people: People, *, posts_a_second: float = POSTS_A_SECOND
    ) -> None:
        self._workspaces = workspaces
        self.people = people
        self.posts_a_second = posts_a_second
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        client = await self._workspaces.client(place.workspace)
        return await self._post(client, place, message, send_key, begun)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        client = await self._workspaces.client(person.workspace)
        place = begun.posted.place if begun else await _own(client, person)
        return await self._post(client, place, message, send_key, begun)

    async def update(self, posted: Posted, message: Message) -> None:
        client = await self._workspaces.client(posted.place.workspace)
        first, *more = outbound.render(message)
        channel, thread = posted.place.channel, posted.place.thread or posted.message
        standing = await _further(client, posted, thread) if more else {}
        await asked(client.chat_update(channel=channel, ts=posted.message, **first))
        for number, page in enumerate(more, start=1):
            if number in standing:
                await asked(client.chat_update(channel=channel, ts=standing[number], **page))
            else:
                label = Label(key=page_key(posted.message, number), of=posted.message)
                await sending.post(client, channel, page, thread=thread, label=label)

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        client = await self._workspaces.client(where.workspace)
        place = await _own(client, where) if isinstance(where, Person) else where
        found = await sending.standing(
            client, place.channel, send_key, thread=place.thread, since=since
        )
        if found is None:
            return None
        posted = Posted(place=place, message=found.pages[0])
        return posted if found.is_whole else Begun(posted=posted, parts=frozenset(found.pages))

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
            answer = await read(client.conversations_info(channel=place.channel))
        except SlowDown:
            raise
        except ChatError:
            return None
        name = answer["channel"].get("name")
        return str(name) if name else None

    def pace(self, workspace: Workspace) -> float:
        return self.posts_a_second

    async def _post(
        self,
        client: AsyncWebClient,
        place: Place,
        message: Message,
        send_key: str,
        begun: Begun | None,
    ) -> Posted:
        first, *more = outbound.render(message)
        if begun:
            posted, parts = begun.posted, begun.parts
        else:
            label = Label(key=send_key, pages=1 + len(more))
            posted, parts = await _first(client, place, first, label), frozenset({0})
        missing = [(n, page) for n, page in enumerate(more, start=1) if n not in parts]
        await self._go_on(client, posted, missing, send_key)
        return posted

    async def _go_on(
        self,
        client: AsyncWebClient,
        posted: Posted,
        missing: Sequence[tuple[int, Payload]],
        send_key: str,
    ) -> None:
        """The pages after the first, in its thread. What goes wrong is told as OutcomeUnknown: a
        part stands, so whoever tries again has to look first."""
        channel, thread = posted.place.channel, posted.place.thread or posted.message
        for number, page in missing:
            await self.sleep(BETWEEN_PAGES)
            label = Label(key=page_key(send_key, number), of=posted.message)
            try:
                await sending.post(client, channel, page, thread=thread, label=label)
            except ChatError as error:
                raise OutcomeUnknown(f"page {number + 1}: {error.reason}") from error


async def _first(client: AsyncWebClient, place: Place, page: Payload, label: Label) -> Posted:
    answer = await sending.post(client, place.channel, page, thread=place.thread, label=label)
    return Posted(place=replace(place, channel=str(answer["channel"])), message=str(answer["ts"]))


async def _own(client: AsyncWebClient, person: Person) -> Place:
    """A person's conversation with the coach, which is opened if there is none."""
    opened = await read(client.conversations_open(users=person.id))
    channel = str(opened["channel"]["id"])
    return Place(workspace=person.workspace, channel=channel, private=True)


async def _further(client: AsyncWebClient, posted: Posted, thread: str) -> dict[int, str]:
    """Raises Refused where nobody can say which pages stand: rather the old ones than all twice."""
    try:
        return await sending.further(client, posted.place.channel, posted.message, thread=thread)
    except LookupImpossible as error:
        raise Refused("pages can't be looked up") from error


async def _member_ids(client: AsyncWebClient, channel: str) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        answer = await read(
            client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)
        )
        ids.extend(str(one) for one in answer.get("members") or ())
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return ids
