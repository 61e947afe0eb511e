"""What Slack would send: payloads checked against Slack's own types, signed, and delivered.

When Slack sends what is our belief; docs/testing.md says so.
"""

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession

from tests.adapters.slack.emulator import APP, COACH, TEAM
from tests.adapters.slack.schemas import wrong_incoming

SECRET = "signing-secret"
numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    body: str

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(kw_only=True)
class SlackSide:
    """Delivers to our address; every payload is validated before it is sent."""

    url: str
    session: ClientSession
    now: datetime
    responses: str  # base of response_urls
    speak: Callable[[str, str, str, str | None], str]  # makes the message stand; its id
    team: str = TEAM
    sent: list[Answer] = field(default_factory=list)

    # ── events ───────────────────────────────────────────────────────────────

    async def mention(
        self, user: str, channel: str, text: str, *, thread: str | None = None, **more: Any
    ) -> Answer:
        ts = self.speak(user, channel, f"<@{COACH}> {text}", thread)
        event = {
            "type": "app_mention",
            "user": user,
            "text": f"<@{COACH}> {text}",
            "ts": ts,
            "channel": channel,
            "event_ts": ts,
            "team": self.team,
            **({"thread_ts": thread} if thread else {}),
        }
        return await self.event(event, **more)

    async def direct(
        self, user: str, channel: str, text: str, *, thread: str | None = None, **more: Any
    ) -> Answer:
        ts = self.speak(user, channel, text, thread)
        event = {
            "type": "message",
            "channel_type": "im",
            "user": user,
            "text": text,
            "ts": ts,
            "channel": channel,
            "event_ts": ts,
            "team": self.team,
            **({"thread_ts": thread} if thread else {}),
        }
        return await self.event(event, **more)

    async def event(
        self,
        event: dict[str, Any],
        *,
        event_id: str | None = None,
        retry: int | None = None,
        check: bool = True,
        **outer: Any,
    ) -> Answer:
        if check:
            assert not (problems := wrong_incoming("Event", event)), problems
        body = self.envelope(event, event_id, **outer)
        headers = {"x-slack-retry-num": str(retry)} if retry else {}
        return await self.post_json(body, headers)

    def envelope(
        self, event: dict[str, Any], event_id: str | None = None, **outer: Any
    ) -> dict[str, Any]:
        return {
            "token": "x",
            "team_id": self.team,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(numbers):09}",
            "event_time": int(self.now.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": COACH,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            **outer,
        }

    # ── commands, clicks, forms, shortcuts ───────────────────────────────────

    def command_body(self, user: str, channel: str, command: str, text: str) -> dict[str, Any]:
        number = next(numbers)
        return {
            "token": "x",
            "command": command,
            "text": text,
            "response_url": f"{self.responses}/command-{number}",
            "trigger_id": f"trigger-{number}",
            "user_id": user,
            "user_name": "someone",
            "team_id": self.team,
            "team_domain": "cloudco",
            "channel_id": channel,
            "channel_name": "platform",
            "api_app_id": APP,
        }

    async def command(
        self, user: str, channel: str, command: str, text: str = "", *, trigger: str | None = None
    ) -> Answer:
        body = self.command_body(user, channel, command, text)
        body["trigger_id"] = trigger or body["trigger_id"]
        assert not (problems := wrong_incoming("Command", body)), problems
        return await self.post_form(body)

    async def click(
        self,
        user: str,
        channel: str,
        message: dict[str, Any],
        label: str,
        *,
        ephemeral: bool = False,
        trigger: str | None = None,
    ) -> Answer:
        """Press the button with this label (feedback buttons too) on a message that stands."""
        element, action = _button(message["blocks"], label)
        number = next(numbers)
        ts = message.get("ts") or self.ts()
        body = {
            "type": "block_actions",
            "user": {"id": user, "username": "someone", "name": "someone", "team_id": self.team},
            "api_app_id": APP,
            "token": "x",
            "container": {
                "type": "message",
                "message_ts": ts,
                "channel_id": channel,
                "is_ephemeral": ephemeral,
                **({"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}),
            },
            "trigger_id": trigger or f"trigger-{number}",
            "team": {"id": self.team, "domain": "cloudco"},
            "channel": {"id": channel, "name": "platform"},
            "response_url": f"{self.responses}/click-{number}",
            "actions": [{**element, "action_ts": self.ts(), "block_id": "b", **action}],
            **(
                {}
                if ephemeral
                else {
                    "message": {
                        "type": "message",
                        "ts": ts,
                        **{
                            k: v for k, v in message.items() if k in ("text", "thread_ts", "blocks")
                        },
                    }
                }
            ),
        }
        if element["type"] != "feedback_buttons":  # newer than Slack's own type of clicks
            assert not (problems := wrong_incoming("Click", body)), problems
        return await self.post_payload(body)

    async def click_home(
        self, user: str, view: dict[str, Any], label: str, *, trigger: str | None = None
    ) -> Answer:
        return await self._click_in_view(user, {**_view(view), "type": "home"}, label, trigger)

    async def click_in_modal(self, user: str, view: dict[str, Any], label: str) -> Answer:
        return await self._click_in_view(user, {**_view(view), "type": "modal"}, label)

    async def _click_in_view(
        self, user: str, view: dict[str, Any], label: str, trigger: str | None = None
    ) -> Answer:
        element, action = _button(view["blocks"], label)
        body = {
            "type": "block_actions",
            "user": {"id": user, "username": "someone", "name": "someone", "team_id": self.team},
            "api_app_id": APP,
            "token": "x",
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": trigger or f"trigger-{next(numbers)}",
            "team": {"id": self.team, "domain": "cloudco"},
            "view": view,
            "actions": [{**element, "action_ts": self.ts(), "block_id": "b", **action}],
        }
        return await self.post_payload(body)

    async def submit(
        self,
        user: str,
        view: dict[str, Any],
        values: dict[str, str | list[str]],
        *,
        trigger: str | None = None,
    ) -> Answer:
        """Send a modal with these fields filled in; options must be among those shown."""
        body = {
            "type": "view_submission",
            "team": {"id": self.team, "domain": "cloudco"},
            "user": {"id": user, "name": "someone", "team_id": self.team},
            "api_app_id": APP,
            "token": "x",
            "trigger_id": trigger or f"trigger-{next(numbers)}",
            "response_urls": [],
            "view": {**_view(view), "state": {"values": _state(view, values)}},
        }
        assert not (problems := wrong_incoming("Submit", body)), problems
        return await self.post_payload(body)

    async def on_message(self, user: str, channel: str, text: str) -> Answer:
        number = next(numbers)
        body = {
            "type": "message_action",
            "callback_id": "ask_about",
            "trigger_id": f"trigger-{number}",
            "message_ts": self.ts(),
            "response_url": f"{self.responses}/shortcut-{number}",
            "message": {"type": "message", "user": "U9", "ts": self.ts(), "text": text},
            "user": {"id": user, "name": "someone", "username": "someone", "team_id": self.team},
            "channel": {"id": channel, "name": "platform"},
            "team": {"id": self.team, "domain": "cloudco"},
            "token": "x",
            "action_ts": self.ts(),
        }
        assert not (problems := wrong_incoming("OnMessage", body)), problems
        return await self.post_payload(body)

    async def anywhere(self, user: str, trigger: str) -> Answer:
        body = {
            "type": "shortcut",
            "callback_id": "start_pulse",
            "trigger_id": trigger,
            "user": {"id": user, "username": "someone", "team_id": self.team},
            "team": {"id": self.team, "domain": "cloudco"},
            "token": "x",
            "action_ts": self.ts(),
        }
        assert not (problems := wrong_incoming("Anywhere", body)), problems
        return await self.post_payload(body)

    # ── the wire ─────────────────────────────────────────────────────────────

    async def post_json(
        self, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Answer:
        return await self.post(json.dumps(body), "application/json", headers)

    async def post_form(self, body: dict[str, Any]) -> Answer:
        return await self.post(urlencode(body), "application/x-www-form-urlencoded")

    async def post_payload(self, body: dict[str, Any]) -> Answer:
        return await self.post_form({"payload": json.dumps(body)})

    async def post(
        self,
        body: str | bytes,
        kind: str,
        headers: dict[str, str] | None = None,
        *,
        secret: str = SECRET,
        age: int = 0,
    ) -> Answer:
        raw = body.encode() if isinstance(body, str) else body
        timestamp = str(int(self.now.timestamp()) - age)
        base = b"v0:" + timestamp.encode() + b":" + raw
        signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
        signed = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
            **(headers or {}),
        }
        async with self.session.post(self.url, data=raw, headers=signed) as response:
            answer = Answer(status=response.status, body=await response.text())
        self.sent.append(answer)
        return answer

    def ts(self) -> str:
        return f"{int(self.now.timestamp())}.{next(numbers):06}"


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    """The labels that can be pressed."""
    found = []
    for block in blocks:
        for element in block.get("elements") or ():
            if element.get("type") == "button":
                found.append(element["text"]["text"])
            elif element.get("type") == "feedback_buttons":
                found += [element[key]["text"]["text"] for key in _VOTES]
    return found


_VOTES = ("positive_button", "negative_button")


def _button(blocks: list[dict[str, Any]], label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        for element in block.get("elements") or ():
            if element.get("type") == "button" and element["text"]["text"] == label:
                return element, {}
            for key in _VOTES:
                vote = element.get(key)
                if vote and vote["text"]["text"] == label:
                    kept = {"type": "feedback_buttons", "action_id": element["action_id"]}
                    return kept, {"value": vote["value"], "text": vote["text"]}
    raise AssertionError(f"no button {label!r} among {buttons(blocks)}")


def _view(view: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"V{next(numbers)}",
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": "B0000COACH",
        "hash": f"{next(numbers)}.abc",
        "state": {"values": {}},
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "previous_view_id": None,
        "root_view_id": "V1",
        "external_id": "",
        **view,
    }


def _state(view: dict[str, Any], values: dict[str, str | list[str]]) -> dict[str, Any]:
    state: dict[str, Any] = {}
    left = dict(values)
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        state[name] = {element["action_id"]: _typed(element, left.pop(name, None))}
    assert not left, f"no such fields: {left}"
    return state


def _typed(element: dict[str, Any], value: Any) -> dict[str, Any]:
    kind = element["type"]
    if kind == "plain_text_input":
        return {"type": kind, "value": value or element.get("initial_value")}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": value}
    groups = element.get("option_groups") or ()
    options = element.get("options") or [one for group in groups for one in group["options"]]
    by_value = {option["value"]: option for option in options}
    if kind in ("checkboxes", "multi_static_select"):
        chosen = [by_value[one] for one in value] if value else element.get("initial_options", [])
        return {"type": kind, "selected_options": chosen}
    return {
        "type": kind,
        "selected_option": by_value[value] if value else element.get("initial_option"),
    }
