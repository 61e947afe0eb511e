"""Calls of Slack's Web API: one shared session, no hidden repeats, its errors as ours."""

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.refusals import (
    DENIED,
    DENIED_STATUS,
    GONE,
    NOT_NOW,
    NOT_NOW_STATUS,
    PERHAPS_DONE,
    SLOW_DOWN,
)
from bot.errors import ChatError, Denied, OutcomeUnknown, Refused, SlowDown, Unreachable

SLACK = "https://slack.com/api/"
SECONDS_WHEN_NOT_SAID = 30.0
NO_CONNECTION = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy made none
)

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
    return _data(await _response(call))


async def read(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The answer of a call that shows nobody anything: without an answer nothing was sent.

    Raises a ChatError, never OutcomeUnknown.
    """
    data, _ = await read_with_headers(call)
    return data


async def read_with_headers(
    call: Awaitable[AsyncSlackResponse],
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """As `read`."""
    try:
        response = await _response(call)
    except OutcomeUnknown as error:
        raise Unreachable(error.reason) from error
    return _data(response), response.headers


async def _response(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    try:
        return await call
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise chat_error(error) from error


def _data(response: AsyncSlackResponse) -> dict[str, Any]:
    return response.data if isinstance(response.data, dict) else {}


def chat_error(error: Exception) -> ChatError:
    """What a failure of a call means for the send that needed it."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, NO_CONNECTION):
        return Unreachable(type(error).__name__)
    return OutcomeUnknown(type(error).__name__)


def _answered(error: SlackApiError) -> ChatError:
    """Slack's own word counts for more than the status that it came with."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    if code in SLOW_DOWN or status == 429:
        return SlowDown(str(code or "http_429"), seconds=_retry_after(response))
    if not isinstance(code, str):
        return _by_status(status)
    if code in NOT_NOW:
        return Unreachable(code)
    if code in PERHAPS_DONE or (status >= 500 and code not in GONE | DENIED):
        return OutcomeUnknown(code)
    if code == "missing_scope" and isinstance(data, dict):
        return Denied(f"missing_scope:{data.get('needed', '')}")
    return Denied(code) if code in DENIED else Refused(code, gone=code in GONE)


def _by_status(status: int) -> ChatError:
    """Answered by a gateway or a proxy: after a 500, 502 or 504 nobody knows what was done."""
    reason = f"http_{status}"
    if status in NOT_NOW_STATUS:
        return Unreachable(reason)
    if status >= 500 or status == 408:
        return OutcomeUnknown(reason)
    if status in DENIED_STATUS:
        return Denied(reason)
    return Refused(reason) if status >= 400 else OutcomeUnknown("not_json")


def _retry_after(response: Any) -> float:
    headers = getattr(response, "headers", None) or {}
    said = headers.get("Retry-After") or headers.get("retry-after") or ""
    try:
        return max(float(said), 0.0)
    except ValueError:
        return SECONDS_WHEN_NOT_SAID
