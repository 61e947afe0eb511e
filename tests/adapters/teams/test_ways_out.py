"""How answers go back in Teams: to whom, where, and in which shape."""

import asyncio

import pytest

from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Command,
    Form,
    Heading,
    Message,
    Note,
    Question,
    Text,
    TextField,
    Tone,
)
from knowledge.model import Language
from tests.adapters.teams.activities import (
    ANNA,
    BEN,
    CHANNEL,
    GROUP,
    PERSONAL,
    Payload,
    buttons,
    words,
)
from tests.adapters.teams.connector import BOT, TENANT
from tests.adapters.teams.harness import Wire, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
THREAD = f"v3/conversations/{CHANNEL};messageid=1700000000000/activities"
WHY = {"type": "Action.Execute", "verb": "coach", "data": {"coach": {"action": "ask.why"}}}
BALLOT = Form(
    form="pulse.ballot",
    title="People pulse",
    fields=(TextField(name="t", label="Your word"),),
    submit="Send",
    context="pulse-1",
)
CARD = "application/vnd.microsoft.card.adaptive"


def form() -> Message:
    return Message(
        parts=(BALLOT,), summary="A form.", language=Language.EN, audience=Audience.ASKER
    )


def notice(text: str, tone: Tone = Tone.SUCCESS) -> Message:
    return Message(
        parts=(Note(text=text, tone=tone),),
        summary=text,
        language=Language.EN,
        audience=Audience.ASKER,
    )


def private(text: str) -> Message:
    parts = (Text(text=text), Buttons(buttons=(Button(label="More", action="ask.why"),)))
    return Message(parts=parts, summary=text, language=Language.EN, audience=Audience.ASKER)


async def test_an_answer_goes_into_the_thread_with_words_for_the_notification(wire: Wire) -> None:
    wire.stage.answer = says("Because.")
    await wire.say(wire.sends.message("Why?"))
    (post,) = wire.connector.posts()
    assert post.path == THREAD
    assert post.body["summary"] == "Because."
    assert words(post.card) == "Because."
    assert post.authorization == "Bearer our-token-0"


async def test_an_answer_in_a_personal_chat_stays_there(wire: Wire) -> None:
    wire.stage.answer = private("For you.")
    await wire.say(wire.sends.message("Why?", where=PERSONAL))
    (post,) = wire.connector.posts()
    assert post.path == f"v3/conversations/{PERSONAL}/activities"


async def test_a_message_to_the_channel_begins_a_post_of_its_own(wire: Wire) -> None:
    wire.stage.answer = says("To all.", audience=Audience.CHANNEL)
    await wire.say(wire.sends.message("Share it"))
    (post,) = wire.connector.posts()
    assert post.path == "v3/conversations"
    assert post.body["channelData"]["channel"] == {"id": CHANNEL}
    assert post.body["isGroup"] is True
    assert words(post.card) == "To all."


async def test_a_message_to_a_group_chat_is_posted_in_it(wire: Wire) -> None:
    wire.stage.answer = says("To all.", audience=Audience.CHANNEL)
    await wire.say(wire.sends.message("Share it", where=GROUP))
    (post,) = wire.connector.posts()
    assert post.path == f"v3/conversations/{GROUP}/activities"


async def test_a_private_answer_never_stands_in_the_channel(wire: Wire) -> None:
    wire.stage.answer = private("Between us.")
    await wire.say(wire.sends.message("/coach gaps"))
    created, direct, pointer = wire.connector.sent[-3:]
    assert created.path == "v3/conversations"
    assert created.body["members"] == [{"id": ANNA}]
    assert created.body["tenantId"] == TENANT
    assert direct.path == f"v3/conversations/a:{ANNA}/activities"
    assert words(direct.card).startswith("Between us.")
    assert pointer.path == THREAD
    assert "Between us" not in str(pointer.body)
    assert "private chat" in words(pointer.card)


async def test_the_personal_chat_is_opened_once(wire: Wire) -> None:
    wire.stage.answer = private("Between us.")
    await wire.say(wire.sends.message("/coach gaps"))
    await wire.say(wire.sends.message("/coach gaps"))
    assert [one.path for one in wire.connector.sent].count("v3/conversations") == 1


async def test_a_person_who_cannot_be_written_to_is_told_how_and_nothing_is_shown(
    wire: Wire,
) -> None:
    wire.connector.blocked.add(ANNA)
    wire.stage.answer = private("Between us.")
    await wire.say(wire.sends.message("/coach gaps"))
    (pointer,) = wire.connector.posts()
    assert "Between us" not in str(pointer.body)
    assert "Add me to your own chats" in words(pointer.card)


async def test_a_form_asked_for_in_a_channel_waits_behind_a_button_that_opens_it(
    wire: Wire,
) -> None:
    wire.stage.answers["pulse"] = form()
    await wire.say(wire.sends.message("/pulse people"))
    (door,) = wire.connector.posts()
    assert door.path == THREAD
    assert "Your word" not in str(door.body)
    reply = await wire.say(wire.sends.execute(buttons(door.card)["Open the form"], person=BEN))
    value = reply.body["task"]["value"]
    assert reply.body["task"]["type"] == "continue"
    assert value["title"] == "People pulse"
    assert "Your word" in words(value["card"]["content"])
    heard = wire.stage.heard[-1]
    assert isinstance(heard, Command)
    assert (heard.name, heard.text, heard.person.id) == ("pulse", "people", BEN)


async def test_a_form_in_a_personal_chat_is_simply_there(wire: Wire) -> None:
    wire.stage.answers["pulse"] = form()
    await wire.say(wire.sends.message("/pulse people", where=PERSONAL))
    (post,) = wire.connector.posts()
    assert "Your word" in words(post.card)


async def test_a_private_view_is_for_the_client_that_clicked(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = private("Between us.")
    reply = await wire.say(wire.sends.execute(WHY))
    assert reply.body["statusCode"] == 200
    assert reply.body["type"] == CARD
    assert words(reply.body["value"]).startswith("Between us.")
    assert wire.connector.posts() == []
    assert wire.connector.updates() == []


async def test_a_sentence_is_shown_beside_the_card_which_stays(wire: Wire) -> None:
    wire.stage.answers["ask.helpful"] = notice("Thank you.")
    pressed = {"data": {"coach": {"action": "ask.helpful"}}}
    reply = await wire.say(wire.sends.execute(pressed))
    assert reply.body == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Thank you.",
    }
    assert wire.connector.posts() == []


async def test_an_answer_for_all_to_a_click_is_posted_in_the_thread(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = says("For all.")
    reply = await wire.say(wire.sends.execute(WHY))
    (post,) = wire.connector.posts()
    assert post.path == THREAD
    assert reply.body["value"] == "Done."


async def test_a_message_that_replaces_is_changed_for_everybody(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = says("7 of 12 answered.", replaces=True)
    reply = await wire.say(wire.sends.execute(WHY))
    (update,) = wire.connector.updates()
    assert update.path == f"{THREAD}/card-1"
    assert words(update.card) == words(reply.body["value"]) == "7 of 12 answered."


async def test_a_private_replacement_leaves_the_others_theirs(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = says("You answered.", replaces=True, audience=Audience.ASKER)
    reply = await wire.say(wire.sends.execute(WHY))
    assert wire.connector.updates() == []
    assert words(reply.body["value"]) == "You answered."


async def test_a_form_from_an_execute_is_a_private_view(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = form()
    reply = await wire.say(wire.sends.execute(WHY))
    assert "Your word" in words(reply.body["value"])
    assert wire.connector.posts() == []


async def opened(wire: Wire, where: str = CHANNEL) -> tuple[Payload, Payload]:
    """A ballot opened as a dialog: the dialog, and its button."""
    wire.stage.answers["pulse.answer"] = form()
    pressed = {"data": {"coach": {"action": "pulse.answer", "value": "pulse-1"}}}
    pressed["data"]["msteams"] = {"type": "task/fetch"}
    reply = await wire.say(wire.sends.execute(pressed, where=where))
    dialog = reply.body["task"]["value"]
    return dialog, buttons(dialog["card"]["content"])["Send"]


async def test_a_dialog_closes_with_a_word(wire: Wire) -> None:
    _, send = await opened(wire)
    wire.stage.answers["pulse.ballot"] = notice("Kept.")
    reply = await wire.say(wire.sends.submit(send, {"field.t": "fine"}))
    assert reply.body == {"task": {"type": "message", "value": "Kept."}}
    assert wire.connector.posts() == []


async def test_a_refused_dialog_comes_back_with_what_was_filled_in(wire: Wire) -> None:
    _, send = await opened(wire)
    wire.stage.answers["pulse.ballot"] = notice("Too late.", Tone.WARNING)
    reply = await wire.say(wire.sends.submit(send, {"field.t": "my long answer"}))
    content = reply.body["task"]["value"]["card"]["content"]
    assert "Too late." in words(content)
    assert "my long answer" in str(content)
    send = buttons(content)["Send"]  # and it can be sent again
    wire.stage.answers["pulse.ballot"] = notice("Kept.")
    reply = await wire.say(wire.sends.submit(send, {"field.t": "better"}))
    assert reply.body["task"]["value"] == "Kept."


async def test_a_dialog_can_lead_to_a_post_for_all(wire: Wire) -> None:
    _, send = await opened(wire)
    wire.stage.answers["pulse.ballot"] = says("Launched.", audience=Audience.CHANNEL)
    reply = await wire.say(wire.sends.submit(send, {"field.t": "x"}))
    (post,) = wire.connector.posts()
    assert words(post.card) == "Launched."
    assert reply.body["task"]["type"] == "message"


async def test_a_dialog_can_replace_the_card_beneath_it(wire: Wire) -> None:
    _, send = await opened(wire)
    wire.stage.answers["pulse.ballot"] = says("8 of 12 answered.", replaces=True)
    await wire.say(wire.sends.submit(send, {"field.t": "x"}) | {"replyToId": None})
    (update,) = wire.connector.updates()
    assert update.path == f"{THREAD}/card-1"


async def test_a_dialog_goes_on_to_a_preview(wire: Wire) -> None:
    _, send = await opened(wire)
    wire.stage.answers["pulse.ballot"] = private("A preview.")
    reply = await wire.say(wire.sends.submit(send, {"field.t": "x"}))
    content = reply.body["task"]["value"]["card"]["content"]
    assert "A preview." in words(content)
    assert buttons(content)["More"]["type"] == "Action.Submit"


async def test_a_sent_form_in_a_personal_chat_becomes_its_result(wire: Wire) -> None:
    wire.stage.answers["pulse.ballot"] = notice("Kept.")
    pressed = {"data": {"coach": {"form": "pulse.ballot"}}}
    reply = await wire.say(wire.sends.execute(pressed, {"field.t": "x"}, where=PERSONAL))
    assert words(reply.body["value"]) == "✓ Kept."
    assert len(wire.connector.updates()) == 1


async def test_a_refused_form_in_a_card_stays_as_it_is(wire: Wire) -> None:
    wire.stage.answers["pulse.ballot"] = notice("Fill that in.", Tone.WARNING)
    pressed = {"data": {"coach": {"form": "pulse.ballot"}}}
    reply = await wire.say(wire.sends.execute(pressed, {"field.t": "x"}, where=PERSONAL))
    assert reply.body["value"] == "Fill that in."
    assert wire.connector.updates() == []


async def test_a_form_from_an_old_client_in_a_channel_is_answered_in_private(wire: Wire) -> None:
    wire.stage.answers["pulse.ballot"] = notice("Kept.")
    pressed = {"data": {"coach": {"form": "pulse.ballot"}}}
    await wire.say(wire.sends.old_submit(pressed, {"field.t": "x"}))
    direct, pointer = wire.connector.posts()
    assert direct.path == f"v3/conversations/a:{ANNA}/activities"
    assert "Kept" not in str(pointer.body)


async def test_the_compose_box_offers_cards_with_previews(wire: Wire) -> None:
    reply = await wire.say(wire.sends.query("policy"))
    found = reply.body["composeExtension"]
    assert (found["type"], found["attachmentLayout"]) == ("result", "list")
    assert [one["preview"]["content"]["title"] for one in found["attachments"]] == [
        "policy 1",
        "policy 2",
    ]
    assert words(found["attachments"][0]["content"]) == "policy 1"
    assert found["attachments"][0]["contentType"] == CARD


async def test_the_compose_box_says_when_there_is_nothing(wire: Wire) -> None:
    reply = await wire.say(wire.sends.query("nothing", locale="zh-CN"))
    found = reply.body["composeExtension"]
    assert found["type"] == "message"
    assert found["text"].startswith("没有找到")


async def test_ask_the_coach_answers_in_a_dialog_that_goes_on(wire: Wire) -> None:
    wire.stage.answers["coach"] = private("The answer.")
    reply = await wire.say(wire.sends.ask_about("<p>Why?</p>"))
    content = reply.body["task"]["value"]["card"]["content"]
    assert "The answer." in words(content)
    more = buttons(content)["More"]
    wire.stage.answers["ask.why"] = private("The reason.")
    further = wire.sends.submit(more) | {"name": "composeExtension/submitAction"}
    reply = await wire.say(further)
    assert "The reason." in words(reply.body["task"]["value"]["card"]["content"])
    assert wire.connector.posts() == []


async def test_a_greeting_is_posted_where_the_coach_came(wire: Wire) -> None:
    wire.stage.answer = says("Hello.", audience=Audience.CHANNEL)
    await wire.say(wire.sends.added(BOT, where="19:team@thread.tacv2"))
    (post,) = wire.connector.posts()
    assert post.body["channelData"]["channel"] == {"id": "19:team@thread.tacv2"}


async def test_a_slow_answer_to_a_click_is_announced_and_follows(wire: Wire) -> None:
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    wire.stage.before = wait
    wire.stage.answers["ask.why"] = says("At last.")
    reply = await wire.post(wire.sends.execute(WHY))
    assert "longer" in reply.body["value"]
    gate.set()
    await wire.app.close()
    (post,) = wire.connector.posts()
    assert words(post.card) == "At last."


async def test_a_message_is_acknowledged_before_the_coach_has_answered(wire: Wire) -> None:
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    wire.stage.before = wait
    reply = await asyncio.wait_for(wire.post(wire.sends.message("Why?")), 2)
    assert reply.status == 202
    assert wire.connector.posts() == []
    gate.set()
    await wire.app.close()
    assert len(wire.connector.posts()) == 1


async def test_an_unexpected_error_apologises_with_a_reference_and_no_details(wire: Wire) -> None:
    wire.stage.answer = RuntimeError("secret details")
    await wire.say(wire.sends.message("Why?"))
    await wire.say(wire.sends.execute({"data": {"coach": {"action": "ask.topic"}}}))
    assert [str(error) for error in wire.reported] == ["secret details"] * 2
    told = str(wire.connector.posts()) + str(wire.answered)
    assert "secret details" not in told
    assert words(wire.connector.posts()[-1].card)


async def test_a_stale_button_is_told_kindly(wire: Wire) -> None:
    reply = await wire.say(wire.sends.execute({"data": {"coach": {"action": "gone.away"}}}))
    assert reply.status == 200
    assert len(reply.body["value"]) > 20
    assert wire.stage.heard == []


async def test_two_clicks_of_one_delivery_count_once(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = says("For all.")
    click = wire.sends.execute(WHY)
    await wire.say(click)
    reply = await wire.say(click)
    assert reply.status == 200
    assert len([one for one in wire.stage.heard if isinstance(one, Click)]) == 1
    assert len(wire.connector.posts()) == 1


async def test_chinese_people_get_the_adapters_own_words_in_chinese(wire: Wire) -> None:
    wire.stage.answers["pulse"] = Message(
        parts=(Heading(text="标题"), BALLOT),
        summary="表单",
        language=Language.ZH,
        audience=Audience.ASKER,
    )
    await wire.say(wire.sends.message("/pulse 人员", locale="zh-CN"))
    (door,) = wire.connector.posts()
    assert list(buttons(door.card)) == ["打开表单"]
    assert door.card["lang"] == "zh"


async def test_the_answer_to_a_question_has_its_own_question(wire: Wire) -> None:
    """Many at once do not get mixed up."""

    async def later() -> None:
        await asyncio.sleep(0)

    wire.stage.before = later
    asked = [wire.sends.message(f"Q{n}?", thread=str(n)) for n in range(20)]
    replies = await asyncio.gather(*(wire.post(one) for one in asked))
    assert {one.status for one in replies} == {202}
    await wire.app.close()
    threads = {one.path.partition("messageid=")[2].split("/")[0] for one in wire.connector.posts()}
    heard = {one.text for one in wire.stage.heard if isinstance(one, Question)}
    assert threads == {str(n) for n in range(20)}
    assert heard == {f"Q{n}?" for n in range(20)}
