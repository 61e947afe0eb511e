"""Slack's events as Inbound; pure."""

from collections.abc import Callable

from adapters.slack.markup import plain_text
from adapters.slack.ways import Delivery, Payload, Seen, Surface, way
from bot.messages import Joined, Leaving, Left, Opened, Question, Renamed, Standing

SUBTYPES_OF_PEOPLE = frozenset({None, "file_share", "thread_broadcast"})


def event(body: Payload, seen: Seen) -> Delivery | None:
    """None for an event that asks nothing of the coach. Raises KeyError for a missing field."""
    what: Payload = body["event"]
    read = _EVENTS.get(what["type"])
    return read(what, str(body["event_id"]), seen) if read else None


def _mention(what: Payload, delivery: str, seen: Seen) -> Delivery | None:
    if what.get("bot_id") or not what.get("user"):
        return None
    return _question(what, delivery, seen, Surface.THREAD)


def _direct(what: Payload, delivery: str, seen: Seen) -> Delivery | None:
    wanted = what.get("channel_type") == "im" and what.get("subtype") in SUBTYPES_OF_PEOPLE
    if not wanted or what.get("bot_id") or not what.get("user") or what["user"] == seen.coach:
        return None
    return _question(what, delivery, seen, Surface.DIRECT)


def _question(what: Payload, delivery: str, seen: Seen, surface: Surface) -> Delivery:
    channel, thread = what["channel"], what.get("thread_ts") or what["ts"]
    text = plain_text(what.get("text") or "", coach=seen.coach)
    team = what.get("user_team") or what.get("team") or seen.team
    return Delivery(
        inbound=Question(
            person=seen.person(what["user"]),
            place=seen.place(channel, thread, private=surface is Surface.DIRECT),
            delivery=delivery,
            received=seen.now,
            standing=Standing(external=team not in (seen.team, seen.enterprise)),
            text=text.text,
            mentions=tuple(seen.person(one) for one in text.people),
        ),
        way=way(seen, surface, what["user"], channel, thread=thread),
    )


def _opened(what: Payload, delivery: str, seen: Seen) -> Delivery | None:
    view = {"home": "home", "messages": "messages"}.get(what.get("tab", "home"))
    if view is None:
        return None
    channel = what.get("channel") or what["user"]
    surface = Surface.HOME if view == "home" else Surface.DIRECT
    return Delivery(
        inbound=Opened(
            person=seen.person(what["user"]),
            place=seen.place(channel, private=True),
            delivery=delivery,
            received=seen.now,
            view=view,
        ),
        way=way(seen, surface, what["user"], channel),
    )


def _joined(what: Payload, delivery: str, seen: Seen) -> Delivery:
    coach = what["user"] == seen.coach
    by = (what.get("inviter") or seen.coach) if coach else what["user"]
    return Delivery(
        inbound=Joined(
            person=seen.person(by),
            place=seen.place(what["channel"]),
            delivery=delivery,
            received=seen.now,
            coach=coach,
            who=() if coach else (seen.person(what["user"]),),
        ),
        way=way(seen, Surface.QUIET, what["user"], what["channel"]),
    )


def _leaving(why: Leaving) -> "_Reader":
    def read(what: Payload, delivery: str, seen: Seen) -> Delivery:
        user, channel = what.get("user") or what.get("actor_id") or seen.coach, what["channel"]
        reason = Leaving.REMOVED if why is Leaving.PERSON and user == seen.coach else why
        return Delivery(
            inbound=Left(
                person=seen.person(user),
                place=seen.place(channel),
                delivery=delivery,
                received=seen.now,
                why=reason,
                who=(seen.person(user),) if reason is Leaving.PERSON else (),
            ),
            way=way(seen, Surface.QUIET, user, channel),
        )

    return read


def _uninstalled(what: Payload, delivery: str, seen: Seen) -> Delivery | None:
    if what["type"] == "tokens_revoked" and not (what.get("tokens") or {}).get("bot"):
        return None
    return Delivery(
        inbound=Left(
            person=seen.person(seen.coach),
            place=seen.place(""),
            delivery=delivery,
            received=seen.now,
            why=Leaving.UNINSTALLED,
        ),
        way=way(seen, Surface.QUIET, seen.coach, ""),
    )


def _renamed(what: Payload, delivery: str, seen: Seen) -> Delivery:
    named = what.get("channel")
    old = named["id"] if isinstance(named, dict) else what["old_channel_id"]
    return Delivery(
        inbound=Renamed(
            person=seen.person(seen.coach),
            place=seen.place(old),
            delivery=delivery,
            received=seen.now,
            channel_name=named.get("name") if isinstance(named, dict) else None,
            new_channel=what.get("new_channel_id"),
        ),
        way=way(seen, Surface.QUIET, seen.coach, old),
    )


_Reader = Callable[[Payload, str, Seen], Delivery | None]
_EVENTS: dict[str, _Reader] = {
    "app_mention": _mention,
    "message": _direct,
    "app_home_opened": _opened,
    "member_joined_channel": _joined,
    "member_left_channel": _leaving(Leaving.PERSON),
    "channel_left": _leaving(Leaving.REMOVED),
    "group_left": _leaving(Leaving.REMOVED),
    "channel_archive": _leaving(Leaving.ARCHIVED),
    "group_archive": _leaving(Leaving.ARCHIVED),
    "channel_deleted": _leaving(Leaving.DELETED),
    "group_deleted": _leaving(Leaving.DELETED),
    "channel_rename": _renamed,
    "group_rename": _renamed,
    "channel_id_changed": _renamed,
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _uninstalled,
}
