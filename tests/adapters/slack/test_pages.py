"""Messages longer than Slack takes at once: every page stands once, whatever goes wrong between."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database.store import DatabaseStore
from adapters.slack import sending
from adapters.slack.outbound import render
from adapters.slack.workspaces import slack as of_team
from bot.delivering import Limits, Taken
from bot.errors import OutcomeUnknown, Refused
from bot.messages import Message, Person, Place, Text
from bot.ports.chat import Begun, LookupImpossible, Posted
from bot.ports.sends import Delivery, Send, SendState
from bot.sending import Sending
from tests.adapters.slack.emulator import TOKEN
from tests.adapters.slack.scripted import said
from tests.adapters.slack.world import World
from tests.office import Letters, Told

LONG_AGO = datetime.now(UTC) - timedelta(days=1)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = "many words "
LONG = said("Long", parts=(Text(text=WORDS * 3000),))
PAGES = len(render(LONG))
TROUBLES = ["429", "500", "503", "is_archived", "invalid_auth", "msg_too_long", "drop"]


def place(slack: World, thread: str | None = None) -> Place:
    return Place(workspace=of_team(slack.side.team), channel=slack.channel, thread=thread)


def bo(slack: World) -> Person:
    return Person(workspace=of_team(slack.side.team), id=slack.user("bo"))


def after(slack: World, pages: int, trouble: str) -> None:
    """So many pages are posted, then this happens to the next."""
    for _ in range(pages):
        slack.proxy.delay("chat.postMessage", 0.0)
    if trouble == "429":
        slack.proxy.say_slow_down("chat.postMessage", "1")
    elif trouble.isdigit():
        slack.proxy.fail("chat.postMessage", int(trouble))
    elif trouble == "drop":
        slack.proxy.drop_after_accepting("chat.postMessage")
    else:
        slack.proxy.refuse("chat.postMessage", trouble)


def keys(standing: list[dict[str, object]]) -> list[str]:
    return [label.key for one in standing if (label := sending.Label.on(one))]


def whole(key: str) -> list[str]:
    return [sending.page_key(key, number) for number in range(PAGES)]


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_once_a_page_stands_nothing_is_told_as_not_accepted(
    slack: World, trouble: str
) -> None:
    after(slack, 1, trouble)
    with pytest.raises(OutcomeUnknown):
        await slack.slack.chat.post(place(slack), LONG, send_key="k")


@pytest.mark.parametrize("stand", [1, 2])
@pytest.mark.parametrize("trouble", ["500", "drop"])
async def test_a_further_try_adds_the_missing_pages_alone(
    slack: World, stand: int, trouble: str
) -> None:
    assert PAGES == 3 + 1  # a page of rest
    chat = slack.slack.chat
    after(slack, stand, trouble)
    with pytest.raises(OutcomeUnknown):
        await chat.post(place(slack), LONG, send_key="k")
    begun = await chat.find(place(slack), "k", since=LONG_AGO)
    assert isinstance(begun, Begun)
    assert begun.parts == frozenset(range(stand + (trouble == "drop")))
    posted = await chat.post(place(slack), LONG, send_key="k", begun=begun)
    assert posted == begun.posted
    assert keys(slack.stands()) == whole("k")
    assert await chat.find(place(slack), "k", since=LONG_AGO) == posted


async def test_a_long_post_in_a_thread_is_found_whole_and_in_part(slack: World) -> None:
    chat = slack.slack.chat
    root = await chat.post(place(slack), said("Pulse"), send_key="pulse")
    thread = place(slack, root.message)
    after(slack, 1, "500")
    with pytest.raises(OutcomeUnknown):
        await chat.post(thread, LONG, send_key="k")
    begun = await chat.find(thread, "k", since=LONG_AGO)
    assert isinstance(begun, Begun)
    posted = await chat.post(thread, LONG, send_key="k", begun=begun)
    assert keys(slack.stands()) == ["pulse", *whole("k")]
    assert {one["thread_ts"] for one in slack.stands()[1:]} == {root.message}
    assert await chat.find(thread, "k", since=LONG_AGO) == posted


async def test_what_went_to_one_person_can_be_looked_up_and_gone_on_with(slack: World) -> None:
    chat = slack.slack.chat
    assert await chat.find(bo(slack), "to-bo", since=LONG_AGO) is None
    after(slack, 1, "503")
    with pytest.raises(OutcomeUnknown):
        await chat.direct(bo(slack), LONG, send_key="to-bo")
    begun = await chat.find(bo(slack), "to-bo", since=LONG_AGO)
    assert isinstance(begun, Begun)
    posted = await chat.direct(bo(slack), LONG, send_key="to-bo", begun=begun)
    assert keys(slack.stands(posted.place.channel))[-PAGES:] == whole("to-bo")
    assert await chat.find(bo(slack), "to-bo", since=LONG_AGO) == posted


async def test_a_missing_page_in_the_middle_is_added_too(slack: World) -> None:
    chat = slack.slack.chat
    posted = await chat.post(place(slack), LONG, send_key="k")
    middle = slack.stands()[2]
    ts = str(middle["ts"])
    slack.emulator.call("chat.delete", token=TOKEN, channel=slack.channel, ts=ts)
    begun = await chat.find(place(slack), "k", since=LONG_AGO)
    assert begun == Begun(posted=posted, parts=frozenset({0, 1, 3}))
    await chat.post(place(slack), LONG, send_key="k", begun=begun)
    assert sorted(keys(slack.stands())) == sorted(whole("k"))


async def test_pages_come_a_second_apart(slack: World) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    slack.slack.chat.sleep = pause
    await slack.slack.chat.post(place(slack), LONG, send_key="k")
    assert pauses == [1.0] * (PAGES - 1)


# ── changing what stands ─────────────────────────────────────────────────────


async def test_a_long_post_that_is_made_anew_has_its_pages_replaced(slack: World) -> None:
    chat = slack.slack.chat
    posted = await chat.post(place(slack), LONG, send_key="k")
    for word in ("fewer", "other"):
        await chat.update(posted, said(word, parts=(Text(text=f"{word} words " * 2700),)))
        assert keys(slack.stands()) == whole("k")
        assert all(word in str(one["blocks"]) for one in slack.stands())


async def test_a_post_that_became_long_goes_on_in_its_thread_once(slack: World) -> None:
    chat = slack.slack.chat
    posted = await chat.post(place(slack), said("Short"), send_key="k")
    await chat.update(posted, LONG)
    await chat.update(posted, LONG)
    assert len(slack.stands()) == PAGES


async def test_pages_that_nobody_can_look_up_are_left_as_they_are(slack: World) -> None:
    chat = slack.slack.chat
    posted = await chat.post(place(slack), LONG, send_key="k")
    before = slack.stands()
    slack.proxy.refuse("conversations.replies", "missing_scope", needed="channels:history")
    with pytest.raises(Refused):
        await chat.update(posted, said("x", parts=(Text(text="other words " * 3000),)))
    assert slack.stands() == before


# ── how far a look-up reads ──────────────────────────────────────────────────


async def busy(slack: World, messages: int) -> None:
    await slack.slack.chat.post(place(slack), said("Digest"), send_key="k")
    for number in range(messages):
        await slack.slack.chat.post(place(slack), said("Talk"), send_key=f"talk{number}")


async def test_a_look_up_reads_on_where_there_is_more(
    slack: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    await busy(slack, 5)
    assert isinstance(await slack.slack.chat.find(place(slack), "k", since=LONG_AGO), Posted)
    assert len(slack.proxy.of("conversations.history")) == 3
    assert await slack.slack.chat.find(place(slack), "other", since=LONG_AGO) is None


async def test_a_look_up_ends_somewhere_and_then_nobody_can_say(
    slack: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    monkeypatch.setattr(sending, "MOST_CALLS", 3)
    await busy(slack, 4)
    with pytest.raises(LookupImpossible):
        await slack.slack.chat.find(place(slack), "k", since=LONG_AGO)
    assert len(slack.proxy.of("conversations.history")) == 3


# ── from the claim to the outcome ────────────────────────────────────────────


@dataclass(kw_only=True)
class LongLetters(Letters):
    async def compose(self, send: Send, now: datetime) -> Message | None:
        return LONG


@dataclass(kw_only=True)
class Office:
    slack: World
    store: DatabaseStore

    def __post_init__(self) -> None:
        self.sending = Sending(
            store=self.store.sends,
            chat=self.slack.slack.chat,
            senders=(LongLetters(),),
            trouble=Told(),
            clock=lambda: NOW,
            report=lambda error, *, doing: None,
            limits=Limits(
                lease=timedelta(seconds=4), tries=3, first_wait=timedelta(milliseconds=1)
            ),
        )

    async def take(self) -> list[Taken]:
        taken: list[Taken] = []
        await self.sending.take(9, taken.append)
        return taken

    async def plan(self, person: Person | None = None) -> None:
        late = NOW + timedelta(hours=12)
        send = Send(
            key="1", kind="letter", place=place(self.slack), person=person, due=NOW, late_after=late
        )
        await self.store.sends.insert([send])

    async def delivered(self) -> Delivery:
        """Tried until there is nothing left to try."""
        for _ in range(40):
            for taken in await self.take():
                await self.sending.deliver(taken)
            found = await self.store.sends.one(of_team(self.slack.side.team), "1")
            assert found
            if found.state is not SendState.WAITING:
                return found
            await asyncio.sleep(0.25)
        raise AssertionError("still waiting")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("trouble", ["429", "500", "is_archived"])
@pytest.mark.parametrize("to_person", [False, True], ids=["post", "direct"])
async def test_a_long_send_with_trouble_on_the_way_is_sent_once_and_whole(
    slack: World, store: DatabaseStore, trouble: str, to_person: bool
) -> None:
    office = Office(slack=slack, store=store)
    await office.plan(bo(slack) if to_person else None)
    after(slack, 1, trouble)
    outcome = await office.delivered()
    assert outcome.state is SendState.SENT
    channel = await slack.dm("bo") if to_person else slack.channel
    standing = keys(slack.stands(channel))[-PAGES:]
    assert [key.partition("/")[2] for key in standing] == ["", "1", "2", "3"]
    assert len(set(standing)) == PAGES
    assert len([call for call in slack.proxy.of("chat.postMessage") if call.answer.get("ok")]) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_process_that_died_between_two_pages_leaves_no_part_missing(
    slack: World, store: DatabaseStore
) -> None:
    office = Office(slack=slack, store=store)
    await office.plan()
    slack.proxy.delay("chat.postMessage", 0.0)
    slack.proxy.delay("chat.postMessage", 1.5)  # still on its way when the process dies
    (taken,) = await office.take()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(office.sending.deliver(taken), 1.0)
    assert len(slack.stands()) == 1
    outcome = await office.delivered()
    assert outcome.state is SendState.SENT
    assert len(slack.stands()) == PAGES
