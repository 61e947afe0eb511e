"""Calls of Slack's Web API: one shared session, no hidden repeats, its errors as ours."""

import logging
from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import ChatError, OutcomeUnknown, Refused, SlowDown, Unreachable

SLACK = "https://slack.com/api/"
SECONDS_WHEN_NOT_SAID = 30.0
# Slack may have done it all the same. Source: docs.slack.dev, errors of every method.
PERHAPS_DONE = frozenset({"fatal_error", "internal_error", "request_timeout", "team_added_to_org"})
NOT_NOW = frozenset({"service_unavailable"})
SLOW_DOWN = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

# Bolt and its SDK write bodies and tokens into their log at low levels, and take a logger without
# a level of its own for one that wants everything.
SILENT = logging.getLogger("maturity_coach.slack_sdk")
SILENT.setLevel(logging.CRITICAL)


def client(
    token: str, session: aiohttp.ClientSession | None, *, base: str = SLACK
) -> AsyncWebClient:
    """A client without repeats of its own: its default would send a dropped post twice."""
    return AsyncWebClient(
        token=token, base_url=base, session=session, retry_handlers=[], logger=SILENT
    )


async def asked(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The answer of one call. Raises a ChatError."""
    try:
        response = await call
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise chat_error(error) from error
    data: dict[str, Any] = response.data if isinstance(response.data, dict) else {}
    return data


def chat_error(error: Exception) -> ChatError:
    """What a failure of a call means for the send that needed it."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(type(error).__name__)
    return OutcomeUnknown(type(error).__name__)


def _answered(error: SlackApiError) -> ChatError:
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    if code is None or status >= 500:
        return _by_status(status)
    if code in SLOW_DOWN or status == 429:
        return SlowDown(code, seconds=_retry_after(response))
    if code in NOT_NOW:
        return Unreachable(code)
    if code in PERHAPS_DONE:
        return OutcomeUnknown(code)
    if code == "missing_scope" and isinstance(data, dict):
        return Refused(f"missing_scope:{data.get('needed', '')}")
    return Refused(str(code))


def _by_status(status: int) -> ChatError:
    if status == 429:
        return SlowDown("http_429", seconds=SECONDS_WHEN_NOT_SAID)
    if status in (500, 503):  # answered by Slack itself, before anything was done
        return Unreachable(f"http_{status}")
    if status >= 500:
        return OutcomeUnknown(f"http_{status}")
    return Refused(f"http_{status}") if status >= 400 else OutcomeUnknown("not_json")


def _retry_after(response: Any) -> float:
    headers = getattr(response, "headers", None) or {}
    said = headers.get("Retry-After") or headers.get("retry-after") or ""
    try:
        return max(float(said), 0.0)
    except ValueError:
        return SECONDS_WHEN_NOT_SAID
