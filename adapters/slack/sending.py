"""Posting one page, and finding out whether a post with an unknown outcome got through."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked, read
from adapters.slack.outbound import Payload
from bot.errors import Denied, Refused
from bot.ports.chat import LookupImpossible

SEND_EVENT = "coach_send"  # the type of our message metadata
AT_ONCE = 200  # messages a call: what Slack recommends at most
MOST_CALLS = 10  # of one look-up
# Of the codes that deny the app these speak of reading only: what was granted lets it post.
NOT_READABLE = ("missing_scope", "not_allowed_token_type", "access_denied")


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What the metadata of one of our messages says; opaque to everybody else."""

    key: str  # the send key; of a further page with its number
    pages: int = 1  # of the whole message, said by its first page
    of: str = ""  # the first page's id, said by a further one

    @classmethod
    def on(cls, message: dict[str, Any]) -> "Label | None":
        """None if it isn't ours."""
        metadata = message.get("metadata") or {}
        said = metadata.get("event_payload") or {}
        if metadata.get("event_type") != SEND_EVENT or not isinstance(said.get("key"), str):
            return None
        pages = said.get("pages")
        pages = pages if isinstance(pages, int) else 1
        return cls(key=said["key"], pages=pages, of=str(said.get("of") or ""))

    def metadata(self) -> Payload:
        said: Payload = {"key": self.key}
        if self.pages > 1:
            said["pages"] = self.pages
        if self.of:
            said["of"] = self.of
        return {"event_type": SEND_EVENT, "event_payload": said}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The pages of one message that stand, their ids by their numbers from 0."""

    pages: dict[int, str]
    whole: int  # how many there should be

    @property
    def is_whole(self) -> bool:
        return set(self.pages) >= set(range(self.whole))


async def post(
    client: AsyncWebClient, channel: str, page: Payload, *, thread: str | None, label: Label
) -> dict[str, Any]:
    """Slack's answer; `channel` in it is the conversation also where a person was named.

    Raises a ChatError.
    """
    return await asked(
        client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            metadata=label.metadata(),
            unfurl_links=False,
            unfurl_media=False,
            **page,
        )
    )


async def find(
    client: AsyncWebClient, channel: str, key: str, *, thread: str | None, since: datetime
) -> str | None:
    """The id of the page with this key, None if there is none. Raises as `standing` does."""
    async for id, label in _ours(client, channel, thread, since):
        if label.key == key:
            return id
    return None


async def standing(
    client: AsyncWebClient, channel: str, send_key: str, *, thread: str | None, since: datetime
) -> Standing | None:
    """What stands of the message with this key, None if nothing does.

    Raises LookupImpossible where reading the conversation is not allowed or there is more than we
    read, else a ChatError, never OutcomeUnknown.
    """
    keys: dict[str, str] = {}
    whole = 0
    async for id, label in _ours(client, channel, thread, since):
        keys[label.key] = id
        if label.key == send_key:
            whole = label.pages
            if thread is None or whole == 1:
                break
    if not whole:
        return None
    if thread is None and whole > 1:
        async for id, label in _ours(client, channel, keys[send_key], since):
            keys[label.key] = id
    found = {n: keys[key] for n in range(whole) if (key := page_key(send_key, n)) in keys}
    return Standing(pages=found, whole=whole)


async def further(
    client: AsyncWebClient, channel: str, first: str, *, thread: str
) -> dict[int, str]:
    """The pages that go on after a message, their ids by their numbers. Raises as `standing`."""
    found: dict[int, str] = {}
    async for id, label in _ours(client, channel, thread, None):
        _, _, number = label.key.rpartition("/")
        if label.of == first and number.isdecimal():
            found[int(number)] = id
    return found


def page_key(send_key: str, number: int) -> str:
    return f"{send_key}/{number}" if number else send_key


async def _ours(
    client: AsyncWebClient, channel: str, thread: str | None, since: datetime | None
) -> AsyncIterator[tuple[str, Label]]:
    """Our messages in a channel, the latest first, or in a thread, the earliest first."""
    async for message in _messages(client, channel, thread, since):
        label = Label.on(message)
        if label is not None:
            yield str(message["ts"]), label


async def _messages(
    client: AsyncWebClient, channel: str, thread: str | None, since: datetime | None
) -> AsyncIterator[dict[str, Any]]:
    asking: dict[str, Any] = {"channel": channel, "limit": AT_ONCE, "include_all_metadata": True}
    if since is not None:
        asking |= {"oldest": f"{since.timestamp():.6f}", "inclusive": True}
    for _ in range(MOST_CALLS):
        answer = await _looked(client, asking, thread)
        for message in answer.get("messages") or ():
            yield message
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not answer.get("has_more"):
            return
        if not cursor:
            raise LookupImpossible("more messages, and no way to them")
        asking["cursor"] = cursor
    raise LookupImpossible("too many messages since")


async def _looked(
    client: AsyncWebClient, asking: dict[str, Any], thread: str | None
) -> dict[str, Any]:
    try:
        if thread:
            return await read(client.conversations_replies(ts=thread, **asking))
        return await read(client.conversations_history(**asking))
    except Refused as error:
        raise LookupImpossible(error.reason) from error
    except Denied as error:
        if error.reason.partition(":")[0] in NOT_READABLE:
            raise LookupImpossible(error.reason) from error
        raise
