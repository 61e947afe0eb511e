"""What happens to the coach's conversations: it comes, people come, channels change and go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from adapters.teams.payload import Fields
from bot.messages import Inbound, Joined, Leaving, Left, Person, Renamed, Workspace


class What(StrEnum):
    COACH_CAME = "coach came"
    COACH_LEFT = "coach left"
    PEOPLE_CAME = "people came"
    PEOPLE_LEFT = "people left"
    RENAMED = "renamed"
    ARCHIVED = "archived"
    DELETED = "deleted"
    BACK = "back"  # restored or unarchived
    OTHER = "other"  # nothing to do but to remember the conversation


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    what: What
    channel: str | None = None  # the channel it is about, where that isn't the conversation
    whole_team: bool = False  # all channels of the team
    name: str | None = None  # the new one
    who: tuple[str, ...] = ()


# Source: learn.microsoft.com, "Conversation events in your Teams bot".
CHANNEL_EVENTS = {
    "channelRenamed": What.RENAMED,
    "channelDeleted": What.DELETED,
    "channelRestored": What.BACK,
}
TEAM_EVENTS = {
    "teamRenamed": What.RENAMED,
    "teamArchived": What.ARCHIVED,
    "teamDeleted": What.DELETED,
    "teamHardDeleted": What.DELETED,
    "teamUnarchived": What.BACK,
    "teamRestored": What.BACK,
}
LEAVING = {
    What.COACH_LEFT: Leaving.REMOVED,
    What.PEOPLE_LEFT: Leaving.PERSON,
    What.ARCHIVED: Leaving.ARCHIVED,
    What.DELETED: Leaving.DELETED,
}


def read(activity: Fields, kind: str, bot: str) -> Event:
    data = activity.object("channelData")
    if kind == "installationUpdate":
        removed = activity.text("action").startswith("remove")
        return Event(what=What.COACH_LEFT if removed else What.OTHER, whole_team=True)
    event = data.text("eventType")
    channel = data.object("channel")
    if event in CHANNEL_EVENTS:
        name = channel.text("name") or None
        return Event(what=CHANNEL_EVENTS[event], channel=channel.id("id"), name=name)
    if event in TEAM_EVENTS:
        what = TEAM_EVENTS[event]
        team = data.object("team")
        name = team.text("name") or None
        return Event(
            what=what, channel=team.id("id"), name=name, whole_team=what is not What.RENAMED
        )
    return _membership(activity, bot)


def _membership(activity: Fields, bot: str) -> Event:
    came = tuple(one.id("id") for one in activity.objects("membersAdded"))
    gone = tuple(one.id("id") for one in activity.objects("membersRemoved"))
    if bot in came:
        return Event(what=What.COACH_CAME)
    if bot in gone:
        return Event(what=What.COACH_LEFT, whole_team=True)
    if came:
        return Event(what=What.PEOPLE_CAME, who=came)
    if gone:
        return Event(what=What.PEOPLE_LEFT, who=gone)
    return Event(what=What.OTHER)


def inbounds(event: Event, common: Mapping[str, Any], workspace: Workspace) -> tuple[Inbound, ...]:
    """What the coach is told; of a whole team, once a channel that it knows."""
    who = tuple(Person(workspace=workspace, id=one) for one in event.who)
    told = dict(common)
    name = told.pop("channel_name")
    if event.channel:
        told["place"] = replace(told["place"], channel=event.channel, thread=None)
    match event.what:
        case What.COACH_CAME:
            return (Joined(**told, coach=True, channel_name=name),)
        case What.PEOPLE_CAME:
            return (Joined(**told, coach=False, who=who),)
        case What.RENAMED:
            return (Renamed(**told, channel_name=event.name),)
        case What.COACH_LEFT | What.PEOPLE_LEFT | What.ARCHIVED | What.DELETED:
            return (Left(**told, why=LEAVING[event.what], who=who),)
        case _:
            return ()
