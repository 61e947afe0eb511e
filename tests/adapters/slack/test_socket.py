"""Without a public address: Socket Mode, also when the connection breaks."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from adapters.slack.socket import SlackSocket
from tests.adapters.slack.scripted import Scripted
from tests.adapters.slack.world import World, listening

numbers = itertools.count(1)


@dataclass
class SocketSide:
    """Slack's end of the sockets; the framing is our belief about Slack."""

    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                sent = json.loads(message.data)
                self.acknowledged[sent["envelope_id"]] = sent.get("payload") or {}
        return socket

    async def deliver(self, kind: str, payload: dict[str, Any]) -> str:
        envelope = f"envelope-{next(numbers)}"
        await self.sockets[-1].send_json(
            {
                "type": kind,
                "envelope_id": envelope,
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
            }
        )
        return envelope


async def until(condition: Any, seconds: float = 8.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  the condition is another program's
            await asyncio.sleep(0.02)


@pytest.fixture
async def socket_side(slack: World) -> AsyncIterator[SocketSide]:
    side = SocketSide()
    app = web.Application()
    app.router.add_get("/link", side.accept)
    async with listening(app) as address:
        slack.proxy.socket_url = address.replace("http", "ws") + "/link"
        assert slack.slack.app is not None
        ours = SlackSocket(
            slack.slack.app,
            slack.session,
            app_token="xapp-1",
            api=slack.proxy.base,
            ping_seconds=0.5,
        )
        await ours.start()
        await until(lambda: side.sockets)
        assert await ours.connected()
        yield side
        await ours.stop()
        assert not await ours.connected()
        for socket in side.sockets:
            await socket.close()


def mention(slack: World, text: str) -> dict[str, Any]:
    user, channel = slack.user("ada"), slack.channel
    ts = slack.emulator.speak(user, channel, text)
    return slack.side.envelope(
        {
            "type": "app_mention",
            "user": user,
            "text": text,
            "ts": ts,
            "channel": channel,
            "event_ts": ts,
        }
    )


async def test_an_event_over_the_socket_is_acknowledged_and_answered(
    slack: World, coach: Scripted, socket_side: SocketSide
) -> None:
    envelope = await socket_side.deliver("events_api", mention(slack, "hi"))
    await until(lambda: envelope in socket_side.acknowledged)
    await until(lambda: coach.given)
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["Hello"]


async def test_a_command_over_the_socket_is_answered(
    slack: World, coach: Scripted, socket_side: SocketSide
) -> None:
    body = slack.side.command_body(slack.user("ada"), slack.channel, "/coach", "hi")
    envelope = await socket_side.deliver("slash_commands", body)
    await until(lambda: envelope in socket_side.acknowledged)
    await until(lambda: slack.proxy.responses)
    assert slack.proxy.responses[0][1]["text"] == "Hello"
    assert len(coach.given) == 1


async def test_after_a_broken_connection_it_connects_again_and_answers(
    slack: World, coach: Scripted, socket_side: SocketSide
) -> None:
    await socket_side.sockets[0].close()
    await until(lambda: len(socket_side.sockets) > 1)
    envelope = await socket_side.deliver("events_api", mention(slack, "again"))
    await until(lambda: envelope in socket_side.acknowledged)
    await until(lambda: coach.given)
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["Hello"]


async def test_slack_asking_to_reconnect_is_obeyed(slack: World, socket_side: SocketSide) -> None:
    await socket_side.sockets[0].send_json({"type": "disconnect", "reason": "refresh_requested"})
    await until(lambda: len(socket_side.sockets) > 1)
    assert len(slack.proxy.of("apps.connections.open")) == 2


async def test_what_cannot_be_read_is_not_acknowledged(
    slack: World, coach: Scripted, socket_side: SocketSide
) -> None:
    broken = mention(slack, "hi")
    del broken["event"]["channel"]
    bad = await socket_side.deliver("events_api", broken)
    good = await socket_side.deliver("events_api", mention(slack, "hi"))
    await until(lambda: good in socket_side.acknowledged)
    await slack.settled()
    assert bad not in socket_side.acknowledged
    assert len(coach.given) == 1
