"""The Chat port on Slack: what the coach starts by itself."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.mount import Access
from adapters.slack.workspaces import slack as of_team
from bot.errors import OutcomeUnknown, SlowDown
from bot.messages import Person, Place, Text, Workspace
from bot.ports.chat import LookupImpossible, Posted
from tests.adapters.slack.conftest import NoInstallations
from tests.adapters.slack.emulator import COACH, TOKEN_WITHOUT_HISTORY, Emulator
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.slackside import SECRET
from tests.adapters.slack.world import World, world

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


def place(slack: World, thread: str | None = None) -> Place:
    return Place(workspace=_workspace(slack), channel=slack.channel, thread=thread)


def _workspace(slack: World) -> Workspace:
    return of_team(slack.side.team)


def person(slack: World, name: str) -> Person:
    return Person(workspace=_workspace(slack), id=slack.user(name))


async def test_a_post_stands_in_the_channel_and_can_be_found_by_its_key(slack: World) -> None:
    posted = await slack.slack.chat.post(place(slack), said("Digest"), send_key="digest:1")
    assert [one["text"] for one in slack.stands()] == ["Digest"]
    assert posted.place == place(slack)
    found = await slack.slack.chat.find(place(slack), "digest:1", since=LONG_AGO)
    assert found == posted
    assert await slack.slack.chat.find(place(slack), "digest:2", since=LONG_AGO) is None


async def test_a_result_goes_into_its_thread_and_can_be_found_there(slack: World) -> None:
    root = await slack.slack.chat.post(place(slack), said("Pulse"), send_key="pulse:1")
    thread = place(slack, root.message)
    result = await slack.slack.chat.post(thread, said("Result"), send_key="result:1")
    assert [one.get("thread_ts") for one in slack.stands()][1] == root.message
    assert await slack.slack.chat.find(thread, "result:1", since=LONG_AGO) == result


async def test_a_direct_message_names_the_conversation_it_went_to(slack: World) -> None:
    posted = await slack.slack.chat.direct(person(slack, "bo"), said("Hi Bo"), send_key="k")
    assert posted.place.private
    assert posted.place.channel == await slack.dm("bo")
    assert [one["text"] for one in slack.stands(posted.place.channel)][-1] == "Hi Bo"


async def test_a_post_is_replaced_in_place(slack: World) -> None:
    posted = await slack.slack.chat.post(place(slack), said("1 of 3"), send_key="k")
    await slack.slack.chat.update(posted, said("2 of 3"))
    assert [one["text"] for one in slack.stands()] == ["2 of 3"]


async def test_a_long_post_goes_on_in_its_thread(slack: World) -> None:
    long = said("Long", parts=(Text(text="many words " * 2000),))
    posted = await slack.slack.chat.post(place(slack), long, send_key="k")
    first, *rest = slack.stands()
    assert first["ts"] == posted.message
    assert rest
    assert {one["thread_ts"] for one in rest} == {posted.message}


async def test_members_are_people_only(slack: World) -> None:
    slack.proxy.users[slack.user("chen")] = {"deleted": True}
    slack.proxy.users[slack.user("bo")] = {"tz": "Asia/Shanghai", "locale": "zh-CN"}
    members = await slack.slack.chat.members(place(slack))
    ids = [member.person.id for member in members]
    assert COACH not in ids
    assert slack.user("chen") not in ids
    [bo] = [member for member in members if member.person.id == slack.user("bo")]
    assert (bo.name, bo.zone, bo.locale) == ("bo", "Asia/Shanghai", "zh-CN")


async def test_the_channels_name_is_known_or_not(slack: World) -> None:
    assert (await slack.slack.chat.channel_name(place(slack)) or "").startswith("team-")
    slack.proxy.refuse("conversations.info", "channel_not_found")
    assert await slack.slack.chat.channel_name(place(slack)) is None


async def test_a_dropped_connection_leaves_the_outcome_open_and_the_key_answers_it(
    slack: World,
) -> None:
    slack.proxy.drop_after_accepting("chat.postMessage")
    with pytest.raises(OutcomeUnknown):
        await slack.slack.chat.post(place(slack), said("Once"), send_key="k")
    found = await slack.slack.chat.find(place(slack), "k", since=LONG_AGO)
    assert isinstance(found, Posted)
    assert len(slack.proxy.of("chat.postMessage")) == 1


async def test_slow_down_carries_the_seconds(slack: World) -> None:
    slack.proxy.say_slow_down("chat.postMessage", "42")
    with pytest.raises(SlowDown) as raised:
        await slack.slack.chat.post(place(slack), said("x"), send_key="k")
    assert raised.value.seconds == 42


@pytest.fixture
async def without_history(emulator: Emulator) -> AsyncIterator[World]:
    access = Access(bot_token=TOKEN_WITHOUT_HISTORY, signing_secret=SECRET)
    coach = Scripted()
    store = NoInstallations()
    async with world(emulator, store, lambda _chat: coach, access=access) as made:  # type: ignore[arg-type]
        made.proxy.expected_refusals.add("missing_scope")
        yield made


async def test_where_history_is_not_allowed_nobody_can_say(without_history: World) -> None:
    with pytest.raises(LookupImpossible):
        await without_history.slack.chat.find(place(without_history), "k", since=LONG_AGO)


async def test_where_nobody_can_say_an_answer_is_not_sent_twice(without_history: World) -> None:
    without_history.proxy.drop_after_accepting("chat.postMessage")
    await without_history.side.mention(without_history.user("ada"), without_history.channel, "hi")
    await without_history.settled()
    assert len(without_history.proxy.of("chat.postMessage")) == 1
