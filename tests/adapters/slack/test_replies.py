"""Answers when Slack is slow, broken, or says no; clicks; and what stays in place."""

import asyncio
import json

import pytest

from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Feedback,
    Inbound,
    Message,
    Text,
)
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.world import World, new_channel


async def ask(slack: World, text: str = "hi") -> None:
    await slack.side.mention(slack.user("ada"), slack.channel, text)
    await slack.settled()


async def test_slow_down_is_obeyed_and_the_answer_comes_once(slack: World) -> None:
    slack.proxy.say_slow_down("chat.postMessage", "7")
    await ask(slack)
    assert slack.pauses == [7.0]
    assert [one["text"] for one in slack.stands()] == ["Hello"]


async def test_a_wait_that_is_too_long_is_said_instead(slack: World) -> None:
    slack.proxy.say_slow_down("chat.postMessage", "900")
    await ask(slack)
    assert slack.pauses == []
    assert "slow down" in slack.private()[0]["text"]


async def test_what_slack_certainly_did_not_take_is_tried_again(slack: World) -> None:
    slack.proxy.fail("chat.postMessage", 503)
    slack.proxy.fail("chat.postMessage", 503)
    await ask(slack)
    assert slack.pauses == [1.0, 3.0]
    assert [one["text"] for one in slack.stands()] == ["Hello"]


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_after_an_error_of_a_gateway_it_looks_before_it_sends_again(
    slack: World, status: int
) -> None:
    slack.proxy.fail("chat.postMessage", status)
    await ask(slack)
    assert slack.pauses == []
    assert len(slack.proxy.of("conversations.replies")) == 1
    assert [one["text"] for one in slack.stands()] == ["Hello"]


async def test_a_connection_dropped_after_the_post_makes_one_message(slack: World) -> None:
    slack.proxy.drop_after_accepting("chat.postMessage")
    await ask(slack)
    assert len(slack.proxy.of("chat.postMessage")) == 1
    assert [one["text"] for one in slack.stands()] == ["Hello"]
    looked = slack.proxy.of("conversations.replies")
    assert len(looked) == 1


async def test_a_post_that_got_lost_is_sent_again(slack: World) -> None:
    slack.proxy.fail("chat.postMessage", 504)
    await ask(slack)
    assert len(slack.proxy.of("conversations.replies")) == 1
    assert [one["text"] for one in slack.stands()] == ["Hello"]


async def test_a_post_carries_an_opaque_key_and_nothing_else(slack: World) -> None:
    await ask(slack, "What is CI/CD?")
    metadata = slack.last("chat.postMessage").values["metadata"]
    assert metadata["event_type"] == "coach_send"
    assert list(metadata["event_payload"]) == ["key"]
    assert "CI/CD" not in json.dumps(metadata)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("channel_not_found", "/invite"),
        ("not_in_channel", "/invite"),
        ("is_archived", "archived"),
        ("restricted_action", "settings of this workspace"),
        ("some_new_error", "did not take it (some_new_error)"),
    ],
)
async def test_a_refusal_is_told_to_the_asker_in_words(slack: World, error: str, word: str) -> None:
    slack.proxy.refuse("chat.postMessage", error)
    await ask(slack)
    assert word in slack.private()[0]["text"]
    assert slack.stands() == []


async def test_a_missing_scope_is_named(slack: World) -> None:
    slack.proxy.refuse("chat.postMessage", "missing_scope", needed="chat:write")
    await ask(slack)
    assert "chat:write" in slack.private()[0]["text"]


async def test_a_command_in_a_private_channel_without_the_coach_gets_its_answer(
    slack: World, coach: Scripted
) -> None:
    channel = new_channel(slack.emulator, ("ada",), private=True, coach=False)
    await slack.side.command(slack.user("ada"), channel, "/coach", "hi")
    await slack.settled()
    assert slack.proxy.responses[0][1]["text"] == "Hello"
    slack.proxy.refuse("chat.postMessage", "channel_not_found")  # as Slack does; emulate posts
    coach.script = lambda _inbound: said("For all", audience=Audience.CHANNEL)
    await slack.side.command(slack.user("ada"), channel, "/pulse", "people")
    await slack.settled()
    assert "/invite" in slack.proxy.responses[1][1]["text"]


async def test_a_word_for_one_person_goes_to_their_own_conversation_where_slack_wants_it(
    slack: World, coach: Scripted
) -> None:
    coach.script = lambda _inbound: said("Only you", audience=Audience.ASKER)
    slack.proxy.refuse("chat.postEphemeral", "user_not_in_channel")
    await ask(slack)
    posted = slack.last("chat.postMessage").values
    assert (posted["channel"], posted["text"]) == (slack.user("ada"), "Only you")


async def test_a_word_for_one_person_is_seen_by_that_person_alone(
    slack: World, coach: Scripted
) -> None:
    coach.script = lambda _inbound: said("Only you", audience=Audience.ASKER)
    await ask(slack)
    shown = slack.last("chat.postEphemeral").values
    assert (shown["user"], shown["text"]) == (slack.user("ada"), "Only you")
    assert slack.stands() == []


async def test_an_error_of_ours_is_apologised_for_with_a_reference(
    slack: World, coach: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(_inbound: Inbound) -> Message:
        await asyncio.sleep(0)
        raise RuntimeError("the secret words of ada")

    coach.script = broken
    await ask(slack)
    [sorry] = [values["text"] for values in slack.private()]
    assert "reference" in sorry
    assert slack.side.sent[0].status == 200
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert "secret words" not in logged.out + logged.err


async def test_a_click_is_answered_in_the_thread_of_its_message(
    slack: World, coach: Scripted
) -> None:
    button = Button(label="Why?", action="ask.why", value="policy.overview")
    twin = Button(label="How?", action="ask.why", value="other")
    coach.script = lambda _inbound: said("Answer", parts=(Buttons(buttons=(button, twin)),))
    await ask(slack)
    [standing] = slack.stands()
    await slack.side.click(slack.user("bo"), slack.channel, standing, "How?")
    await slack.settled()
    click = coach.given[-1]
    assert isinstance(click, Click)
    assert (click.action, click.value, click.person.id) == ("ask.why", "other", slack.user("bo"))
    assert slack.last("chat.postMessage").values["thread_ts"] == standing["thread_ts"]


async def test_a_vote_comes_as_its_action_with_the_answer(slack: World, coach: Scripted) -> None:
    feedback = Feedback(value="a:1", helpful="Helpful", unhelpful="Not helpful")
    coach.script = lambda _inbound: said("Answer", parts=(feedback,))
    await ask(slack)
    coach.script = lambda _inbound: said("Thanks", audience=Audience.ASKER)
    [standing] = slack.stands()
    await slack.side.click(slack.user("bo"), slack.channel, standing, "Not helpful")
    await slack.settled()
    click = coach.given[-1]
    assert isinstance(click, Click)
    assert (click.action, click.value) == ("ask.unhelpful", "a:1")
    assert slack.last("chat.postEphemeral").values["user"] == slack.user("bo")


async def test_what_replaces_a_message_takes_its_place(slack: World, coach: Scripted) -> None:
    button = Button(label="Change", action="x")
    coach.script = lambda _inbound: said("Before", parts=(Buttons(buttons=(button,)),))
    await ask(slack)
    [standing] = slack.stands()
    coach.script = lambda _inbound: said("After", replaces=True)
    await slack.side.click(slack.user("bo"), slack.channel, standing, "Change")
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["After"]


async def test_a_private_word_never_takes_the_place_of_a_post_for_all(
    slack: World, coach: Scripted
) -> None:
    button = Button(label="Mute", action="x")
    coach.script = lambda _inbound: said("Before", parts=(Buttons(buttons=(button,)),))
    await ask(slack)
    [standing] = slack.stands()
    coach.script = lambda _i: said("You are muted", audience=Audience.ASKER, replaces=True)
    await slack.side.click(slack.user("bo"), slack.channel, standing, "Mute")
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["Before"]
    assert slack.last("chat.postEphemeral").values["text"] == "You are muted"


async def test_a_message_that_one_person_sees_is_replaced_in_place(
    slack: World, coach: Scripted
) -> None:
    button = Button(label="Next", action="x")
    coach.script = lambda _inbound: said("Before", parts=(Buttons(buttons=(button,)),))
    await slack.side.command(slack.user("ada"), slack.channel, "/coach", "hi")
    await slack.settled()
    coach.script = lambda _inbound: said("After", replaces=True, audience=Audience.ASKER)
    shown = slack.proxy.responses[0][1]
    await slack.side.click(slack.user("ada"), slack.channel, shown, "Next", ephemeral=True)
    await slack.settled()
    assert slack.proxy.responses[1][1]["replace_original"] is True
    assert slack.stands() == []


async def test_a_click_at_home_is_answered_directly(slack: World, coach: Scripted) -> None:
    button = Button(label="My actions", action="actions.mine")
    parts = (Text(text="Home"), Buttons(buttons=(button,)))
    coach.script = lambda _inbound: said("Home", parts=parts)
    event = {
        "type": "app_home_opened",
        "user": slack.user("ada"),
        "channel": "D1",
        "tab": "home",
        "event_ts": "1.2",
    }
    await slack.side.event(event)
    await slack.settled()
    view = slack.last("views.publish").answer["view"]
    coach.script = lambda _inbound: said("Your actions")
    await slack.side.click_home(slack.user("ada"), view, "My actions")
    await slack.settled()
    click = coach.given[-1]
    assert isinstance(click, Click)
    assert click.place.private
    posted = slack.last("chat.postMessage").values
    assert (posted["channel"], posted["text"]) == (slack.user("ada"), "Your actions")
    coach.script = lambda _inbound: said("Home anew", parts=parts, replaces=True)
    await slack.side.click_home(slack.user("ada"), view, "My actions")
    await slack.settled()
    assert len(slack.proxy.of("views.publish")) == 2
