"""Our own way to the Bot Connector: one shared session, patience where Teams asks for it."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.teams.auth import Tokens
from adapters.teams.outbound import written
from adapters.teams.refusals import UNAUTHORIZED, problem
from bot.errors import OutcomeUnknown, Refused, SlowDown, Unreachable

TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)  # seconds
TRIES = 4
LONGEST_PAUSE = 20.0  # seconds that a reply may wait; a longer wish is told to whoever sends
NO_CONNECTION = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,  # the proxy made none
)
PAGE = 500  # members; more than that is capped by Teams
MOST_PAGES = 200

Payload = dict[str, Any]
Pause = Callable[[float], Awaitable[None]]


class Sender:
    """Requests to the service address that came with a conversation.

    What is `patient` waits when Teams asks for it, and tries again: what was certainly not done
    (412, 429, 503) some times, what perhaps was done (a dropped connection, 500, 502, 504) once.
    Microsoft asks to repeat 412, 429, 502 and 504 ("Optimize your bot with rate limiting in
    Teams"). Without it the first trouble is told, and whoever sends decides.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        tokens: Tokens,
        pause: Pause = asyncio.sleep,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._timeout = timeout
        self._session = session
        self._tokens = tokens
        self._pause = pause

    async def post(
        self, service: str, conversation: str, activity: Payload, *, patient: bool
    ) -> str:
        """The new activity's id. Raises a ChatError."""
        path = f"v3/conversations/{_id(conversation)}/activities"
        answer = await self._call("POST", service, path, activity, patient=patient)
        return str(answer.get("id", ""))

    async def update(
        self, service: str, conversation: str, message: str, activity: Payload
    ) -> None:
        path = f"v3/conversations/{_id(conversation)}/activities/{_id(message)}"
        await self._call("PUT", service, path, activity | {"id": message})

    async def create(self, service: str, parameters: Payload, *, patient: bool) -> tuple[str, str]:
        """A new conversation: its id, and that of the activity it began with, if any."""
        answer = await self._call("POST", service, "v3/conversations", parameters, patient=patient)
        return str(answer.get("id", "")), str(answer.get("activityId", ""))

    async def member(self, service: str, conversation: str, person: str) -> Payload:
        path = f"v3/conversations/{_id(conversation)}/members/{_id(person)}"
        return await self._call("GET", service, path)

    async def members(self, service: str, conversation: str) -> list[Payload]:
        """All of them, page by page."""
        path = f"v3/conversations/{_id(conversation)}/pagedmembers?pageSize={PAGE}"
        found: list[Payload] = []
        further = ""
        for _ in range(MOST_PAGES):
            page = await self._call("GET", service, path + further)
            found += page.get("members") or []
            token = page.get("continuationToken")
            if not token:
                break
            further = f"&continuationToken={_id(str(token))}"
        return found

    async def channels(self, service: str, team: str) -> list[Payload]:
        answer = await self._call("GET", service, f"v3/teams/{_id(team)}/conversations")
        return answer.get("conversations") or []

    async def _call(
        self,
        method: str,
        service: str,
        path: str,
        body: Payload | None = None,
        *,
        patient: bool = True,
    ) -> Payload:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._try(method, f"{service.rstrip('/')}/{path}", body)
            except (SlowDown, Unreachable, OutcomeUnknown) as error:
                seconds = error.seconds if isinstance(error, SlowDown) else 0.5 * 2**attempt
                if not patient or attempt == TRIES or seconds > LONGEST_PAUSE:
                    raise
                if isinstance(error, OutcomeUnknown) and attempt > 1:
                    raise
            await self._pause(seconds * random.uniform(1.0, 1.5))  # noqa: S311  only jitter
        raise AssertionError("the loop returns or raises")

    async def _try(self, method: str, address: str, body: Payload | None) -> Payload:
        status, answer, wait = await self._exchange(method, address, body)
        if status == UNAUTHORIZED:  # the token may have ended or been revoked meanwhile
            self._tokens.forget()
            status, answer, wait = await self._exchange(method, address, body)
        if status < 300:
            return answer
        raise problem(status, answer, wait, creates=method == "POST")

    async def _exchange(
        self, method: str, address: str, body: Payload | None
    ) -> tuple[int, Payload, float]:
        headers = {"Authorization": f"Bearer {await self._tokens.token()}"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = written(body), "application/json; charset=utf-8"
        try:
            async with self._session.request(
                method, address, data=data, headers=headers, timeout=self._timeout
            ) as response:
                return response.status, await _json(response), _wait(response)
        except NO_CONNECTION as error:
            raise Unreachable(type(error).__name__) from error
        except aiohttp.InvalidURL as error:
            raise Refused("service address is not one") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(type(error).__name__) from error


def _id(text: str) -> str:
    return quote(text, safe="")


async def _json(response: aiohttp.ClientResponse) -> Payload:
    """What was answered; empty where nothing was, or a refusal in other words.

    Raises OutcomeUnknown for a success that isn't Teams': a page of a proxy, to which it led us.
    """
    body = await response.read()
    try:
        loaded = json.loads(body) if body.strip() else {}
    except ValueError:
        loaded = None
    if isinstance(loaded, dict):
        return loaded
    if response.status < 300:
        raise OutcomeUnknown("not_json")
    return {}


def _wait(response: aiohttp.ClientResponse) -> float:
    """Seconds that the service asks to wait; 1 where it names none."""
    try:
        return max(0.0, float(response.headers.get("Retry-After", "1")))
    except ValueError:
        return 1.0
