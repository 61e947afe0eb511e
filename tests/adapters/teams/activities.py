"""What Teams sends, in the shapes of Microsoft's documented examples."""

from itertools import count
from typing import Any

from tests.adapters.teams.connector import BOT, TENANT

Payload = dict[str, Any]
ANNA, BEN, CHEN = "29:anna", "29:ben", "29:chen"
TEAM = "19:team@thread.tacv2"
CHANNEL = "19:platform@thread.tacv2"
GROUP = "19:group@thread.v2"
PERSONAL = "a:personal-anna"
numbers = count(1)


class Sends:
    """Builds activities for one service address."""

    def __init__(self, service: str) -> None:
        self.service = service

    def activity(
        self,
        kind: str,
        *,
        person: str = ANNA,
        where: str = CHANNEL,
        thread: str | None = "1700000000000",
        locale: str = "en-GB",
        **more: Any,
    ) -> Payload:
        types = {PERSONAL: "personal", GROUP: "groupChat"}
        conversation_type = "personal" if where.startswith("a:") else types.get(where, "channel")
        conversation: Payload = {"id": where, "conversationType": conversation_type}
        conversation["tenantId"] = TENANT
        data: Payload = {"tenant": {"id": TENANT}}
        if conversation_type != "personal":
            conversation["isGroup"] = True
        if conversation_type == "channel":
            if thread:
                conversation["id"] = f"{where};messageid={thread}"
            data |= {
                "team": {"id": TEAM, "name": "Platform team"},
                "channel": {"id": where, "name": "platform", "type": "standard"},
                "teamsChannelId": where,
                "teamsTeamId": TEAM,
            }
        base: Payload = {
            "type": kind,
            "id": f"{1700000000000 + next(numbers)}",
            "timestamp": "2026-11-23T09:00:00.000Z",
            "localTimestamp": "2026-11-23T10:00:00.000+01:00",
            "localTimezone": "Europe/Berlin",
            "serviceUrl": self.service,
            "channelId": "msteams",
            "from": {"id": person, "name": "Anna Weber", "aadObjectId": f"aad-{person}"},
            "conversation": conversation,
            "recipient": {"id": BOT, "name": "Coach"},
            "entities": [
                {
                    "type": "clientInfo",
                    "locale": locale,
                    "country": "DE",
                    "platform": "Web",
                    "timezone": "Europe/Berlin",
                }
            ],
            "channelData": data,
            "locale": locale,
        }
        return base | more

    def message(self, text: str, *, at: tuple[str, ...] = (), **more: Any) -> Payload:
        """As typed; in a channel or group it begins with the mention of the bot."""
        activity = self.activity("message", textFormat="plain", text=text, **more)
        if activity["conversation"]["conversationType"] != "personal":
            activity["text"] = f"<at>Coach</at> {text}"
            activity["entities"].append(mention(BOT, "Coach"))
        for person in at:
            name = person.removeprefix("29:").title()
            activity["text"] += f" <at>{name}</at>"
            activity["entities"].append(mention(person, name))
        return activity

    def invoke(self, name: str, value: Any, **more: Any) -> Payload:
        return self.activity("invoke", name=name, value=value, replyToId="card-1", **more)

    def execute(self, action: Payload, values: Payload | None = None, **more: Any) -> Payload:
        """A press on a card's button, as the card itself describes it."""
        data = {**action.get("data", {}), **(values or {})}
        if data.get("msteams", {}).get("type") == "task/fetch":
            return self.invoke("task/fetch", {"data": data, "context": {"theme": "dark"}}, **more)
        pressed = {"type": "Action.Execute", "id": "", "verb": action.get("verb"), "data": data}
        value = {"action": pressed, "trigger": "manual"}
        return self.invoke("adaptiveCard/action", value, **more)

    def submit(self, action: Payload, values: Payload | None = None, **more: Any) -> Payload:
        """A press inside a dialog."""
        data = {**action.get("data", {}), **(values or {})}
        return self.invoke("task/submit", {"data": data, "context": {"theme": "dark"}}, **more)

    def old_submit(self, action: Payload, values: Payload | None = None, **more: Any) -> Payload:
        """A press in a client that knows no Action.Execute: a message with a value."""
        data = {**action.get("data", {}), **(values or {})}
        return self.activity("message", value=data, replyToId="card-1", **more)

    def query(self, text: str, **more: Any) -> Payload:
        value = {
            "commandId": "search",
            "parameters": [{"name": "query", "value": text}],
            "queryOptions": {"skip": 0, "count": 25},
        }
        return self.invoke("composeExtension/query", value, **more)

    def ask_about(self, html: str, **more: Any) -> Payload:
        value = {
            "commandId": "askCoach",
            "commandContext": "message",
            "messagePayload": {
                "id": "1700000000001",
                "messageType": "message",
                "body": {"contentType": "html", "content": html},
                "from": {"user": {"id": "aad", "displayName": "Ben"}},
            },
        }
        return self.invoke("composeExtension/fetchTask", value, **more)

    def update(self, event: str | None = None, **more: Any) -> Payload:
        activity = self.activity("conversationUpdate", thread=None, **more)
        if event:
            activity["channelData"]["eventType"] = event
        return activity

    def added(self, *who: str, **more: Any) -> Payload:
        added = [{"id": one} for one in who]
        return self.update("teamMemberAdded", membersAdded=added, **more)

    def removed(self, *who: str, **more: Any) -> Payload:
        removed = [{"id": one} for one in who]
        return self.update("teamMemberRemoved", membersRemoved=removed, **more)


def mention(person: str, name: str) -> Payload:
    return {
        "type": "mention",
        "mentioned": {"id": person, "name": name},
        "text": f"<at>{name}</at>",
    }


def buttons(card: Payload) -> dict[str, Payload]:
    """All actions of a card, by title."""
    found: dict[str, Payload] = {}

    def look(element: Any) -> None:
        if isinstance(element, list):
            for one in element:
                look(one)
        elif isinstance(element, dict):
            if str(element.get("type", "")).startswith("Action."):
                found[element["title"]] = element
                return
            for one in element.values():
                look(one)

    look(card.get("body", []))
    return found


def words(card: Payload) -> str:
    """All text of a card that a reader sees, line by line."""
    found: list[str] = []

    def look(element: Any) -> None:
        if isinstance(element, list):
            for one in element:
                look(one)
        elif isinstance(element, dict):
            if str(element.get("type", "")).startswith("Action."):
                return
            for key in ("text", "label"):
                if isinstance(element.get(key), str):
                    found.append(element[key])
            for key in ("body", "items", "inlines", "rows", "cells", "choices", "columns"):
                look(element.get(key, []))

    look(card)
    return "\n".join(found)
