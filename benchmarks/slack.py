"""What a mention costs on Slack: bare Bolt, our adapter, the whole coach; and how soon we answer.

    python -m benchmarks.slack

Every server is a process of its own on one core, signatures checked; its CPU time is read inside
it. Slack's API is another process that answers at once.
"""

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

SECRET, TOKEN, TEAM, COACH = "signing-secret", "xoxb-coach", "T1", "U0COACH"
REQUESTS, WARM, AT_ONCE, ROUNDS = 600, 100, 8, 3
RATE, SECONDS = 50, 20  # requests a second, and for how long
QUESTIONS = ("What is CKA?", "How do we start with policy as code?", "什么是 CKAD？", "thanks")
numbers = itertools.count(1)


def engine_seconds(finder: Any) -> dict[str, float]:
    """Count the search's own CPU time, to be taken off."""
    spent = {"engine": 0.0}
    find = finder.find

    def timed(*values: Any, **more: Any) -> Any:
        started = time.thread_time()
        try:
            return find(*values, **more)
        finally:
            spent["engine"] += time.thread_time() - started

    finder.find = timed
    return spent


async def bare(api: str, session: aiohttp.ClientSession) -> tuple[Any, dict[str, float]]:
    """As Bolt's pages write it, with one shared session."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(token=TOKEN, base_url=api, session=session)
    app = AsyncApp(client=client, signing_secret=SECRET)

    @app.event("app_mention")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(text="Hello", thread_ts=event["ts"])

    async def events(request: web.Request) -> web.Response:
        response: web.Response = await to_aiohttp_response(
            await app.async_dispatch(await to_bolt_request(request))
        )
        return response

    server = web.Application()
    server.router.add_post("/slack/events", events)
    return server, {"engine": 0.0}


async def ours(api: str, session: aiohttp.ClientSession, kind: str) -> tuple[Any, dict[str, float]]:
    """Our adapter: with a constant for a coach, or the whole coach on SQLite."""
    from cryptography.fernet import Fernet

    from adapters.database import migrate
    from adapters.database.engine import Database
    from adapters.database.store import DatabaseStore
    from adapters.slack.mount import Access, Slack
    from adapters.slack.workspaces import slack as team
    from adapters.web.app import application
    from adapters.web.metrics import Metrics
    from adapters.web.readiness import Readiness
    from bot.ports.installations import Installation

    def clock() -> datetime:
        return datetime.now(UTC)

    folder = Path(tempfile.mkdtemp())
    database = Database(f"sqlite:///{folder / 'coach.sqlite3'}")
    await migrate.upgrade(database)
    store = DatabaseStore(database, application_keys=(Fernet.generate_key().decode(),))
    access = Access(bot_token=TOKEN, signing_secret=SECRET, api=api)
    if kind == "several":
        access = Access(
            signing_secret=SECRET,
            client_id="1.2",
            client_secret="s",
            public_url="https://x.test",
            api=api,
        )
        await store.installations.save(
            Installation(
                workspace=team(TEAM),
                token=TOKEN,
                coach=COACH,
                scopes=(),
                installer="U1",
                since=clock(),
            )
        )
    slack = Slack(access, store.installations, session, clock)
    coach, spent = _constant() if kind == "adapter" else _whole(store, slack.chat, clock)
    slack.connect(coach)
    return application([slack], Readiness(store, 1), Metrics()), spent


def _constant() -> tuple[Any, dict[str, float]]:
    from bot.messages import Inbound, Message, Text
    from knowledge.model import Language

    class Constant:
        async def handle(self, inbound: Inbound) -> Message | None:
            return Message(parts=(Text(text="Hello"),), summary="Hello", language=Language.EN)

    return Constant(), {"engine": 0.0}


def _whole(store: Any, chat: Any, clock: Any) -> tuple[Any, dict[str, float]]:
    from bot.assembly import Surroundings, assembled
    from knowledge.engine import Engine
    from knowledge.load import load
    from knowledge.overlay import NOTHING

    finder = Engine.open(None, encoder=True)
    spent = engine_seconds(finder)
    around = Surroundings(
        base=load(examples=False),
        finder=finder,
        overlay=NOTHING,
        store=store,
        chat=chat,
        clock=clock,
        report=_failed,
        job_report=_failed,
    )
    return assembled(around).coach, spent


def _failed(error: Exception, **_about: object) -> None:
    raise error


async def serve(kind: str, api: str) -> None:
    """Until killed; `/spent` tells the CPU seconds so far, the engine's own apart."""
    os.sched_setaffinity(0, {0})
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    server, spent = await (bare(api, session) if kind == "bare" else ours(api, session, kind))

    async def told(_request: web.Request) -> web.Response:
        return web.json_response({"all": time.process_time(), **spent})

    server.router.add_get("/spent", told)
    await _listen(server)


async def api() -> None:
    """Slack's side: every call is answered at once, and posts are counted."""
    posts = {"posts": 0}

    async def call(request: web.Request) -> web.Response:
        await request.read()
        method = request.match_info["method"]
        answer: dict[str, Any] = {"ok": True}
        if method == "auth.test":
            answer |= {"team_id": TEAM, "user_id": COACH, "bot_id": "B1", "team": "x"}
        elif method == "users.info":
            answer["user"] = {"id": request.query.get("user"), "team_id": TEAM, "locale": "en-GB"}
        elif method == "chat.postMessage":
            posts["posts"] += 1
            answer |= {"ts": f"{posts['posts']}.1", "channel": "C1", "message": {}}
        return web.json_response(answer)

    async def told(_request: web.Request) -> web.Response:
        return web.json_response(posts)

    server = web.Application(client_max_size=10_000_000)
    server.router.add_route("*", "/api/{method}", call)
    server.router.add_get("/posts", told)
    await _listen(server)


async def _listen(server: web.Application) -> None:
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


class Process:
    """A server of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "benchmarks.slack", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


async def mention(session: aiohttp.ClientSession, url: str) -> float:
    """Seconds until it was acknowledged."""
    number = next(numbers)
    ts = f"{number}.{number:06}"
    event = {
        "type": "app_mention",
        "user": f"U{number % 50}",
        "channel": "C1",
        "ts": ts,
        "event_ts": ts,
        "text": f"<@{COACH}> {QUESTIONS[number % len(QUESTIONS)]}",
    }
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{number}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": COACH}],
        }
    )
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature.hexdigest()}",
    }
    started = time.perf_counter()
    async with session.post(f"{url}/slack/events", data=body, headers=headers) as response:
        assert response.status == 200, response.status
    return time.perf_counter() - started


async def answered(session: aiohttp.ClientSession, slack: str, count: int) -> None:
    async with asyncio.timeout(180):
        while (await _json(session, f"{slack}/posts"))["posts"] < count:  # noqa: ASYNC110  another process counts
            await asyncio.sleep(0.02)


async def _json(session: aiohttp.ClientSession, url: str) -> dict[str, float]:
    async with session.get(url) as response:
        found: dict[str, float] = await response.json()
    return found


async def cost(kind: str) -> tuple[float, float]:
    """CPU milliseconds of one mention and its answer; and of the engine, which is taken off."""
    slack = Process("api")
    server = Process("serve", kind, f"{slack.url}/api/")
    try:
        async with aiohttp.ClientSession() as session:
            await _many(session, server.url, WARM)
            await answered(session, slack.url, WARM)
            before = await _json(session, f"{server.url}/spent")
            await _many(session, server.url, REQUESTS)
            await answered(session, slack.url, WARM + REQUESTS)
            after = await _json(session, f"{server.url}/spent")
    finally:
        server.stop()
        slack.stop()
    engine = after["engine"] - before["engine"]
    every = after["all"] - before["all"]
    return (every - engine) / REQUESTS * 1000, engine / REQUESTS * 1000


async def _many(session: aiohttp.ClientSession, url: str, count: int) -> None:
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            await mention(session, url)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


async def latency() -> list[float]:
    """Milliseconds to the acknowledgement at a steady rate, while the whole coach answers."""
    slack = Process("api")
    server = Process("serve", "single", f"{slack.url}/api/")
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await _many(session, server.url, WARM)
            await answered(session, slack.url, WARM)
            tasks, begin = [], time.perf_counter()
            for number in range(RATE * SECONDS):
                await asyncio.sleep(max(0.0, begin + number / RATE - time.perf_counter()))
                tasks.append(asyncio.create_task(mention(session, server.url)))
            taken = await asyncio.gather(*tasks)
            await answered(session, slack.url, WARM + RATE * SECONDS)
    finally:
        server.stop()
        slack.stop()
    return sorted(one * 1000 for one in taken)


async def run() -> None:
    kinds = ("bare", "adapter", "single", "several")
    figures: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind in kinds:
            figures[kind].append(await cost(kind))
    base = statistics.median(own for own, _ in figures["bare"])
    print("| server | CPU ms a mention | of bare Bolt | the engine's own, ms |\n|---|---|---|---|")
    for kind in kinds:
        own = statistics.median(one for one, _ in figures[kind])
        engine = statistics.median(one for _, one in figures[kind])
        print(f"| {kind} | {own:.2f} | {own / base:.2f} × | {engine:.2f} |")
    taken = await latency()
    spots = {
        name: taken[int(len(taken) * share) - 1]
        for name, share in (("p50", 0.5), ("p99", 0.99), ("worst", 1.0))
    }
    print(
        f"\nacknowledged at {RATE}/s for {SECONDS} s: "
        + ", ".join(f"{name} {value:.1f} ms" for name, value in spots.items())
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["run"])
    match parser.parse_args().what:
        case ["serve", kind, address]:
            asyncio.run(serve(kind, address))
        case ["api"]:
            asyncio.run(api())
        case _:
            asyncio.run(run())


if __name__ == "__main__":
    main()
