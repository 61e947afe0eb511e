"""Between our code and the emulator: adapts, records, validates, and breaks things on demand."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import ClientSession, web

from tests.adapters.slack.schemas import wrong_message, wrong_view

STRUCTURED = ("blocks", "view", "metadata", "prompts", "attachments")
MESSAGES = ("chat.postMessage", "chat.postEphemeral", "chat.update")
NOT_EMULATED = ("assistant.threads.setStatus", "assistant.threads.setSuggestedPrompts")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of our code, and what it got."""

    method: str
    values: dict[str, Any]
    answer: dict[str, Any]
    status: int
    token: str


Fault = Callable[[web.Request, dict[str, Any]], web.StreamResponse | None]


@dataclass(kw_only=True)
class Proxy:
    """`base` is what the SDK takes for Slack."""

    upstream: str
    session: ClientSession
    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    expected_refusals: set[str] = field(default_factory=set)
    responses: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)  # what the emulator lacks
    faults: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    socket_url: str = ""
    scopes: str = ""  # that every answer tells, if set
    base: str = ""

    def application(self) -> web.Application:
        app = web.Application(client_max_size=4_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{name}", self._respond)
        return app

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # ── faults: each is used up by one call ──────────────────────────────────

    def say_slow_down(self, method: str, seconds: str) -> None:
        answer = {"ok": False, "error": "ratelimited"}
        self.faults[method].append(
            lambda: web.json_response(answer, status=429, headers={"Retry-After": seconds})
        )

    def refuse(self, method: str, error: str, **more: str) -> None:
        answer = {"ok": False, "error": error, **more}
        self.faults[method].append(lambda: web.json_response(answer))

    def fail(self, method: str, status: int) -> None:
        self.faults[method].append(lambda: web.Response(status=status, text="<html>"))

    def drop_after_accepting(self, method: str) -> None:
        self.faults[method].append("drop")

    def delay(self, method: str, seconds: float) -> None:
        self.faults[method].append(seconds)

    # ── the wire ─────────────────────────────────────────────────────────────

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        values = await _values(request)
        fault = self.faults[method].pop(0) if self.faults[method] else None
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        elif callable(fault):
            made: web.StreamResponse = fault()
            self._record(request, method, values, _body(made), made.status)
            return made
        status, answer, headers = await self._forward(request, method, values)
        self._check(method, values)
        self._record(request, method, values, answer, status)
        if not answer.get("ok") and answer.get("error") not in self.expected_refusals:
            self.problems.append(f"{method}: {answer}")
        if fault == "drop":
            assert request.transport is not None
            request.transport.close()
        return web.json_response(answer, status=status, headers=headers)

    async def _forward(
        self, request: web.Request, method: str, values: dict[str, Any]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        if method in NOT_EMULATED:
            return 200, {"ok": True}, {}
        if method == "apps.connections.open":
            return 200, {"ok": True, "url": self.socket_url}, {}
        headers = {"Authorization": request.headers.get("Authorization", "")}
        form = request.content_type == "application/x-www-form-urlencoded"
        sent: dict[str, Any] = {"json": values}
        if method == "oauth.v2.access" or (form and not any(key in values for key in STRUCTURED)):
            sent = {"data": {key: str(value) for key, value in values.items()}}
        url = f"{self.upstream}/api/{method}"
        async with self.session.post(url, headers=headers, **sent) as response:
            answer: dict[str, Any] = await response.json()
            scopes = self.scopes or response.headers.get("x-oauth-scopes")
        if method == "users.info" and answer.get("ok"):
            answer["user"].update(self.users.get(answer["user"]["id"], {}))
        return 200, answer, {"x-oauth-scopes": scopes} if scopes else {}

    def _record(
        self, request: web.Request, method: str, values: dict[str, Any], answer: Any, status: int
    ) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append(
            Call(method=method, values=values, answer=answer, status=status, token=token)
        )

    def _check(self, method: str, values: dict[str, Any]) -> None:
        if method in MESSAGES:
            self.problems += [f"{method}: {one}" for one in wrong_message(values)]
        elif method.startswith("views."):
            self.problems += [f"{method}: {one}" for one in wrong_view(values["view"])]

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.problems += [f"response_url: {one}" for one in wrong_message(body)]
        self.responses.append((request.match_info["name"], body))
        return web.Response(text="ok")


async def _values(request: web.Request) -> dict[str, Any]:
    """Arguments from wherever the SDK put them."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= await request.json()
    else:
        values |= dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    values.pop("token", None)
    for key in STRUCTURED:
        if isinstance(values.get(key), str):
            values[key] = json.loads(values[key])
    return values


def _body(response: web.StreamResponse) -> dict[str, Any]:
    text = response.text if isinstance(response, web.Response) else None
    try:
        found: dict[str, Any] = json.loads(text or "{}")
    except ValueError:
        return {}
    return found
