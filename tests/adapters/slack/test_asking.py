"""Questions on Slack: in a channel, directly, by command and by shortcut."""

import asyncio

import pytest

from bot.messages import Audience, Button, Buttons, Command, Inbound, Message, Opened, Question
from tests.adapters.slack.emulator import COACH
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.world import World


async def test_a_mention_is_answered_in_its_thread(slack: World, coach: Scripted) -> None:
    answer = await slack.side.mention(slack.user("ada"), slack.channel, "What is CI/CD?")
    await slack.settled()
    assert (answer.status, answer.body) == (200, "")
    [question] = coach.given
    assert isinstance(question, Question)
    assert question.text == "What is CI/CD?"
    assert question.person.id == slack.user("ada")
    assert not question.place.private
    posted = slack.last("chat.postMessage").values
    assert (posted["channel"], posted["text"]) == (slack.channel, "Hello")
    assert posted["thread_ts"] == question.place.thread


async def test_a_mention_within_a_thread_stays_there(slack: World, coach: Scripted) -> None:
    root = slack.emulator.speak(slack.user("bo"), slack.channel, "we wonder")
    await slack.side.mention(slack.user("ada"), slack.channel, "why?", thread=root)
    await slack.settled()
    assert coach.given[0].place.thread == root
    assert slack.last("chat.postMessage").values["thread_ts"] == root


async def test_who_asks_is_known_with_language_and_standing(slack: World, coach: Scripted) -> None:
    slack.proxy.users[slack.user("ada")] = {"locale": "zh-CN", "is_admin": True}
    slack.proxy.users[slack.user("bo")] = {"is_ultra_restricted": True}
    await slack.side.mention(slack.user("ada"), slack.channel, "为什么？")
    await slack.side.mention(slack.user("bo"), slack.channel, "why?")
    await slack.settled()
    standings = {one.person.id: (one.locale, one.standing) for one in coach.given}
    locale, ada = standings[slack.user("ada")]
    assert (locale, ada.admin, ada.guest) == ("zh-CN", True, False)
    assert standings[slack.user("bo")][1].guest


async def test_somebody_of_another_organisation_is_told_apart(
    slack: World, coach: Scripted
) -> None:
    event = {
        "type": "app_mention",
        "user": slack.user("ada"),
        "text": "hi",
        "ts": "1.2",
        "channel": slack.channel,
        "event_ts": "1.2",
        "user_team": "T0THERS",
    }
    await slack.side.event(event, is_ext_shared_channel=True)
    await slack.settled()
    assert coach.given[0].standing.external


async def test_a_profile_is_asked_for_once_and_again_when_it_changed(
    slack: World, coach: Scripted
) -> None:
    ada = slack.user("ada")
    for _ in range(3):
        await slack.side.mention(ada, slack.channel, "hi")
        await slack.settled()
    assert len(slack.proxy.of("users.info")) == 1
    user = {"id": ada, "team_id": slack.side.team, "name": "ada"}
    await slack.side.event({"type": "user_change", "user": user, "event_ts": "1.2"}, check=False)
    await slack.side.mention(ada, slack.channel, "hi")
    await slack.settled()
    assert len(slack.proxy.of("users.info")) == 2
    assert len(coach.given) == 4


async def test_without_a_profile_the_question_is_answered_all_the_same(
    slack: World, coach: Scripted
) -> None:
    slack.proxy.refuse("users.info", "missing_scope", needed="users:read")
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    await slack.settled()
    assert coach.given[0].locale is None
    assert slack.last("chat.postMessage").values["text"] == "Hello"


async def test_a_direct_message_is_answered_under_it(slack: World, coach: Scripted) -> None:
    dm = await slack.dm("ada")
    await slack.side.direct(slack.user("ada"), dm, "What is CI/CD?")
    await slack.settled()
    assert coach.given[0].place.private
    posted = slack.last("chat.postMessage").values
    assert posted["channel"] == dm
    assert posted["thread_ts"] == coach.given[0].place.thread


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": "B1"},
        {"user": COACH},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"channel_type": "channel"},
    ],
)
async def test_what_no_person_said_to_it_is_left_alone(
    slack: World, coach: Scripted, change: dict[str, str]
) -> None:
    event = {
        "type": "message",
        "channel_type": "im",
        "user": slack.user("ada"),
        "text": "hi",
        "ts": "1.2",
        "channel": "D1",
        "event_ts": "1.2",
        **change,
    }
    answer = await slack.side.event(event, check=False)
    await slack.settled()
    assert answer.status == 200
    assert coach.given == []


async def test_mentions_and_links_come_as_plain_words(slack: World, coach: Scripted) -> None:
    bo = slack.user("bo")
    text = f"ask <@{bo}|bo> in <#C1|general> &lt;!channel&gt; <https://x.test/a|docs> &amp; <!here>"
    await slack.side.mention(slack.user("ada"), slack.channel, text)
    await slack.settled()
    [question] = coach.given
    assert isinstance(question, Question)
    assert question.text == "ask @bo in #general <!channel> docs & @here"
    assert [person.id for person in question.mentions] == [bo]


async def test_nothing_that_the_coach_says_can_ping_or_link(slack: World, coach: Scripted) -> None:
    hostile = "<!channel> <@U1> <https://evil.test|here> & *bold* _it_ `x`"
    coach.script = lambda _inbound: said(hostile)
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    await slack.settled()
    posted = slack.last("chat.postMessage").values
    assert "<" not in posted["text"].replace("&lt;", "")
    [block] = posted["blocks"]
    assert block["type"] == "rich_text"
    [element] = block["elements"][0]["elements"]
    assert element == {"type": "text", "text": hostile}


async def test_a_command_is_answered_to_the_person_alone(slack: World, coach: Scripted) -> None:
    answer = await slack.side.command(slack.user("ada"), slack.channel, "/coach", "what is CKA?")
    await slack.settled()
    assert (answer.status, answer.body) == (200, "")
    [command] = coach.given
    assert isinstance(command, Command)
    assert (command.name, command.text) == ("coach", "what is CKA?")
    [(_, body)] = slack.proxy.responses
    assert (body["response_type"], body["text"]) == ("ephemeral", "Hello")
    assert slack.stands() == []


async def test_a_private_answer_is_shared_by_its_button(slack: World, coach: Scripted) -> None:
    def script(inbound: Inbound) -> Message:
        if isinstance(inbound, Command):
            share = Button(label="Share", action="ask.share", value="people.overview")
            return said("Private", parts=(Buttons(buttons=(share,)),))
        return said("Shared", audience=Audience.CHANNEL)

    coach.script = script
    await slack.side.command(slack.user("ada"), slack.channel, "/coach", "people")
    await slack.settled()
    shown = slack.proxy.responses[-1][1]
    await slack.side.click(slack.user("ada"), slack.channel, shown, "Share", ephemeral=True)
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["Shared"]
    assert coach.given[1].place.channel == slack.channel


async def test_a_message_can_be_asked_about_and_only_the_asker_sees_it(
    slack: World, coach: Scripted
) -> None:
    await slack.side.on_message(slack.user("ada"), slack.channel, "should we do &lt;canaries&gt;?")
    await slack.settled()
    [command] = coach.given
    assert isinstance(command, Command)
    assert (command.name, command.text) == ("coach", "should we do <canaries>?")
    assert slack.stands() == []
    assert slack.proxy.responses[0][1]["text"] == "Hello"


async def test_the_same_event_again_is_given_with_the_same_delivery(
    slack: World, coach: Scripted
) -> None:
    dm = await slack.dm("ada")
    for retry in (None, 1, 2):
        await slack.side.direct(slack.user("ada"), dm, "hi", event_id="EvSAME", retry=retry)
    await slack.settled()
    assert {one.delivery for one in coach.given} == {"EvSAME"}


async def test_a_long_wait_shows_that_the_coach_is_at_work(slack: World, coach: Scripted) -> None:
    async def slowly(_inbound: Inbound) -> Message:
        await asyncio.sleep(0.6)
        return said("At last")

    coach.script = slowly
    dm = await slack.dm("ada")
    await slack.side.direct(slack.user("ada"), dm, "hi")
    await slack.settled()
    [status] = slack.proxy.of("assistant.threads.setStatus")
    assert status.values["channel_id"] == dm
    assert status.values["thread_ts"] == coach.given[0].place.thread
    assert slack.last("chat.postMessage").values["text"] == "At last"


async def test_a_quick_answer_shows_no_status(slack: World, coach: Scripted) -> None:
    await slack.side.direct(slack.user("ada"), await slack.dm("ada"), "hi")
    await slack.settled()
    assert slack.proxy.of("assistant.threads.setStatus") == []
    assert len(coach.given) == 1


async def test_opening_the_conversation_offers_prompts_in_the_persons_language(
    slack: World, coach: Scripted
) -> None:
    slack.proxy.users[slack.user("ada")] = {"locale": "zh-CN"}
    event = {
        "type": "app_home_opened",
        "user": slack.user("ada"),
        "channel": "D1",
        "tab": "messages",
        "event_ts": "1.2",
    }
    await slack.side.event(event)
    await slack.settled()
    [offered] = slack.proxy.of("assistant.threads.setSuggestedPrompts")
    assert 0 < len(offered.values["prompts"]) <= 4
    assert offered.values["title"] == "问问我第 2 级的内容"
    assert coach.given == []


async def test_the_home_page_is_published_for_the_person(slack: World, coach: Scripted) -> None:
    event = {
        "type": "app_home_opened",
        "user": slack.user("ada"),
        "channel": "D1",
        "tab": "home",
        "event_ts": "1.2",
    }
    await slack.side.event(event)
    await slack.settled()
    assert isinstance(coach.given[0], Opened)
    published = slack.last("views.publish")
    assert published.answer["ok"]
    assert published.values["user_id"] == slack.user("ada")
    assert published.values["view"]["type"] == "home"


async def test_an_answer_longer_than_a_message_goes_on_below(slack: World, coach: Scripted) -> None:
    long = "\n".join(f"line {number} of a very long answer" for number in range(900))
    coach.script = lambda _inbound: said("Long", parts=said(long).parts)
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    await slack.settled()
    pages = slack.proxy.of("chat.postMessage")
    assert len(pages) > 1
    assert {page.values["thread_ts"] for page in pages} == {coach.given[0].place.thread}
    assert "Part 1 of" in str(pages[0].values["blocks"][-1])
    texts = "".join(str(page.values["blocks"]) for page in pages)
    assert all(f"line {number} of" in texts for number in range(900))
    assert buttons(pages[0].values["blocks"]) == []
