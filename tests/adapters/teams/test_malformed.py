"""Signed, but not as Teams sends it: the right status, and nothing runs."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.adapters.teams.activities import CHANNEL, Payload, Sends
from tests.adapters.teams.harness import Wire

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Make = Callable[[Sends], Any]


def without(*path: str) -> Make:
    def make(sends: Sends) -> Payload:
        activity = deepcopy(sends.message("Hello?"))
        place: Any = activity
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]
        return activity

    return make


def holding(value: object, *path: str) -> Make:
    def make(sends: Sends) -> Payload:
        activity = deepcopy(sends.message("Hello?"))
        place: Any = activity
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return activity

    return make


def action(data: object) -> Make:
    return lambda sends: sends.invoke("adaptiveCard/action", {"action": {"data": data}})


def _no_tenant(sends: Sends) -> Payload:
    activity = sends.message("Hello?")
    del activity["channelData"]["tenant"]
    del activity["conversation"]["tenantId"]
    return activity


MALFORMED: dict[str, tuple[int, Make]] = {
    "no recipient": (400, without("recipient")),
    "recipient without id": (400, without("recipient", "id")),
    "recipient of the wrong type": (400, holding("bot", "recipient")),
    "no sender": (400, without("from")),
    "sender id of the wrong type": (400, holding(7, "from", "id")),
    "sender id empty": (400, holding("", "from", "id")),
    "sender id huge": (400, holding("2" * 5000, "from", "id")),
    "sender id with line breaks": (400, holding("29:a\nb", "from", "id")),
    "no conversation": (400, without("conversation")),
    "conversation a list": (400, holding([], "conversation")),
    "conversation type unknown": (400, holding("seance", "conversation", "conversationType")),
    "no id": (400, without("id")),
    "id a number": (400, holding(17, "id")),
    "no type": (400, without("type")),
    "type an object": (400, holding({}, "type")),
    "no tenant": (400, _no_tenant),
    "tenant of the wrong type": (400, holding(["x"], "channelData", "tenant", "id")),
    "channelData a text": (400, holding("x", "channelData")),
    "text an object": (400, holding({"a": 1}, "text")),
    "entities a text": (400, holding("x", "entities")),
    "entities of numbers": (400, holding([1, 2], "entities")),
    "mention without whom": (400, holding([{"type": "mention", "text": "x"}], "entities")),
    "locale a list": (400, holding([], "locale")),
    "text too long": (400, holding("x" * 40_000, "text")),
    "huge": (413, holding("x" * 400_000, "text")),
    "unknown invoke": (501, lambda sends: sends.invoke("signin/verifyState", {"state": "1"})),
    "invoke without name": (501, lambda sends: sends.activity("invoke", value={})),
    "invoke name a number": (400, lambda sends: sends.activity("invoke", name=3, value={})),
    "value a text": (400, lambda sends: sends.invoke("adaptiveCard/action", "x")),
    "value a list": (400, lambda sends: sends.invoke("task/fetch", [1])),
    "action a text": (400, lambda sends: sends.invoke("adaptiveCard/action", {"action": "x"})),
    "data of somebody else": (400, action({"verb": "delete everything"})),
    "no data": (400, action(None)),
    "coach a text": (400, action({"coach": "ask.why"})),
    "action a number": (400, action({"coach": {"action": 5}})),
    "field an object": (400, action({"coach": {"form": "f"}, "field.a": {"b": 1}})),
    "field a list": (400, action({"coach": {"form": "f"}, "field.a": ["1"]})),
    "query parameters a text": (
        400,
        lambda sends: sends.invoke("composeExtension/query", {"parameters": "x"}),
    ),
    "message payload a text": (
        400,
        lambda sends: sends.invoke("composeExtension/fetchTask", {"messagePayload": "x"}),
    ),
    "members a text": (400, lambda sends: sends.update(membersAdded="me")),
    "not an object": (400, lambda _: [1, 2, 3]),
    "not JSON": (400, lambda _: b"{"),
    "not UTF-8": (400, lambda _: b"\xff\xfe"),
    "deeply nested": (400, lambda _: b"[" * 100_000),
}


@pytest.mark.parametrize(("status", "make"), MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_malformed_gets_its_status_and_runs_nothing(
    wire: Wire, status: int, make: Make
) -> None:
    reply = await wire.say(make(wire.sends))
    assert (reply.status, reply.body) == (status, {})
    assert wire.stage.heard == []
    assert wire.connector.sent == []
    assert wire.reported == []


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "messageUpdate", "text": "edited"},
        {"type": "messageDelete"},
        {"type": "typing"},
        {"type": "event", "name": "application/vnd.microsoft.meetingStart"},
        {"type": "somethingNew"},
    ],
    ids=lambda activity: activity["type"],
)
async def test_what_the_coach_has_no_use_for_is_acknowledged(wire: Wire, activity: Payload) -> None:
    base = wire.sends.activity("message", where=CHANNEL)
    assert (await wire.say(base | activity)).status == 200
    assert wire.stage.heard == []


async def test_only_json_is_read(wire: Wire) -> None:
    async with wire.client.post("/api/messages", data=b"{}") as response:
        assert response.status == 415
    async with wire.client.get("/api/messages") as response:
        assert response.status == 405
