"""Every way to reach the coach in Teams, as what the coach is told."""

from typing import TypeVar

import pytest

from bot.messages import (
    Click,
    Command,
    Inbound,
    Joined,
    Leaving,
    Left,
    Person,
    Question,
    Renamed,
    Standing,
    Submission,
)
from tests.adapters.teams.activities import (
    ANNA,
    BEN,
    CHANNEL,
    CHEN,
    GROUP,
    PERSONAL,
    TEAM,
    Payload,
    mention,
)
from tests.adapters.teams.connector import BOT, NOW, TENANT, member
from tests.adapters.teams.harness import Wire, says

T = TypeVar("T", bound=Inbound)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def only(wire: Wire, kind: type[T]) -> T:
    """The one thing that the coach was told."""
    (heard,) = wire.stage.heard
    assert isinstance(heard, kind)
    return heard


async def test_a_question_in_a_channel_comes_without_the_mention_and_with_its_thread(
    wire: Wire,
) -> None:
    await wire.say(wire.sends.message("Who writes the policies?"))
    heard = only(wire, Question)
    assert heard.text == "Who writes the policies?"
    assert heard.person.id == ANNA
    assert heard.person.workspace.key == f"teams:{TENANT}"
    assert (heard.place.channel, heard.place.thread) == (CHANNEL, "1700000000000")
    assert heard.place.private is False
    assert heard.locale == "en-GB"
    assert heard.received == NOW


async def test_a_question_in_a_personal_chat_is_private(wire: Wire) -> None:
    await wire.say(wire.sends.message("你们好，谁写策略？", where=PERSONAL, locale="zh-CN"))
    heard = only(wire, Question)
    assert heard.text == "你们好，谁写策略？"
    assert heard.place.private is True
    assert heard.place.thread is None
    assert heard.locale == "zh-CN"


async def test_a_question_in_a_group_chat_has_no_thread(wire: Wire) -> None:
    await wire.say(wire.sends.message("Why?", where=GROUP))
    heard = only(wire, Question)
    assert (heard.place.channel, heard.place.thread) == (GROUP, None)
    assert heard.place.private is False


async def test_people_who_are_mentioned_are_named_in_order(wire: Wire) -> None:
    await wire.say(wire.sends.message("coach leads add", at=(BEN, CHEN)))
    heard = only(wire, Command)
    assert (heard.name, heard.text) == ("coach", "leads add @Ben @Chen")
    assert [one.id for one in heard.mentions] == [BEN, CHEN]


async def test_a_mention_in_the_middle_and_twice_is_taken_out(wire: Wire) -> None:
    activity = wire.sends.message("x")
    activity["text"] = "Hey <at>Coach</at>, tell us&nbsp;<at>Coach</at> why"
    activity["entities"].append(mention(BOT, "Coach"))
    await wire.say(activity)
    assert only(wire, Question).text.split() == ["Hey", ",", "tell", "us", "why"]


async def test_an_empty_mention_is_an_empty_question(wire: Wire) -> None:
    await wire.say(wire.sends.message(""))
    assert only(wire, Question).text == ""


@pytest.mark.parametrize(
    ("typed", "name", "rest"),
    [
        ("/pulse people", "pulse", "people"),
        ("pulse people", "pulse", "people"),
        ("Pulse", "pulse", ""),
        ("/coach", "coach", ""),
        ("digest on mon 09:00 Europe/Berlin", "digest", "on mon 09:00 Europe/Berlin"),
        ("/pulse close it now please, all of us have answered by now", "pulse", None),
    ],
)
async def test_commands_are_text_with_or_without_a_slash(
    wire: Wire, typed: str, name: str, rest: str | None
) -> None:
    await wire.say(wire.sends.message(typed))
    heard = only(wire, Command)
    assert heard.name == name
    assert rest is None or heard.text == rest


@pytest.mark.parametrize(
    "typed",
    [
        "pulse results, where are they?",
        "coach, what is GitOps?",
        "pulse surveys are something that our team would like to do more often",
        "digestive biscuits",
        "/unknown thing",
        "脉搏",
    ],
)
async def test_sentences_that_begin_like_commands_are_questions(wire: Wire, typed: str) -> None:
    await wire.say(wire.sends.message(typed))
    assert only(wire, Question).text == typed


def button(**carried: str) -> Payload:
    return {"type": "Action.Execute", "verb": "coach", "data": {"coach": carried}}


async def test_a_press_on_a_button_is_a_click_with_its_message(wire: Wire) -> None:
    pressed = button(action="ask.why", value="policy.compliance")
    await wire.say(wire.sends.execute(pressed))
    heard = only(wire, Click)
    assert (heard.action, heard.value) == ("ask.why", "policy.compliance")
    assert heard.message == "card-1"


async def test_a_client_that_knows_no_execute_sends_the_same_click(wire: Wire) -> None:
    pressed = button(action="ask.why", value="policy.compliance")
    await wire.say(wire.sends.old_submit(pressed))
    heard = only(wire, Click)
    assert (heard.action, heard.value, heard.message) == (
        "ask.why",
        "policy.compliance",
        "card-1",
    )


@pytest.mark.parametrize("way", ["execute", "old_submit", "submit"])
async def test_a_form_comes_back_with_its_fields(wire: Wire, way: str) -> None:
    values = {"field.s1": "4", "field.c2": "1,2", "field.t1": "", "field.t2": None, "other": "x"}
    pressed = button(form="pulse.ballot", context="pulse-1")
    await wire.say(getattr(wire.sends, way)(pressed, values))
    heard = only(wire, Submission)
    assert (heard.form, heard.context) == ("pulse.ballot", "pulse-1")
    assert heard.values == {"s1": "4", "c2": "1,2"}


async def test_a_button_that_opens_a_dialog_is_a_click(wire: Wire) -> None:
    pressed = button(action="pulse.answer", value="pulse-1")
    pressed["data"]["msteams"] = {"type": "task/fetch"}
    await wire.say(wire.sends.execute(pressed))
    assert only(wire, Click).action == "pulse.answer"


async def test_ask_the_coach_on_a_message_asks_its_text_in_private(wire: Wire) -> None:
    html = "<div><p>Do we need&nbsp;a <b>CKA</b>?</p><p>Ben &amp; I wonder</p></div>"
    await wire.say(wire.sends.ask_about(html, person=BEN))
    heard = only(wire, Command)
    assert (heard.name, heard.text) == ("coach", "Do we need a CKA?\nBen & I wonder")
    assert heard.person.id == BEN


async def test_a_redelivered_question_is_answered_once(wire: Wire) -> None:
    activity = wire.sends.message("Why?")
    for _ in range(3):
        assert (await wire.say(activity)).status == 202
    assert len(wire.stage.heard) == 1
    assert len(wire.connector.posts()) == 1


async def test_the_same_activity_id_in_another_conversation_is_another_question(
    wire: Wire,
) -> None:
    one = wire.sends.message("Why?")
    two = wire.sends.message("Why?", where=GROUP) | {"id": one["id"]}
    await wire.say(one)
    await wire.say(two)
    assert len(wire.stage.heard) == 2


@pytest.mark.parametrize(
    ("role", "tenant", "standing"),
    [
        ("user", TENANT, Standing()),
        ("owner", TENANT, Standing(owner=True)),
        ("guest", TENANT, Standing(guest=True)),
        ("user", "another-tenant", Standing(external=True)),
        ("anonymous", TENANT, Standing(external=True)),
    ],
)
async def test_a_command_carries_what_the_roster_says_of_the_person(
    wire: Wire, role: str, tenant: str, standing: Standing
) -> None:
    wire.connector.rosters[TEAM] = [member(ANNA, "Anna Weber", role, tenant)]
    await wire.say(wire.sends.message("/pulse people"))
    assert only(wire, Command).standing == standing


async def test_a_question_needs_no_look_at_the_roster(wire: Wire) -> None:
    await wire.say(wire.sends.message("Why?"))
    assert [one.method for one in wire.connector.sent] == ["POST"]


async def test_a_roster_that_is_away_makes_nobody_an_owner_and_stops_nobody(wire: Wire) -> None:
    await wire.say(wire.sends.message("/pulse people"))  # 404: not in this roster
    assert only(wire, Command).standing == Standing()


async def test_the_coach_is_told_when_it_comes_and_by_whom(wire: Wire) -> None:
    await wire.say(wire.sends.added(BOT, where=TEAM, person=BEN))
    heard = only(wire, Joined)
    assert heard.coach is True
    assert heard.person.id == BEN
    assert heard.place.channel == TEAM


async def test_the_coach_is_told_who_came_and_who_left(wire: Wire) -> None:
    await wire.say(wire.sends.added(BEN, CHEN, where=TEAM))
    await wire.say(wire.sends.removed(BEN, where=TEAM))
    came, left = wire.stage.heard
    assert isinstance(came, Joined)
    assert [one.id for one in came.who] == [BEN, CHEN]
    assert came.coach is False
    assert isinstance(left, Left)
    assert left.why is Leaving.PERSON
    assert left.who == (Person(workspace=left.person.workspace, id=BEN),)


async def test_a_removal_from_a_team_is_told_for_each_of_its_channels(wire: Wire) -> None:
    await wire.say(wire.sends.message("One?"))
    await wire.say(wire.sends.message("Two?", where="19:second@thread.tacv2"))
    wire.stage.heard.clear()
    await wire.say(wire.sends.removed(BOT, where=TEAM))
    assert all(isinstance(one, Left) for one in wire.stage.heard)
    assert {(one.place.channel, one.why) for one in wire.stage.heard if isinstance(one, Left)} == {
        (TEAM, Leaving.REMOVED),
        (CHANNEL, Leaving.REMOVED),
        ("19:second@thread.tacv2", Leaving.REMOVED),
    }


async def test_an_uninstallation_from_a_chat_is_told(wire: Wire) -> None:
    await wire.say(wire.sends.activity("installationUpdate", action="remove", where=PERSONAL))
    assert only(wire, Left).why is Leaving.REMOVED


async def test_an_installation_is_remembered_and_greeted_only_once(wire: Wire) -> None:
    wire.stage.answer = says("Hello, I am the coach.")
    activity = wire.sends.activity("installationUpdate", action="add", where=TEAM, thread=None)
    await wire.say(activity)
    assert wire.connector.posts() == []
    await wire.say(wire.sends.added(BOT, where=TEAM))
    assert len(wire.connector.posts()) == 1


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("channelDeleted", Leaving.DELETED),
        ("teamArchived", Leaving.ARCHIVED),
        ("teamDeleted", Leaving.DELETED),
        ("teamHardDeleted", Leaving.DELETED),
    ],
)
async def test_channels_that_end_are_told(wire: Wire, event: str, expected: Leaving) -> None:
    await wire.say(wire.sends.message("One?"))
    wire.stage.heard.clear()
    await wire.say(wire.sends.update(event))
    ended = {one.place.channel: one.why for one in wire.stage.heard if isinstance(one, Left)}
    assert ended[CHANNEL] is expected


async def test_a_renamed_channel_is_told_and_remembered(wire: Wire) -> None:
    await wire.say(wire.sends.message("One?"))
    wire.stage.heard.clear()
    renamed = wire.sends.update("channelRenamed")
    renamed["channelData"]["channel"]["name"] = "platform-crew"
    await wire.say(renamed)
    heard = only(wire, Renamed)
    assert (heard.place.channel, heard.channel_name) == (CHANNEL, "platform-crew")
    assert await wire.teams.chat.channel_name(heard.place) == "platform-crew"


async def test_the_zone_and_the_language_of_a_person_are_remembered(wire: Wire) -> None:
    await wire.say(wire.sends.message("One?", locale="zh-CN"))
    heard = only(wire, Question)
    wire.connector.rosters[TEAM] = [member(ANNA, "Anna Weber")]
    profile = await wire.teams.chat.profile(heard.person)
    assert (profile.name, profile.zone, profile.locale) == (
        "Anna Weber",
        "Europe/Berlin",
        "zh-CN",
    )
