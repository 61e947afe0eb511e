"""How a conversation is reached again, in the Bot Framework's own plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

THREAD = ";messageid="


class Kind(StrEnum):
    """What Teams calls a conversationType."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One conversation of a tenant with the bot."""

    service_url: str
    tenant: str
    bot: str  # id of the bot in Teams, `28:` and the app's id
    kind: Kind
    channel: str  # the conversation without its thread
    thread: str | None = None  # the id of the post that a channel's thread began with
    team: str | None = None  # the team's id, which is also that of its General channel
    own_roster: bool = False  # a private or shared channel: its people aren't the team's
    person: str | None = None  # whose personal chat it is
    name: str | None = None  # of the channel, as people know it; None for General and chats

    @property
    def conversation(self) -> str:
        """The id to post to: with its thread, a reply."""
        return f"{self.channel}{THREAD}{self.thread}" if self.thread else self.channel

    @property
    def roster(self) -> str:
        """The conversation whose members are this one's."""
        return self.channel if self.own_roster or not self.team else self.team

    def at(self, thread: str | None) -> Self:
        return replace(self, thread=thread)

    def to_json(self) -> dict[str, Any]:
        """A ConversationReference of the Bot Framework, with Teams' own data beside it."""
        found: dict[str, Any] = {
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "bot": {"id": self.bot},
            "conversation": {
                "id": self.channel,
                "conversationType": str(self.kind),
                "tenantId": self.tenant,
                "isGroup": self.kind is not Kind.PERSONAL,
            },
        }
        if self.person:
            found["user"] = {"id": self.person}
        if self.team:
            kind = "private" if self.own_roster else "standard"
            found["channelData"] = {
                "team": {"id": self.team},
                "channel": {"id": self.channel, "name": self.name, "type": kind},
            }
        return found

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        conversation = kept["conversation"]
        data = kept.get("channelData", {})
        return cls(
            service_url=kept["serviceUrl"],
            tenant=conversation["tenantId"],
            bot=kept["bot"]["id"],
            kind=Kind(conversation["conversationType"]),
            channel=conversation["id"],
            team=data.get("team", {}).get("id"),
            own_roster=data.get("channel", {}).get("type", "standard") != "standard",
            person=kept.get("user", {}).get("id"),
            name=data.get("channel", {}).get("name"),
        )
