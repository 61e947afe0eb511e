"""Channels and people that come and go."""

import pytest

from bot.messages import Inbound, Joined, Leaving, Left, Renamed
from tests.adapters.slack.emulator import COACH
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.world import World


async def test_invited_to_a_channel_it_greets_and_knows_who_invited_it(
    slack: World, coach: Scripted
) -> None:
    coach.script = lambda _inbound: said("I am here")
    await slack.side.event(joined(slack, COACH, inviter=slack.user("ada")))
    await slack.settled()
    [arrived] = coach.given
    assert isinstance(arrived, Joined)
    assert arrived.coach
    assert arrived.person.id == slack.user("ada")
    assert (arrived.channel_name or "").startswith("team-")
    assert [one["text"] for one in slack.stands()] == ["I am here"]


async def test_a_person_who_comes_is_told_to_the_coach(slack: World, coach: Scripted) -> None:
    coach.script = lambda _inbound: None
    await slack.side.event(joined(slack, slack.user("bo")))
    await slack.settled()
    [arrived] = coach.given
    assert isinstance(arrived, Joined)
    assert not arrived.coach
    assert [one.id for one in arrived.who] == [slack.user("bo")]
    assert slack.stands() == []


def joined(slack: World, user: str, inviter: str | None = None) -> dict[str, object]:
    return {
        "type": "member_joined_channel",
        "user": user,
        "channel": slack.channel,
        "channel_type": "C",
        "team": slack.side.team,
        "event_ts": "1.2",
        **({"inviter": inviter} if inviter else {}),
    }


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (
            {"type": "member_left_channel", "user": "U7", "channel_type": "C", "team": "T"},
            Leaving.PERSON,
        ),
        (
            {"type": "member_left_channel", "user": COACH, "channel_type": "C", "team": "T"},
            Leaving.REMOVED,
        ),
        ({"type": "channel_left", "actor_id": "U7"}, Leaving.REMOVED),
        ({"type": "group_left", "actor_id": "U7"}, Leaving.REMOVED),
        ({"type": "channel_archive", "user": "U7"}, Leaving.ARCHIVED),
        ({"type": "group_archive", "user": "U7"}, Leaving.ARCHIVED),
        ({"type": "channel_deleted"}, Leaving.DELETED),
        ({"type": "group_deleted"}, Leaving.DELETED),
    ],
)
async def test_an_end_is_told_with_its_reason(
    slack: World, coach: Scripted, event: dict[str, str], why: Leaving
) -> None:
    coach.script = lambda _inbound: None
    await slack.side.event({**event, "channel": slack.channel, "event_ts": "1.2"}, check=False)
    await slack.settled()
    [left] = coach.given
    assert isinstance(left, Left)
    assert (left.why, left.place.channel) == (why, slack.channel)
    assert [one.id for one in left.who] == (["U7"] if why is Leaving.PERSON else [])


async def test_a_new_name_and_a_new_id_are_told(slack: World, coach: Scripted) -> None:
    given: list[Inbound] = coach.given
    coach.script = lambda _inbound: None
    renamed = {
        "type": "channel_rename",
        "channel": {"id": "C1", "name": "ops", "created": 1},
        "event_ts": "1.2",
    }
    await slack.side.event(renamed, check=False)
    moved = {
        "type": "channel_id_changed",
        "old_channel_id": "C1",
        "new_channel_id": "C2",
        "event_ts": "1.2",
    }
    await slack.side.event(moved)
    await slack.settled()
    names = [
        (one.place.channel, one.channel_name, one.new_channel)
        for one in given
        if isinstance(one, Renamed)
    ]
    assert names == [("C1", "ops", None), ("C1", None, "C2")]


async def test_events_that_ask_nothing_are_acknowledged_and_left(
    slack: World, coach: Scripted
) -> None:
    answer = await slack.side.event({"type": "reaction_added", "user": "U7"}, check=False)
    await slack.settled()
    assert answer.status == 200
    assert coach.given == []
