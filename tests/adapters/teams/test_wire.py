"""What leaves for Teams is as large as it was measured."""

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.outbound import activity, size
from adapters.teams.sender import Sender
from bot.messages import Message, Text
from knowledge.model import Language
from tests.adapters.teams.harness import FixedTokens


async def test_a_chinese_card_takes_on_the_wire_the_bytes_that_were_counted() -> None:
    """Escaped it would take twice as many, and a card within the limit would be refused."""
    bodies: list[bytes] = []

    async def keep(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        assert request.content_type == "application/json"
        assert (await request.json())["type"] == "message"
        return web.json_response({"id": "m1"})

    app = web.Application()
    app.router.add_post("/v3/conversations/C1/activities", keep)
    message = Message(parts=(Text(text="周报" * 3000),), summary="周报", language=Language.ZH)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        payload = activity(message)
        await Sender(session, FixedTokens()).post(
            str(server.make_url("/")), "C1", payload, patient=False
        )
    assert [len(one) for one in bodies] == [size(payload)]
