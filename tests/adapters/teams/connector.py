"""Microsoft's side of the wire: signing keys, signed requests, and the Bot Connector.

The shapes are those of Microsoft's documentation; what Teams sends when is our belief.
"""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

APP = "11111111-2222-3333-4444-555555555555"
BOT = f"28:{APP}"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Payload = dict[str, Any]


class Signer:
    """Signs as Microsoft does, and in every way that it doesn't."""

    def __init__(self, kid: str = "key-1", endorsements: tuple[str, ...] = ("msteams",)) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = kid
        self.endorsements = endorsements

    def jwk(self) -> Payload:
        public: Payload = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return public | {
            "kid": self.kid,
            "use": "sig",
            "endorsements": list(self.endorsements),
        }

    def token(self, service: str, **changes: Any) -> str:
        """A good token; a change of None leaves that claim out."""
        now = int(NOW.timestamp())
        claims: Payload = {
            "iss": "https://api.botframework.com",
            "aud": APP,
            "exp": now + 3600,
            "nbf": now - 60,
            "serviceurl": service,
        }
        claims = {key: value for key, value in (claims | changes).items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})


@dataclass(kw_only=True, slots=True)
class Sent:
    """One request that the bot made."""

    method: str
    path: str  # decoded
    body: Payload
    authorization: str

    @property
    def card(self) -> Payload:
        activity = self.body.get("activity", self.body)
        content: Payload = activity["attachments"][0]["content"]
        return content


@dataclass(kw_only=True, slots=True)
class Fault:
    """What the next matching request meets instead of an answer."""

    status: int = 0  # 0: the connection ends without a word
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    accepted: bool = False  # recorded all the same, as a post that got through
    only: str = ""  # of this method
    path: str = ""  # that ends so
    page: bool = False  # an HTML page instead of JSON


class Connector:
    """Records what it is asked, answers as Teams does, and fails when told to."""

    def __init__(self) -> None:
        self.signer = Signer()
        self.keys: list[Payload] = [self.signer.jwk()]
        self.keys_asked = 0
        self.keys_fault = False
        self.sent: list[Sent] = []
        self.faults: deque[Fault] = deque()
        self.rosters: dict[str, list[Payload]] = {}
        self.channels: dict[str, list[Payload]] = {}
        self.blocked: set[str] = set()  # people whose chat can't be opened
        self.delay = 0.0
        self.tried = 0
        self._posts = 0
        application = web.Application()
        application.router.add_get("/metadata", self._metadata)
        application.router.add_get("/keys", self._keys)
        application.router.add_route("*", "/{rest:.*}", self._any)
        self.server = TestServer(application)

    async def start(self) -> None:
        await self.server.start_server()

    @property
    def service(self) -> str:
        return str(self.server.make_url("/teams/"))

    @property
    def metadata(self) -> str:
        return str(self.server.make_url("/metadata"))

    def posts(self) -> list[Sent]:
        """New messages, wherever they were posted."""
        return [
            one
            for one in self.sent
            if one.method == "POST" and (one.body.get("attachments") or one.body.get("activity"))
        ]

    def updates(self) -> list[Sent]:
        return [one for one in self.sent if one.method == "PUT"]

    def cards(self) -> list[Payload]:
        return [one.card for one in [*self.posts(), *self.updates()]]

    async def _metadata(self, request: web.Request) -> web.Response:
        if self.keys_fault:
            return web.Response(status=500)
        return web.json_response({"jwks_uri": str(self.server.make_url("/keys"))})

    async def _keys(self, request: web.Request) -> web.Response:
        self.keys_asked += 1
        return web.json_response({"keys": self.keys})

    async def _any(self, request: web.Request) -> web.StreamResponse:
        self.tried += 1
        path = unquote(request.raw_path).partition("/teams/")[2]
        body = await request.json() if request.can_read_body else {}
        sent = Sent(
            method=request.method,
            path=path,
            body=body,
            authorization=request.headers.get("Authorization", ""),
        )
        fault = self.faults[0] if self.faults else None
        if fault and fault.only in ("", request.method) and path.endswith(fault.path):
            return self._fail(self.faults.popleft(), sent, request)
        return self._answer(sent)

    def _fail(self, fault: Fault, sent: Sent, request: web.Request) -> web.StreamResponse:
        if fault.accepted:
            self.sent.append(sent)
        if fault.status == 0:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if fault.page:
            return web.Response(status=fault.status, text="<html>", content_type="text/html")
        error = {"error": {"code": fault.code, "message": "secret words of the service"}}
        return web.json_response(error, status=fault.status, headers=fault.headers)

    def _answer(self, sent: Sent) -> web.Response:
        self.sent.append(sent)
        if sent.method == "GET":
            return self._looked_up(sent.path)
        if sent.path.endswith("v3/conversations"):
            return self._created(sent.body)
        self._posts += 1
        return web.json_response({"id": f"posted-{self._posts}"}, status=201)

    def _created(self, body: Payload) -> web.Response:
        self._posts += 1
        if body.get("members"):
            person = body["members"][0]["id"]
            if person in self.blocked:
                error = {"error": {"code": "ForbiddenOperationException", "message": "no"}}
                return web.json_response(error, status=403)
            return web.json_response({"id": f"a:{person}"}, status=201)
        channel = body["channelData"]["channel"]["id"]
        root = f"root-{self._posts}"
        answer = {"id": f"{channel};messageid={root}", "activityId": root}
        return web.json_response(answer, status=201)

    def _looked_up(self, path: str) -> web.Response:
        if found := re.match(r"v3/conversations/(.+)/members/(.+)", path):
            for member in self.rosters.get(found[1], []):
                if member["id"] == found[2]:
                    return web.json_response(member)
            error = {"error": {"code": "MemberNotFoundInConversation", "message": "no"}}
            return web.json_response(error, status=404)
        if found := re.match(r"v3/conversations/(.+)/pagedmembers\?pageSize=(\d+)(.*)", path):
            return self._page(found[1], found[3])
        if found := re.match(r"v3/teams/(.+)/conversations", path):
            return web.json_response({"conversations": self.channels.get(found[1], [])})
        return web.Response(status=404)

    def _page(self, conversation: str, rest: str) -> web.Response:
        """Pages of two, whatever was asked for, so that several are needed."""
        start = int(rest.partition("continuationToken=")[2] or 0)
        members = self.rosters.get(conversation, [])
        page: Payload = {"members": members[start : start + 2]}
        if start + 2 < len(members):
            page["continuationToken"] = str(start + 2)
        return web.json_response(page)


def member(person: str, name: str, role: str = "user", tenant: str = TENANT) -> Payload:
    given, _, surname = name.partition(" ")
    return {
        "id": person,
        "name": name,
        "givenName": given,
        "surname": surname,
        "userPrincipalName": f"{given.lower()}@example.com",
        "tenantId": tenant,
        "userRole": role,
    }
