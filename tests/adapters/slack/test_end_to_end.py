"""The whole coach on Slack: a question, a pulse from start to result, a digest, a home page."""

import json

from adapters.database.store import DatabaseStore
from adapters.slack.workspaces import slack as of_team
from tests.adapters.slack.emulator import ADMIN, COACH
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.whole import TEAM, Whole, invited, launched


async def test_a_question_is_answered_with_source_steps_and_buttons(whole: Whole) -> None:
    slack = whole.slack
    await slack.side.mention(slack.user("ada"), slack.channel, "What is CKA?")
    await slack.settled()
    [answer] = slack.stands()
    shown = json.dumps(answer["blocks"], ensure_ascii=False)
    assert "Source:" in shown
    assert "CKA" in shown
    assert len(buttons(answer["blocks"])) >= 4
    why = next(label for label in buttons(answer["blocks"]) if label.startswith("Why"))
    await whole.click("bo", answer, why)
    told = slack.last("chat.postEphemeral").values
    assert (told["user"], told["thread_ts"]) == (slack.user("bo"), answer["thread_ts"])
    assert len(slack.stands()) == 1


async def test_a_follow_up_in_the_thread_keeps_the_topic_in_the_askers_language(
    whole: Whole,
) -> None:
    slack = whole.slack
    await slack.side.mention(slack.user("chen"), slack.channel, "什么是 CKAD？")
    await slack.settled()
    thread = slack.stands()[0]["thread_ts"]
    await slack.side.mention(slack.user("chen"), slack.channel, "为什么？", thread=thread)
    await slack.settled()
    first, second = slack.stands()
    assert "出处" in json.dumps(first["blocks"], ensure_ascii=False)
    assert "CKAD" in json.dumps(second["blocks"], ensure_ascii=False)
    assert second["thread_ts"] == thread


async def test_the_same_event_three_times_makes_one_answer(whole: Whole) -> None:
    slack = whole.slack
    user, channel = slack.user("ada"), slack.channel
    ts = slack.emulator.speak(user, channel, "What is CKA?")
    event = {
        "type": "app_mention",
        "user": user,
        "text": "What is CKA?",
        "ts": ts,
        "channel": channel,
        "event_ts": ts,
    }
    for retry in (None, 1, 2):
        await slack.side.event(event, event_id="EvONE", retry=retry)
    await slack.settled()
    await slack.side.event(event, event_id="EvONE", retry=3)
    await slack.settled()
    assert len(slack.stands()) == 1


async def test_invited_to_a_channel_it_greets_and_names_its_lead(whole: Whole) -> None:
    await invited(whole)
    [greeting] = whole.slack.stands()
    assert "ada" in json.dumps(greeting["blocks"])


async def test_a_pulse_goes_from_start_to_result(whole: Whole) -> None:
    slack = whole.slack
    invitation = await launched(whole)
    answer = buttons(invitation["blocks"])[0]
    for number, name in enumerate(TEAM):
        await whole.click(name, invitation, answer)
        ballot = whole.open_view()
        assert ballot["callback_id"] == "pulse.ballot"
        values: dict[str, str | list[str]] = {
            block["block_id"]: str(2 + number % 4)
            for block in ballot["blocks"]
            if block["type"] == "input" and block["block_id"] != "comment"
        }
        after = await whole.submit(name, values)
        assert after["callback_id"] == "read"
    chens = [
        call
        for call in slack.proxy.of("views.open")
        if "匿名" in json.dumps(call.values["view"], ensure_ascii=False)
    ]
    assert len(chens) == 1
    shown = json.dumps(slack.stands(), ensure_ascii=False)
    await whole.later(days=8)
    result = slack.stands()[-1]
    kinds = [block["type"] for block in result["blocks"]]
    assert "data_visualization" in kinds
    assert result.get("thread_ts")
    assert slack.user("bo") not in json.dumps(result)
    assert shown


async def test_a_second_answer_replaces_the_first_and_says_so(whole: Whole) -> None:
    invitation = await launched(whole)
    answer = buttons(invitation["blocks"])[0]
    texts = []
    for _ in range(2):
        await whole.click("bo", invitation, answer)
        names = [b["block_id"] for b in whole.open_view()["blocks"] if b["type"] == "input"]
        values: dict[str, str | list[str]] = {n: "3" for n in names if n != "comment"}
        texts.append(json.dumps((await whole.submit("bo", values))["blocks"]))
    assert texts[0] != texts[1]
    assert "replace" in texts[1]


async def test_an_answer_left_out_keeps_what_was_typed(whole: Whole) -> None:
    invitation = await launched(whole)
    await whole.click("bo", invitation, buttons(invitation["blocks"])[0])
    sent = {**whole.open_view(), "private_metadata": json.dumps({"context": "no-such-pulse"})}
    await whole.slack.side.submit(whole.slack.user("bo"), sent, {"comment": "my own words"})
    await whole.slack.settled()
    again = whole.open_view()
    assert again["callback_id"] == "pulse.ballot"
    assert "my own words" in json.dumps(again["blocks"])
    assert again["blocks"][0]["type"] in ("alert", "context")


async def test_a_pulse_for_three_members_is_refused_in_words(whole: Whole) -> None:
    slack = whole.slack
    for name in ("dede", "eli", "fay"):
        slack.emulator.call("conversations.kick", channel=slack.channel, user=slack.user(name))
    slack.emulator.call("conversations.kick", channel=slack.channel, user=COACH)
    slack.emulator.call("conversations.invite", channel=slack.channel, users=COACH)
    slack.proxy.users[ADMIN] = {"is_bot": True}  # who made the channel for us is no member
    await invited(whole)
    await whole.command("ada", "/pulse", "people")
    refused = await whole.submit("ada", {})
    assert refused["callback_id"] == "pulse.start"
    assert "5" in json.dumps(refused["blocks"][0])


async def test_a_digest_comes_into_the_channel_at_its_hour_and_once(whole: Whole) -> None:
    slack = whole.slack
    await invited(whole)
    await slack.side.mention(slack.user("bo"), slack.channel, "What is CKA?")
    await slack.settled()
    await whole.command("ada", "/digest", "on mon 11:00 UTC")
    before = len(slack.stands())
    await whole.later(minutes=30)
    assert len(slack.stands()) == before
    await whole.later(minutes=31)
    await whole.later(minutes=1)
    assert len(slack.stands()) == before + 1
    [digest] = [one for one in slack.stands() if not one.get("thread_ts")][-1:]
    assert digest["metadata"]["event_type"] == "coach_send"


async def test_the_home_page_shows_what_a_person_can_do(whole: Whole) -> None:
    slack = whole.slack
    await launched(whole)
    await slack.side.event(
        {
            "type": "app_home_opened",
            "user": slack.user("bo"),
            "channel": await slack.dm("bo"),
            "tab": "home",
            "event_ts": "1.2",
        }
    )
    await slack.settled()
    view = slack.last("views.publish").answer["view"]
    label = buttons(view["blocks"])[0]
    trigger = slack.trigger("bo")
    await slack.side.click_home(slack.user("bo"), view, label, trigger=trigger)
    await slack.settled()
    assert whole.open_view()["callback_id"] == "pulse.ballot"


async def test_a_guest_may_ask_and_nothing_else(whole: Whole) -> None:
    slack = whole.slack
    slack.proxy.users[slack.user("fay")] = {"is_restricted": True}
    await slack.side.mention(slack.user("fay"), slack.channel, "What is CKA?")
    await slack.settled()
    assert "CKA" in json.dumps(slack.stands()[0]["blocks"])
    await whole.command("fay", "/pulse", "people")
    assert slack.proxy.of("views.open") == []
    assert slack.proxy.responses[-1][1]["response_type"] == "ephemeral"


async def test_a_forged_pulse_of_another_workspace_is_refused_in_words(
    whole: Whole, store: DatabaseStore
) -> None:
    slack = whole.slack
    invitation = await launched(whole)
    await whole.click("bo", invitation, buttons(invitation["blocks"])[0])
    view = whole.open_view()
    context = json.loads(view["private_metadata"])["context"]
    pulse = await store.pulses.pulse(of_team(slack.side.team), context)
    assert pulse is not None
    assert await store.ballots.count(pulse) == 0
    assert await store.pulses.pulse(of_team("T0THER"), context) is None
    names = [b["block_id"] for b in view["blocks"] if b["type"] == "input"]
    values: dict[str, str | list[str]] = {n: "3" for n in names if n != "comment"}
    forged = {**view, "private_metadata": json.dumps({"context": "0" * 16, "channel": "C0THER"})}
    await slack.side.submit(slack.user("bo"), forged, values)
    await slack.settled()
    assert await store.ballots.count(pulse) == 0
    assert whole.open_view()["blocks"][0]["type"] in ("alert", "context")
