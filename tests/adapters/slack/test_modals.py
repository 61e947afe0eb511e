"""Forms: opened by a click or a command, sent, refused, and what came of them."""

import json

from bot.coach import notice, refusal
from bot.errors import Invalid
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Choice,
    Click,
    Command,
    Form,
    Inbound,
    Message,
    Note,
    Option,
    Question,
    Scale,
    Submission,
    TextField,
    Tone,
)
from knowledge.model import Language
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.world import World

SCALE = tuple(Option(label=str(number), value=str(number)) for number in range(1, 6))
FORM = Form(
    form="test.answer",
    title="Answer",
    fields=(
        Scale(
            name="s1",
            label="We deploy daily",
            options=SCALE,
            apart=Option(label="Doesn't apply", value="none"),
        ),
        Choice(name="who", label="Owner", options=SCALE[:2], initial="2"),
        Choice(name="many", label="Which", options=SCALE, many=True, optional=True),
        TextField(name="comment", label="Comment", multiline=True, optional=True),
    ),
    submit="Send",
    context="pulse-7",
    note="Anonymous.",
)


def asking(inbound: Inbound) -> Message:
    match inbound:
        case Submission():
            return said("Thank you", audience=Audience.ASKER)
        case Click() | Command() | Question():
            return said("A form", parts=(FORM,), audience=Audience.ASKER)
    raise AssertionError(inbound)


async def opened(slack: World, coach: Scripted) -> dict[str, object]:
    """The modal that a command opened, as the emulator keeps it."""
    coach.script = asking
    trigger = slack.trigger("ada")
    await slack.side.command(slack.user("ada"), slack.channel, "/pulse", "x", trigger=trigger)
    await slack.settled()
    view: dict[str, object] = slack.last("views.open").answer["view"]
    return view


async def test_a_command_opens_the_form_with_its_terms(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    assert view["callback_id"] == "test.answer"
    kinds = [block["type"] for block in view["blocks"]]  # type: ignore[attr-defined]
    assert kinds == ["context", "input", "input", "input", "input"]
    assert "Anonymous." in json.dumps(view["blocks"])


async def test_what_was_filled_in_arrives_by_name_with_place_and_context(
    slack: World, coach: Scripted
) -> None:
    view = await opened(slack, coach)
    answer = await slack.side.submit(
        slack.user("ada"), view, {"s1": "none", "many": ["1", "3"], "comment": "ok"}
    )
    await slack.settled()
    submission = coach.given[-1]
    assert isinstance(submission, Submission)
    assert submission.form == "test.answer"
    assert submission.context == "pulse-7"
    assert submission.place.channel == slack.channel
    assert dict(submission.values) == {"s1": "none", "who": "2", "many": "1,3", "comment": "ok"}
    assert answer.json()["response_action"] == "update"


async def test_the_outcome_takes_the_place_of_the_form(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    await slack.side.submit(slack.user("ada"), view, {"s1": "3"})
    await slack.settled()
    updated = slack.last("views.update")
    assert updated.answer["ok"]
    assert updated.values["view_id"] == view["id"]
    assert "Thank you" in json.dumps(updated.values["view"]["blocks"])
    assert "submit" not in updated.values["view"]
    assert slack.stands() == []


async def test_a_second_step_takes_the_place_of_the_first(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    second = Form(form="test.preview", title="Preview", fields=(), submit="Launch", context="p")
    coach.script = lambda _inbound: said("Preview", parts=(Note(text="Look"), second))
    await slack.side.submit(slack.user("ada"), view, {"s1": "3"})
    await slack.settled()
    updated = slack.last("views.update").values["view"]
    assert updated["callback_id"] == "test.preview"
    assert json.loads(updated["private_metadata"])["channel"] == slack.channel


async def test_what_was_refused_stays_filled_in(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    coach.script = lambda _i: refusal(Invalid("errors.unknown_command", name="x"), Language.EN)
    values: dict[str, str | list[str]] = {"s1": "4", "who": "1", "comment": "my words"}
    await slack.side.submit(slack.user("ada"), view, values)
    await slack.settled()
    again = slack.last("views.update").values["view"]
    assert again["callback_id"] == "test.answer"
    assert again["private_metadata"] == view["private_metadata"]
    assert again["blocks"][0]["type"] == "alert"
    elements = {one["block_id"]: one["element"] for one in again["blocks"] if "element" in one}
    assert elements["s1"]["initial_option"]["value"] == "4"
    assert elements["who"]["initial_option"]["value"] == "1"
    assert elements["comment"]["initial_value"] == "my words"


async def test_an_outcome_for_everybody_is_posted_and_confirmed(
    slack: World, coach: Scripted
) -> None:
    view = await opened(slack, coach)
    coach.script = lambda _inbound: said("A pulse is open", audience=Audience.CHANNEL)
    await slack.side.submit(slack.user("ada"), view, {"s1": "3"})
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["A pulse is open"]
    assert "posted it" in json.dumps(slack.last("views.update").values["view"]["blocks"])


async def test_a_form_sent_twice_is_the_same_delivery(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    sent = {**view, "hash": "same.hash"}
    await slack.side.submit(slack.user("ada"), sent, {"s1": "3"})
    await slack.side.submit(slack.user("ada"), sent, {"s1": "3"})
    await slack.settled()
    deliveries = [one.delivery for one in coach.given if isinstance(one, Submission)]
    assert len(deliveries) == 2
    assert len(set(deliveries)) == 1


async def test_an_expired_trigger_is_told_and_nothing_opens(slack: World, coach: Scripted) -> None:
    coach.script = asking
    slack.proxy.expected_refusals |= {"exchanged_trigger_id"}
    trigger = slack.trigger("ada")
    await slack.side.command(slack.user("ada"), slack.channel, "/pulse", trigger=trigger)
    await slack.settled()
    await slack.side.command(slack.user("ada"), slack.channel, "/pulse", "again", trigger=trigger)
    await slack.settled()
    assert [call.answer["ok"] for call in slack.proxy.of("views.open")] == [True, False]
    assert "took too long" in slack.proxy.responses[-1][1]["text"]


async def test_words_that_lead_to_a_form_get_a_button_that_opens_it(
    slack: World, coach: Scripted
) -> None:
    coach.script = asking
    dm = await slack.dm("ada")
    await slack.side.direct(slack.user("ada"), dm, "pulse people")
    await slack.settled()
    posted = slack.last("chat.postMessage")
    assert buttons(posted.values["blocks"]) == ["Open"]
    standing = {**posted.values, "ts": posted.answer["ts"]}
    await slack.side.click(slack.user("ada"), dm, standing, "Open", trigger=slack.trigger("ada"))
    await slack.settled()
    asked = coach.given[-1]
    assert isinstance(asked, Question)
    assert asked.text == "pulse people"
    assert slack.last("views.open").answer["ok"]


async def test_the_global_shortcut_asks_for_channel_and_pillar_and_leads_to_the_form(
    slack: World, coach: Scripted
) -> None:
    coach.script = asking
    await slack.side.anywhere(slack.user("ada"), slack.trigger("ada"))
    await slack.settled()
    view = slack.last("views.open").answer["view"]
    assert view["callback_id"] == "start_pulse"
    await slack.side.submit(slack.user("ada"), view, {"channel": slack.channel, "pillar": "policy"})
    await slack.settled()
    command = coach.given[-1]
    assert isinstance(command, Command)
    assert (command.name, command.text) == ("pulse", "policy")
    assert command.place.channel == slack.channel
    form = slack.last("views.update").values["view"]
    assert form["callback_id"] == "test.answer"
    assert json.loads(form["private_metadata"])["channel"] == slack.channel


async def test_metadata_that_is_not_ours_leads_nowhere_but_to_the_coach(
    slack: World, coach: Scripted
) -> None:
    view = await opened(slack, coach)
    for forged in ("[]", "not json", '{"channel": 7, "context": ["x"]}', "null"):
        sent = {**view, "private_metadata": forged, "hash": forged}
        assert (await slack.side.submit(slack.user("ada"), sent, {"s1": "1"})).status == 200
    await slack.settled()
    places = {one.place.channel for one in coach.given if isinstance(one, Submission)}
    assert slack.channel not in places
    workspaces = {one.place.workspace.id for one in coach.given}
    assert workspaces == {slack.side.team}


async def test_a_click_opens_a_form_that_remembers_the_message(
    slack: World, coach: Scripted
) -> None:
    button = Button(label="Answer privately", action="pulse.answer", value="p1")
    coach.script = lambda _inbound: said("A pulse", parts=(Buttons(buttons=(button,)),))
    await slack.side.mention(slack.user("ada"), slack.channel, "go")
    await slack.settled()
    [standing] = slack.stands()
    coach.script = asking
    await slack.side.click(
        slack.user("bo"), slack.channel, standing, "Answer privately", trigger=slack.trigger("bo")
    )
    await slack.settled()
    click = coach.given[-1]
    assert isinstance(click, Click)
    assert (click.action, click.value, click.message) == ("pulse.answer", "p1", standing["ts"])
    view = slack.last("views.open").answer["view"]
    coach.script = lambda _inbound: said("Changed", replaces=True)
    await slack.side.submit(slack.user("bo"), view, {"s1": "5"})
    await slack.settled()
    assert slack.last("chat.update").values["ts"] == standing["ts"]
    assert [one["text"] for one in slack.stands()] == ["Changed"]


async def test_an_error_in_a_form_is_shown_in_it(slack: World, coach: Scripted) -> None:
    view = await opened(slack, coach)
    coach.script = lambda _i: notice("errors.store_away", Language.EN, Tone.ERROR)
    await slack.side.submit(slack.user("ada"), view, {"s1": "1"})
    await slack.settled()
    assert slack.last("views.update").values["view"]["blocks"][0]["level"] == "error"
