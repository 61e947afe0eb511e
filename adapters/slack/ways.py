"""Where something on Slack was said and the way back: what inbound reads and a reply needs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.messages import Inbound, Person, Place, Platform, Workspace

Payload = dict[str, Any]


class Surface(StrEnum):
    """Where the person was, which decides how an answer reaches them."""

    THREAD = "thread"  # a mention in a channel
    DIRECT = "direct"  # the coach's own conversation
    PRIVATE = "private"  # a slash command or a shortcut: seen by the person alone
    MESSAGE = "message"  # a button on a message that stands in a conversation
    EPHEMERAL = "ephemeral"  # a button on a message that the person alone sees
    HOME = "home"
    MODAL = "modal"
    QUIET = "quiet"  # an event of the channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """The way back: what a reply needs to know of where it goes."""

    surface: Surface
    workspace: Workspace
    enterprise: str | None = None
    user: str = ""
    channel: str = ""
    thread: str | None = None
    message: str | None = None  # that was clicked
    trigger: str | None = None  # opens a modal, once, within 3 seconds
    response_url: str | None = None
    view: Payload | None = None  # the modal that was sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    inbound: Inbound
    way: Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What the adapter knows beside the payload."""

    team: str
    enterprise: str | None
    coach: str  # the coach's own user id in this workspace
    now: datetime

    @property
    def workspace(self) -> Workspace:
        return Workspace(platform=Platform.SLACK, id=self.team)

    def person(self, user: str) -> Person:
        return Person(workspace=self.workspace, id=user)

    def place(self, channel: str, thread: str | None = None, *, private: bool = False) -> Place:
        return Place(workspace=self.workspace, channel=channel, thread=thread, private=private)


def is_direct(channel: str) -> bool:
    """A conversation of one person with the coach; a person's id stands for it, too."""
    return channel.startswith(("D", "U", "W"))


def way(
    seen: Seen,
    surface: Surface,
    user: str,
    channel: str,
    *,
    body: Payload | None = None,
    thread: str | None = None,
    message: str | None = None,
) -> Way:
    return Way(
        surface=surface,
        workspace=seen.workspace,
        enterprise=seen.enterprise,
        user=user,
        channel=channel,
        thread=thread,
        message=message,
        trigger=(body or {}).get("trigger_id"),
        response_url=(body or {}).get("response_url"),
    )
