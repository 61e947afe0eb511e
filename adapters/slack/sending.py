"""Posting one page, and finding out whether a post with an unknown outcome got through."""

from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from adapters.slack.outbound import Payload
from bot.errors import Refused
from bot.ports.chat import LookupImpossible

SEND_EVENT = "coach_send"  # the type of our message metadata; its payload is the opaque send key
LOOKED_AT = 100  # messages


async def post(
    client: AsyncWebClient, channel: str, page: Payload, *, thread: str | None, key: str
) -> dict[str, Any]:
    """Slack's answer; `channel` in it is the conversation also where a person was named.

    Raises a ChatError.
    """
    return await asked(
        client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            metadata={"event_type": SEND_EVENT, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            **page,
        )
    )


async def find(
    client: AsyncWebClient, channel: str, key: str, *, thread: str | None, since: datetime
) -> str | None:
    """The id of the message with this key, None if there is none.

    Raises LookupImpossible where reading the conversation is not allowed, else a ChatError.
    """
    window: dict[str, Any] = {
        "oldest": f"{since.timestamp():.6f}",
        "limit": LOOKED_AT,
        "inclusive": True,
    }
    try:
        if thread:
            answer = await asked(
                client.conversations_replies(
                    channel=channel, ts=thread, include_all_metadata=True, **window
                )
            )
        else:
            answer = await asked(
                client.conversations_history(channel=channel, include_all_metadata=True, **window)
            )
    except Refused as error:
        raise LookupImpossible(error.reason) from error
    for message in answer.get("messages") or ():
        metadata = message.get("metadata") or {}
        ours = (metadata.get("event_payload") or {}).get("key")
        if metadata.get("event_type") == SEND_EVENT and ours == key:
            return str(message["ts"])
    if answer.get("has_more"):
        raise LookupImpossible("too many messages since")
    return None
