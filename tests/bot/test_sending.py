"""One send from its claim to its outcome, whatever the platform answers."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.errors import (
    ChatError,
    OutcomeUnknown,
    Refused,
    SlowDown,
    StoreUnavailable,
    Unreachable,
)
from bot.messages import Message, Person, Place, Text
from bot.ports.chat import LookupImpossible, Posted
from bot.ports.sends import Change, Delivery, Send, SendState, Unknown
from bot.sending import Limits, Sending, send_key
from knowledge.model import Language
from tests.fakes import WORKSPACE, FakeChat

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
QUICK = Limits(lease=timedelta(seconds=1), tries=3, first_wait=timedelta(milliseconds=1))
HELLO = Message(parts=(Text(text="hello"),), summary="hello", language=Language.EN)
OLD = Message(parts=(Text(text="before"),), summary="before", language=Language.EN)


@dataclass(kw_only=True)
class Letters:
    """A feature that sends; implements bot.ports.sends.Sender."""

    policy: Unknown = Unknown.ASK_LEAD
    wanted: bool = True
    instead_of: Posted | None = None
    broken: Exception | None = None
    stands: list[Posted] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {"letter": self.policy}

    async def plan(self, now: datetime) -> int:
        if self.broken:
            raise self.broken
        return 0

    async def compose(self, send: Send, now: datetime) -> Message | Change | None:
        if self.broken:
            raise self.broken
        if self.instead_of:
            return Change(stands=self.instead_of, message=HELLO)
        return HELLO if self.wanted else None

    async def posted(self, send: Send, posted: Posted) -> None:
        self.stands.append(posted)


@dataclass(kw_only=True)
class Told:
    ends: list[tuple[SendState, bool]] = field(default_factory=list)

    async def ended(self, send: Send, state: SendState, reason: str, *, refused: bool) -> None:
        self.ends.append((state, refused))


@dataclass(kw_only=True, slots=True)
class Platform(FakeChat):
    """Answers as told, accepts or not, and can be asked what it accepted."""

    answers: list[ChatError | None] = field(default_factory=list)  # None: accepted
    accepts: bool = False  # although it answers with an error
    searchable: bool = True
    slow: float = 0.0

    async def post(self, place: Place, message: Message, *, send_key: str) -> Posted:
        await asyncio.sleep(self.slow)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.accepts:
            posted = await FakeChat.post(self, place, message, send_key=send_key)
            if answer is None:
                return posted
        raise answer or AssertionError

    async def update(self, posted: Posted, message: Message) -> None:
        await asyncio.sleep(self.slow)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.accepts:
            await FakeChat.update(self, posted, message)
        if answer is not None:
            raise answer

    async def find(self, place: Place, send_key: str, *, since: datetime) -> Posted | None:
        if not self.searchable:
            raise LookupImpossible
        for number, (where, _, key) in enumerate(self.posts, 1):
            if key == send_key:
                return Posted(place=where, message=f"m{number}")
        return None


@dataclass(kw_only=True)
class Office:
    store: DatabaseStore
    chat: Platform = field(default_factory=Platform)
    letters: Letters = field(default_factory=Letters)
    told: Told = field(default_factory=Told)
    errors: list[str] = field(default_factory=list)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.sending = Sending(
            store=self.store.sends,
            chat=self.chat,
            senders=(self.letters,),
            trouble=self.told,
            clock=lambda: self.now,
            report=lambda error, *, doing: self.errors.append(doing),
            limits=QUICK,
        )

    async def plan(self, *, kind: str = "letter", person: str | None = None) -> None:
        send = Send(
            key="1",
            kind=kind,
            place=Place(workspace=WORKSPACE, channel="C1"),
            person=Person(workspace=WORKSPACE, id=person) if person else None,
            due=NOW,
            late_after=NOW + timedelta(hours=12),
        )
        await self.store.sends.insert([send])

    async def try_once(self) -> None:
        for one in await self.sending.take(10):
            await self.sending.deliver(one)

    async def try_again(self, wait: float = 1.1) -> None:
        await asyncio.sleep(wait)
        await self.try_once()

    async def outcome(self) -> Delivery:
        found = await self.store.sends.one(WORKSPACE, "1")
        assert found
        return found


@pytest.fixture
def office(store: DatabaseStore) -> Office:
    return Office(store=store)


async def test_what_is_accepted_is_sent_once_and_its_feature_knows_where(office: Office) -> None:
    await office.plan()
    await office.try_once()
    await office.try_again()
    outcome = await office.outcome()
    assert outcome.state is SendState.SENT
    assert [outcome.posted] == office.letters.stands
    assert len(office.chat.posts) == 1


async def test_what_is_no_longer_wanted_is_dropped(office: Office) -> None:
    office.letters.wanted = False
    await office.plan()
    await office.try_once()
    assert (await office.outcome()).state is SendState.DROPPED
    assert office.chat.posts == []


async def test_slow_down_pauses_the_workspace_and_costs_no_try(office: Office) -> None:
    office.chat.answers = [SlowDown("ratelimited", seconds=1.0)] * 4
    await office.plan()
    await office.try_once()
    assert await office.store.sends.paused(WORKSPACE) is not None
    assert await office.sending.take(10) == ()
    for _ in range(4):  # one more than the tries that other errors get
        await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


async def test_a_refusal_for_good_is_final_and_told(office: Office) -> None:
    office.chat.answers = [Refused("is_archived")]
    await office.plan()
    await office.try_once()
    await office.try_again()
    outcome = await office.outcome()
    assert (outcome.state, outcome.reason) == (SendState.FAILED, "is_archived")
    assert office.told.ends == [(SendState.FAILED, True)]
    assert office.chat.posts == []


async def test_a_platform_that_stays_away_is_given_up_after_some_tries(office: Office) -> None:
    office.chat.answers = [Unreachable("no route")] * 3
    await office.plan()
    await office.try_once()
    for _ in range(3):
        await office.try_again()
    assert (await office.outcome()).state is SendState.FAILED
    assert office.told.ends == [(SendState.FAILED, False)]


async def test_a_connection_dropped_after_acceptance_is_not_posted_twice(office: Office) -> None:
    office.chat.answers, office.chat.accepts = [OutcomeUnknown("reset")], True
    await office.plan()
    await office.try_once()
    await office.try_again()
    outcome = await office.outcome()
    assert outcome.state is SendState.SENT
    assert outcome.posted == office.letters.stands[0]
    assert len(office.chat.posts) == 1


async def test_a_connection_dropped_before_acceptance_is_posted_on_the_next_try(
    office: Office,
) -> None:
    office.chat.answers = [OutcomeUnknown("reset")]
    await office.plan()
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


@pytest.mark.parametrize(
    ("policy", "state", "posts"),
    [(Unknown.ASK_LEAD, SendState.UNKNOWN, 1), (Unknown.SEND_AGAIN, SendState.SENT, 2)],
)
async def test_where_nobody_can_look_the_kind_decides(
    store: DatabaseStore, policy: Unknown, state: SendState, posts: int
) -> None:
    office = Office(store=store, letters=Letters(policy=policy))
    office.chat.searchable = False
    office.chat.answers, office.chat.accepts = [OutcomeUnknown("reset")], True
    await office.plan()
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is state
    assert len(office.chat.posts) == posts


async def test_a_process_that_died_after_acceptance_leaves_no_second_post(office: Office) -> None:
    await office.plan()
    (taken,) = await office.sending.take(1)
    send = taken.claimed.send
    await office.chat.post(send.place, HELLO, send_key=send_key(send))  # and then it was killed
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


async def test_a_process_that_slept_through_half_its_lease_does_not_post(office: Office) -> None:
    await office.plan()
    (taken,) = await office.sending.take(1)
    await asyncio.sleep(0.6)
    await office.sending.deliver(taken)
    assert office.chat.posts == []
    await office.try_again()
    assert len(office.chat.posts) == 1


async def test_a_post_that_takes_too_long_is_looked_for_before_it_is_repeated(
    office: Office,
) -> None:
    office.chat.slow = 5.0
    await office.plan()
    await office.try_once()
    outcome = await office.outcome()
    assert (outcome.state, outcome.reason) == (SendState.WAITING, "timeout")
    office.chat.slow = 0.0
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT


async def test_an_error_of_ours_is_reported_and_costs_only_that_send(office: Office) -> None:
    office.letters.broken = ValueError("bug")
    await office.plan()
    await office.try_once()
    assert await office.sending.plan() == 0
    assert office.errors == ["compose letter", "plan Letters"]
    office.letters.broken = None
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT


async def test_a_kind_that_only_a_newer_version_knows_is_left_to_it(office: Office) -> None:
    await office.plan(kind="novelty")
    for _ in range(4):
        await office.try_again()
    assert (await office.outcome()).state is SendState.WAITING
    assert office.errors == []


async def test_a_store_that_is_away_while_composing_leaves_no_doubt(office: Office) -> None:
    office.letters.broken = StoreUnavailable("restart")
    await office.plan()
    await office.try_once()
    office.letters.broken = None
    office.chat.searchable = False
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT


async def test_what_is_late_is_dropped_and_told(office: Office) -> None:
    await office.plan()
    office.now = NOW + timedelta(hours=12)
    await office.try_once()
    await office.sending.plan()
    assert (await office.outcome()).state is SendState.LATE
    assert office.told.ends == [(SendState.LATE, False)]
    assert office.chat.posts == []


@pytest.fixture
async def editor(office: Office) -> Office:
    """What it sends takes the place of what stands there."""
    office.letters.policy = Unknown.NO_MATTER
    office.letters.instead_of = await office.chat.post(
        Place(workspace=WORKSPACE, channel="C1"), OLD, send_key="before"
    )
    return office


async def test_a_change_edits_what_stands_and_posts_nothing(editor: Office) -> None:
    await editor.plan()
    await editor.try_once()
    assert (await editor.outcome()).state is SendState.SENT
    assert editor.chat.standing == {"m1": HELLO}
    assert len(editor.chat.posts) == 1


async def test_a_change_with_an_unknown_outcome_is_made_again_and_not_looked_for(
    editor: Office,
) -> None:
    editor.chat.answers, editor.chat.accepts = [OutcomeUnknown("reset")], True
    editor.chat.searchable = False  # looking would end it as unknown
    await editor.plan()
    await editor.try_once()
    await editor.try_again()
    assert (await editor.outcome()).state is SendState.SENT
    assert editor.chat.standing == {"m1": HELLO}


async def test_a_change_is_tried_until_it_is_late(editor: Office) -> None:
    editor.chat.posts_a_second = 10_000.0  # nothing is spaced
    editor.chat.answers = [Unreachable("no route")] * (QUICK.tries + 2)
    await editor.plan()
    for _ in range(QUICK.tries + 2):
        await editor.try_once()
        await asyncio.sleep(0.1)
    assert (await editor.outcome()).state is SendState.WAITING
    await editor.try_again()
    assert (await editor.outcome()).state is SendState.SENT


async def test_slow_down_to_a_change_or_while_composing_pauses_the_workspace(
    editor: Office,
) -> None:
    editor.chat.answers = [SlowDown("ratelimited", seconds=1.0)]
    await editor.plan()
    await editor.try_once()
    assert await editor.store.sends.paused(WORKSPACE) is not None
    await asyncio.sleep(1.1)
    editor.letters.broken = SlowDown("ratelimited", seconds=1.0)
    await editor.try_once()
    assert await editor.store.sends.paused(WORKSPACE) is not None
    editor.letters.broken = None
    await editor.try_again()
    assert (await editor.outcome()).state is SendState.SENT
