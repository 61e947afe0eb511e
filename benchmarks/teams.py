"""What a message costs on Teams: our adapter, the SDK's own echo bot, and bare aiohttp.

    python -m benchmarks.teams

Every server is a process of its own, with authentication on and one worker; its CPU time is read
from the operating system. The connector answers at once, and for the last figure after 100 ms.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
REQUESTS = 1500
WARM = 100
AT_ONCE = 8
SLOW = 0.1  # seconds that the slow connector takes
SLOW_REQUESTS = 1500
SLOW_AT_ONCE = 100
ROUNDS = 3
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


# ── the three servers ────────────────────────────────────────────────────────


async def bare(connector: str) -> Handler:
    """The least that any bot must do: read, post one JSON answer, acknowledge."""
    session = aiohttp.ClientSession()

    async def receive(request: web.Request) -> web.Response:
        activity = await request.json()
        conversation = activity["conversation"]["id"]
        answer = {"type": "message", "text": "Echo: " + activity["text"]}
        address = f"{connector}v3/conversations/{conversation}/activities"
        async with session.post(address, json=answer) as response:
            await response.json()
        return web.Response(status=202)

    return receive


async def stock(connector: str) -> Handler:
    """The SDK's echo bot as its samples write it; only where keys and tokens come from is ours."""
    from botbuilder.core import ActivityHandler, MessageFactory, TurnContext
    from botbuilder.integration.aiohttp import (
        CloudAdapter,
        ConfigurationBotFrameworkAuthentication,
    )
    from botframework.connector.auth import ChannelValidation, MicrosoftAppCredentials

    ChannelValidation.open_id_metadata_endpoint = f"{connector}metadata"
    MicrosoftAppCredentials.get_access_token = lambda _self, _force=False: "token"

    class Config:
        APP_ID = APP
        APP_PASSWORD = "secret"
        APP_TYPE = "MultiTenant"

    class Echo(ActivityHandler):  # type: ignore[misc]
        async def on_message_activity(self, turn_context: TurnContext) -> None:
            await turn_context.send_activity(
                MessageFactory.text("Echo: " + turn_context.activity.text)
            )

    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config()))
    bot = Echo()

    async def receive(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await adapter.process(request, bot)
        return response

    return receive


async def ours(connector: str) -> Handler:
    """Our adapter whole, with a card for an answer; in the engine's place stands a constant."""
    from adapters.teams.assembly import Teams
    from adapters.teams.registration import Registration
    from bot.messages import Inbound, Message, Text
    from knowledge.model import Language

    class Constant:
        async def handle(self, inbound: Inbound) -> Message | None:
            text = "Echo: " + getattr(inbound, "text", "")
            return Message(parts=(Text(text=text),), summary=text, language=Language.EN)

        def search(self, text: str, locale: str | None) -> tuple[tuple[Message, str], ...]:
            return ()

    class Tokens:
        async def token(self) -> str:
            return "token"

        def forget(self) -> None: ...

    teams = Teams(
        Registration(app_id=APP, tenant=TENANT),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)),
        NoReferences(),  # type: ignore[arg-type]
        lambda: datetime.now(UTC),
        metadata=f"{connector}metadata",
        tokens=Tokens(),
    )
    return teams.connect(Constant(), Constant()).receive


class NoReferences:
    """Nothing is kept: the store's time is not the adapter's."""

    async def keep(self, *_: object) -> None: ...

    async def know(self, *_: object) -> None: ...


SERVERS = {"bare": bare, "stock": stock, "ours": ours}


async def serve(kind: str, port: int, connector: str) -> None:
    application = web.Application()
    application.router.add_post("/api/messages", await SERVERS[kind](connector))

    async def cpu(_: web.Request) -> web.Response:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return web.json_response({"seconds": used.ru_utime + used.ru_stime})

    application.router.add_get("/cpu", cpu)
    await _run(application, port)


# ── Microsoft's side ─────────────────────────────────────────────────────────


async def connect(port: int, delay: float) -> None:
    """Keys, and a connector that answers after `delay` seconds; counts what it got."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    jwk |= {"kid": "k", "endorsements": ["msteams"]}
    home = f"http://127.0.0.1:{port}/"
    got = 0

    async def metadata(_: web.Request) -> web.Response:
        return web.json_response(
            {"jwks_uri": home + "keys", "id_token_signing_alg_values_supported": ["RS256"]}
        )

    async def keys(_: web.Request) -> web.Response:
        return web.json_response({"keys": [jwk]})

    async def token(_: web.Request) -> web.Response:
        now = int(time.time())
        claims = {
            "iss": "https://api.botframework.com",
            "aud": APP,
            "exp": now + 3600,
            "nbf": now - 60,
            "serviceurl": home,
        }
        return web.Response(text=jwt.encode(claims, key, "RS256", headers={"kid": "k"}))

    async def post(request: web.Request) -> web.Response:
        nonlocal got
        await request.read()
        if delay:
            await asyncio.sleep(delay)
        got += 1
        return web.json_response({"id": "1"}, status=201)

    async def count(_: web.Request) -> web.Response:
        return web.json_response({"got": got})

    application = web.Application()
    application.router.add_get("/metadata", metadata)
    application.router.add_get("/keys", keys)
    application.router.add_get("/token", token)
    application.router.add_get("/count", count)
    application.router.add_post("/v3/{rest:.*}", post)
    await _run(application, port)


async def _run(application: web.Application, port: int) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.sleep(600)  # at most; the parent ends it


# ── measuring ────────────────────────────────────────────────────────────────


def activity(number: int, service: str) -> dict[str, Any]:
    return {
        "type": "message",
        "id": str(number),
        "timestamp": "2026-11-23T09:00:00.000Z",
        "localTimezone": "Europe/Berlin",
        "serviceUrl": service,
        "channelId": "msteams",
        "from": {"id": "29:anna", "name": "Anna Weber", "aadObjectId": "aad"},
        "conversation": {
            "id": "a:personal",
            "conversationType": "personal",
            "tenantId": TENANT,
        },
        "recipient": {"id": f"28:{APP}", "name": "Coach"},
        "entities": [{"type": "clientInfo", "locale": "en-GB", "timezone": "Europe/Berlin"}],
        "channelData": {"tenant": {"id": TENANT}},
        "text": "Who should own the security of our clusters?",
        "textFormat": "plain",
        "locale": "en-GB",
    }


async def load(port: int, connector: str, requests: int, at_once: int) -> float:
    """Sends the requests, waits until as many answers came; seconds that took."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:
        token = await _text(session, f"{connector}token")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        before = (await _json(session, f"{connector}count"))["got"]
        numbers = iter(range(requests))
        began = time.perf_counter()

        async def send() -> None:
            for number in numbers:
                data = json.dumps(activity(number, connector))
                address = f"http://127.0.0.1:{port}/api/messages"
                async with session.post(address, data=data, headers=headers) as response:
                    if response.status >= 300:
                        raise RuntimeError(f"status {response.status}")

        await asyncio.gather(*(send() for _ in range(at_once)))
        while (await _json(session, f"{connector}count"))["got"] - before < requests:
            await asyncio.sleep(0.005)
            if time.perf_counter() - began > 120:
                raise RuntimeError("answers are missing")
        return time.perf_counter() - began


async def _json(session: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    async with session.get(address) as response:
        loaded: dict[str, Any] = await response.json()
        return loaded


async def _text(session: aiohttp.ClientSession, address: str) -> str:
    async with session.get(address) as response:
        return await response.text()


@asynccontextmanager
async def child(*arguments: str, port: int) -> AsyncIterator[None]:
    process = subprocess.Popen(  # noqa: ASYNC220  one of ours, ended below
        [sys.executable, "-m", "benchmarks.teams", *arguments, "--port", str(port)]
    )
    try:
        for _ in range(200):
            await asyncio.sleep(0.1)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            writer.close()
            break
        yield
    finally:
        process.terminate()
        process.wait(10)


async def cpu_milliseconds(kind: str) -> float:
    """CPU of one request, user and system, of the server's process alone."""
    connector = "http://127.0.0.1:8701/"
    async with (
        child("connector", port=8701),
        child("serve", kind, "--connector", connector, port=8702),
        aiohttp.ClientSession() as session,
    ):
        await load(8702, connector, WARM, AT_ONCE)
        address = "http://127.0.0.1:8702/cpu"
        before = (await _json(session, address))["seconds"]
        await load(8702, connector, REQUESTS, AT_ONCE)
        after = (await _json(session, address))["seconds"]
    used: float = (after - before) / REQUESTS * 1000
    return used


async def replies_a_second(kind: str) -> float:
    connector = "http://127.0.0.1:8701/"
    async with (
        child("connector", "--delay", str(SLOW), port=8701),
        child("serve", kind, "--connector", connector, port=8702),
    ):
        await load(8702, connector, WARM, AT_ONCE)
        return SLOW_REQUESTS / await load(8702, connector, SLOW_REQUESTS, SLOW_AT_ONCE)


async def measure() -> dict[str, float]:
    """The best of several rounds, in turn, so that a busy moment hits all alike."""
    cpu: dict[str, float] = {}
    for _ in range(ROUNDS):
        for kind in SERVERS:
            cpu[kind] = min(cpu.get(kind, float("inf")), await cpu_milliseconds(kind))
    return {
        **{f"{kind}, CPU ms a request": used for kind, used in cpu.items()},
        "stock / ours": cpu["stock"] / cpu["ours"],
        "ours / bare": cpu["ours"] / cpu["bare"],
        "replies a second, connector 100 ms": await replies_a_second("ours"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="measure")
    parser.add_argument("kind", nargs="?", choices=SERVERS)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--connector", default="")
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    if given.what == "serve":
        asyncio.run(serve(given.kind, given.port, given.connector))
    elif given.what == "connector":
        asyncio.run(connect(given.port, given.delay))
    else:
        for name, value in asyncio.run(measure()).items():
            print(f"{name:40} {value:8.2f}")


if __name__ == "__main__":
    main()
