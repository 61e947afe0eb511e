"""One send from its claim to its outcome, whatever the platform answers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.delivering import Taken, send_key
from bot.errors import (
    Denied,
    OutcomeUnknown,
    Refused,
    SlowDown,
    StoreUnavailable,
    Unreachable,
)
from bot.messages import Place, Platform, Workspace
from bot.ports.sends import SendState, Unknown
from tests.fakes import WORKSPACE
from tests.office import HELLO, NOW, OLD, QUICK, Letters, Office


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
    assert await office.take() == []
    for _ in range(4):  # one more than the tries that other errors get
        await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


@pytest.mark.parametrize("gone", [True, False])
async def test_a_refusal_for_good_is_final_and_told(office: Office, gone: bool) -> None:
    office.chat.answers = [Refused("is_archived", gone=gone)]
    await office.plan()
    await office.try_once()
    outcome = await office.outcome()
    assert (outcome.state, outcome.reason) == (SendState.FAILED, "is_archived")
    assert office.told.ends == [(SendState.FAILED, gone)]
    assert office.chat.posts == []
    await office.try_again()
    assert [send_key(word) for word in [await office.word()]] == [office.chat.posts[0][2]]


async def test_a_platform_that_stays_away_is_tried_until_the_send_is_late(office: Office) -> None:
    office.chat.answers = [Unreachable("no route")] * 6  # twice the tries that others get
    await office.plan()
    for _ in range(6):
        await office.try_again()
    assert (await office.outcome()).state is SendState.WAITING
    assert office.told.ends == []
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT


async def test_a_workspace_that_denies_the_app_waits_whole_and_no_channel_is_blamed(
    office: Office,
) -> None:
    office.chat.answers = [Denied("token_revoked")] * 4
    await office.plan()
    for _ in range(4):
        await office.try_again()
    paused = await office.store.sends.paused(WORKSPACE)
    assert paused is not None
    assert paused[1] == "token_revoked"
    assert office.errors == [f"post in {WORKSPACE.key}: token_revoked"]  # once, not at every try
    assert office.told.ends == []
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT


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
    (taken,) = await office.take(1)
    send = taken.claimed.send
    await office.chat.post(send.place, HELLO, send_key=send_key(send))  # and then it was killed
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


async def test_a_process_that_slept_through_half_its_lease_does_not_post(office: Office) -> None:
    await office.plan()
    (taken,) = await office.take(1)
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


async def test_what_may_have_been_accepted_and_is_late_is_told_as_unknown(office: Office) -> None:
    office.chat.answers = [OutcomeUnknown("reset")]
    await office.plan()
    await office.try_once()
    office.now = NOW + timedelta(hours=12)
    await asyncio.sleep(0.6)
    await office.sending.plan()
    assert (await office.outcome()).state is SendState.UNKNOWN
    assert office.told.ends == [(SendState.UNKNOWN, False)]
    assert (await office.word()).subject == "word"


async def test_a_feature_that_fails_once_it_stands_causes_no_second_post(office: Office) -> None:
    office.letters.forgetful = ValueError("bug")
    office.letters.policy = Unknown.SEND_AGAIN
    office.chat.searchable = False
    await office.plan()
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1
    assert office.errors == ["posted letter"]


async def test_what_is_in_hand_when_the_platform_asks_to_wait_waits_too(office: Office) -> None:
    office.chat.answers = [SlowDown("ratelimited", seconds=1.0)]
    for number in range(3):
        await office.plan(key=str(number))
    taken = await office.take()
    for one in taken:
        await office.sending.deliver(one)
    assert office.chat.posts == []
    await office.try_again()
    assert len(office.chat.posts) == 3


async def test_a_send_that_is_claimed_again_while_we_post_it_is_not_posted_twice(
    office: Office,
) -> None:
    """As happens when the database's clock jumps ahead by more than the lease."""
    office.chat.slow = 0.2
    await office.plan()
    (first,) = await office.take()
    second = replace(first, claimed=replace(first.claimed, attempt=2, doubtful=True))
    await asyncio.gather(office.sending.deliver(first), office.sending.deliver(second))
    assert len(office.chat.posts) == 1
    assert (await office.outcome()).state is SendState.SENT


async def test_claims_that_were_made_are_begun_even_if_a_later_one_fails(office: Office) -> None:
    other = Workspace(platform=Platform.TERMINAL, id="W2")
    await office.plan()
    await office.plan(workspace=other)
    begun: list[Taken] = []

    def begin(one: Taken) -> None:
        begun.append(one)
        raise StoreUnavailable("gone in the middle")

    with pytest.raises(StoreUnavailable):
        await office.sending.take(10, begin)
    assert len(begun) == 1


async def test_a_workspace_of_a_platform_that_is_not_served_holds_up_no_other(
    office: Office,
) -> None:
    for number in range(5):
        elsewhere = Workspace(platform=Platform.SLACK, id=f"T{number}")
        await office.plan(workspace=elsewhere)
        office.chat.unserved.add(elsewhere)
    await office.plan()
    assert [one.claimed.send.place.workspace for one in await office.take(1)] == [WORKSPACE]


async def test_so_many_of_one_workspace_are_in_hand_and_no_more(office: Office) -> None:
    office.chat.slow = 0.2
    for number in range(6):
        await office.plan(key=str(number), channel=f"C{number}")
    first = await office.take(each=4)
    assert len(first) == 4
    under_way = [asyncio.create_task(office.sending.deliver(one)) for one in first]
    await asyncio.sleep(0.05)
    assert await office.take(each=4) == []
    await asyncio.gather(*under_way)
    assert len(await office.take(each=4)) == 2


async def test_a_clock_that_is_hours_off_neither_sends_nor_gives_up(store: DatabaseStore) -> None:
    office = Office(store=store, most_skew=timedelta(minutes=5))
    if store.database.is_sqlite:  # one machine, one clock
        assert await store.sends.skew(NOW) == timedelta(0)
        return
    await office.plan()
    office.now = NOW + timedelta(hours=13)
    assert await office.sending.plan() == 0
    assert await office.take() == []
    assert (await office.outcome()).state is SendState.WAITING
    assert len(office.errors) == 1
    assert office.errors[0].startswith("plan: the clock is")
    await office.sending.plan()
    assert len(office.errors) == 1


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
