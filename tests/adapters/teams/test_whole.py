"""The whole coach in Teams, on the wire: questions, a pulse from start to result, a digest."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.assembly import Assembled, Surroundings, assembled
from bot.messages import Inbound
from knowledge.base import KnowledgeBase
from knowledge.overlay import NOTHING, Overlay
from knowledge.search import Finder
from tests.adapters.teams.activities import ANNA, BEN, CHANNEL, CHEN, PERSONAL, TEAM, buttons, words
from tests.adapters.teams.connector import BOT, Sent, member
from tests.adapters.teams.harness import Wire
from tests.adapters.teams.painter import Painter

PEOPLE = (ANNA, BEN, CHEN, "29:dora", "29:emil", "29:fay")


class Whole:
    """The real coach behind the wire."""

    def __init__(
        self, wire: Wire, base: KnowledgeBase, finder: Finder, overlay: Overlay = NOTHING
    ) -> None:
        self.wire = wire
        self.errors: list[Exception] = []
        around = Surroundings(
            base=base,
            finder=finder,
            overlay=overlay,
            store=wire.store,
            chat=wire.teams.chat,
            clock=lambda: wire.now,
            report=self._report,
            job_report=self._job,
        )
        self.parts: Assembled = assembled(around)

    def _report(self, error: Exception, *, reference: str, inbound: Inbound) -> None:
        self.errors.append(error)

    def _job(self, error: Exception, *, doing: str) -> None:
        self.errors.append(error)

    async def due(self, after: timedelta = timedelta()) -> list[Sent]:
        """Time passes; what the coach posts by itself meanwhile, at the pace of Teams."""
        self.wire.now += after
        before = len(self.wire.connector.posts())
        for _ in range(5):
            await self.parts.sending.all_due()
            await asyncio.sleep(0.3)  # a second goes by in all, after which a channel gets another
        return self.wire.connector.posts()[before:]

    def last(self) -> Sent:
        return self.wire.connector.posts()[-1]


@pytest.fixture
async def whole(
    store: DatabaseStore, painter: Painter, base: KnowledgeBase, engine: Finder
) -> AsyncIterator[Whole]:
    wire = Wire(store)
    await wire.start()
    whole = Whole(wire, base, engine)
    await wire.client.close()
    await wire.use(whole.parts.coach, whole.parts.lookup)
    yield whole
    await wire.stop()
    assert whole.errors == []
    assert wire.complaints() == []
    for card in wire.cards():
        assert painter.paint(card).complaints == ()


def team(wire: Wire, *people: str) -> None:
    names = {one: one.removeprefix("29:").title() for one in people}
    wire.connector.rosters[TEAM] = [
        member(one, names[one], "owner" if one == ANNA else "user") for one in people
    ] + [member(BOT, "Coach")]


async def test_a_question_is_answered_with_its_source_and_its_sides_are_private(
    whole: Whole,
) -> None:
    wire = whole.wire
    await wire.say(wire.sends.message("Who should own the security of our clusters?"))
    answer = whole.last().card
    assert "Security" in words(answer)
    assert "Source: People" in words(answer)
    assert {"Why?", "How do we start?", "Helpful"} <= set(buttons(answer))
    reply = await wire.say(wire.sends.execute(buttons(answer)["Why?"], person=BEN))
    assert "Why: Security" in words(reply.body["value"])
    reply = await wire.say(wire.sends.execute(buttons(answer)["Helpful"], person=BEN))
    assert reply.body["type"].endswith("activity.message")


async def test_a_chinese_question_is_answered_in_chinese(whole: Whole) -> None:
    wire = whole.wire
    await wire.say(wire.sends.message("集群的安全应该由谁负责？", where=PERSONAL, locale="zh-CN"))
    answer = whole.last().card
    assert answer["lang"] == "zh"
    assert "为什么？" in buttons(answer)


async def test_whoever_installs_the_coach_is_its_first_lead_and_is_greeted(whole: Whole) -> None:
    wire = whole.wire
    team(wire, BEN, CHEN)
    await wire.say(wire.sends.added(BOT, where=TEAM, person=BEN))
    assert "Ben" in words(whole.last().card)
    await wire.say(wire.sends.message("/pulse people", where=TEAM, person=BEN))
    assert "Open the form" in buttons(whole.last().card)
    await wire.say(wire.sends.message("/pulse people", where=TEAM, person=CHEN))
    assert "Open the form" not in str(wire.connector.posts()[-2:])


async def test_the_compose_box_finds_topics_of_the_real_base(whole: Whole) -> None:
    wire = whole.wire
    reply = await wire.say(wire.sends.query("audit logs"))
    titles = [
        one["preview"]["content"]["title"] for one in reply.body["composeExtension"]["attachments"]
    ]
    assert titles[0].lower().startswith("audit")
    reply = await wire.say(wire.sends.query(""))
    assert len(reply.body["composeExtension"]["attachments"]) == 5


async def test_ask_the_coach_on_a_message_answers_in_private_and_can_be_shared(
    whole: Whole,
) -> None:
    wire = whole.wire
    reply = await wire.say(wire.sends.ask_about("<p>Do we need a CKA?</p>"))
    content = reply.body["task"]["value"]["card"]["content"]
    assert "CKA" in words(content)
    assert wire.connector.posts() == []
    share = next(one for title, one in buttons(content).items() if "hare" in title)
    answer = wire.sends.submit(share) | {"name": "composeExtension/submitAction"}
    reply = await wire.say(answer)
    assert reply.body["task"]["type"] == "message"
    assert "CKA" in words(whole.last().card)


async def start_pulse(whole: Whole) -> Sent:
    """A lead starts a pulse in a channel; the post that invites to it."""
    wire = whole.wire
    await wire.say(wire.sends.message("/pulse people"))
    door = whole.last().card
    reply = await wire.say(wire.sends.execute(buttons(door)["Open the form"]))
    form = reply.body["task"]["value"]["card"]["content"]
    submit = next(one for one in buttons(form).values())
    values = {
        one["id"]: one["value"] if "value" in one else one["choices"][0]["value"]
        for one in form["body"]
        if str(one["type"]).startswith("Input.Choice")
    }
    reply = await wire.say(wire.sends.submit(submit, values))
    preview = reply.body["task"]["value"]["card"]["content"]
    launch = next(
        one
        for one in buttons(preview).values()
        if one["data"]["coach"].get("action") == "pulse.launch"
    )
    await wire.say(wire.sends.submit(launch))
    await whole.due(timedelta(minutes=1))
    return next(one for one in wire.connector.posts() if "pulse.answer" in str(one.body))


def answer_button(card: object) -> dict[str, object]:
    found = buttons(card)  # type: ignore[arg-type]
    return next(
        one for one in found.values() if one["data"]["coach"].get("action") == "pulse.answer"
    )


async def vote(whole: Whole, post: Sent, person: str, choice: int) -> str:
    """One ballot, from the button of the post; what the person is told."""
    wire = whole.wire
    reply = await wire.say(wire.sends.execute(answer_button(post.card), person=person))
    ballot = reply.body["task"]["value"]["card"]["content"]
    values = {
        one["id"]: one["choices"][choice]["value"]
        for one in ballot["body"]
        if one["type"] == "Input.ChoiceSet"
    }
    send = next(iter(buttons(ballot).values()))
    reply = await wire.say(wire.sends.submit(send, values, person=person))
    return str(reply.body["task"]["value"])


async def test_a_pulse_that_three_answer_stays_private_and_shows_no_result(whole: Whole) -> None:
    wire = whole.wire
    team(wire, *PEOPLE)
    post = await start_pulse(whole)
    for person in PEOPLE[:3]:
        before = len(wire.connector.posts())
        assert await vote(whole, post, person, 3)
        assert wire.connector.posts()[before:] == []
    await whole.due(timedelta(days=8))
    result = [one for one in wire.connector.posts() if "ewer than" in words(one.card)]
    assert result
    assert "Chart." not in str([one.card for one in result])


async def test_a_pulse_of_six_goes_from_start_to_a_result_in_its_thread(whole: Whole) -> None:
    wire = whole.wire
    team(wire, *PEOPLE)
    post = await start_pulse(whole)
    for number, person in enumerate(PEOPLE):
        await vote(whole, post, person, 2 + number % 3)
    told = await vote(whole, post, ANNA, 4)
    assert "replace" in told.lower() or "earlier" in told.lower() or "before" in told.lower()
    await whole.due(timedelta(days=8))
    results = [one for one in wire.connector.posts() if "Chart." in str(one.card)]
    assert results
    in_thread = [one for one in results if f"{CHANNEL};messageid=" in one.path]
    assert in_thread
    assert all(person not in str([one.card for one in in_thread]) for person in PEOPLE)


async def test_a_team_that_is_too_small_is_told_so_and_the_form_comes_back(whole: Whole) -> None:
    wire = whole.wire
    team(wire, *PEOPLE[:3])
    await wire.say(wire.sends.message("/pulse people"))
    reply = await wire.say(wire.sends.execute(buttons(whole.last().card)["Open the form"]))
    form = reply.body["task"]["value"]["card"]["content"]
    (submit,) = buttons(form).values()
    reply = await wire.say(wire.sends.submit(submit))
    content = reply.body["task"]["value"]["card"]["content"]
    assert "⚠" in words(content)
    assert list(buttons(content)) == list(buttons(form))


async def test_a_pulse_of_another_tenant_is_not_there(whole: Whole) -> None:
    wire = whole.wire
    team(wire, *PEOPLE)
    post = await start_pulse(whole)
    stranger = wire.sends.execute(answer_button(post.card), person="29:stranger")
    other = "88888888-0000-0000-0000-000000000000"
    stranger["channelData"]["tenant"]["id"] = other
    stranger["conversation"]["tenantId"] = other
    assert (await wire.say(stranger)).status == 403


async def test_a_digest_comes_once_into_its_channel(whole: Whole) -> None:
    wire = whole.wire
    team(wire, *PEOPLE)
    wire.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
    await wire.say(wire.sends.message("/digest on tue 09:00 Europe/Berlin"))
    assert await whole.due(timedelta(hours=1)) == []
    posted = await whole.due(timedelta(days=1))
    (digest,) = [one for one in posted if one.body.get("channelData")]
    assert digest.body["channelData"]["channel"] == {"id": CHANNEL}
    assert digest.body["activity"]["summary"]
    assert await whole.due(timedelta(hours=1)) == []
