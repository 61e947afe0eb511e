"""What the coach sends by itself: once each, under leases, at the workspace's pace."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from adapters.database.engine import Database
from adapters.database.sends import DatabaseSends
from adapters.database.tables.sends import paces
from adapters.database.tables.sends import sends as rows
from bot.messages import Person, Place, Platform, Workspace
from bot.ports.chat import Posted
from bot.ports.sends import Claimed, Handed, Send, SendState

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HERE = Workspace(platform=Platform.SLACK, id="T1")
THERE = Workspace(platform=Platform.TEAMS, id="T2")
LEASE = timedelta(seconds=60)
SHORT = timedelta(milliseconds=50)
FAST = 1000.0


def a_send(
    key: str, *, workspace: Workspace = HERE, channel: str | None = None, person: str | None = None
) -> Send:
    return Send(
        key=key,
        kind="digest",
        place=Place(workspace=workspace, channel=channel or f"C{key}"),
        person=Person(workspace=workspace, id=person) if person else None,
        subject="2026-W48",
        due=NOW,
        late_after=NOW + timedelta(hours=12),
    )


@pytest.fixture
def sends(database: Database) -> DatabaseSends:
    return DatabaseSends(database)


async def claim(
    sends: DatabaseSends,
    *,
    workspace: Workspace = HERE,
    most: int = 100,
    pace: float = FAST,
    lease: timedelta = LEASE,
    now: datetime = NOW,
) -> tuple[Claimed, ...]:
    return await sends.claim(workspace, now, most=most, pace=pace, lease=lease)


async def test_a_key_is_kept_once_in_its_workspace(sends: DatabaseSends) -> None:
    assert await sends.insert([a_send("1"), a_send("2")]) == 2
    assert await sends.insert([a_send("2"), a_send("2", workspace=THERE)]) == 1
    assert {one.send.key for one in await claim(sends)} == {"1", "2"}


async def test_many_sends_are_kept_at_once(sends: DatabaseSends) -> None:
    assert await sends.insert([a_send(str(number)) for number in range(1200)]) == 1200


async def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    first = await claim(sends, lease=SHORT)
    assert await claim(sends) == ()
    await asyncio.sleep(1.1)  # the lease, and the second that a channel is left in peace
    (second,) = await claim(sends)
    assert (first[0].attempt, second.attempt) == (1, 2)
    assert not first[0].doubtful
    assert second.doubtful


async def test_racing_replicas_never_claim_the_same_send(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(40)])
    rounds = await asyncio.gather(*[claim(sends, most=10) for _ in range(8)])
    taken = [one.send.key for claimed in rounds for one in claimed]
    assert len(taken) == len(set(taken))
    assert taken


async def test_the_outcome_of_a_lost_lease_does_not_count(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    (slow,) = await claim(sends, lease=SHORT)
    await asyncio.sleep(1.1)
    (quick,) = await claim(sends)
    assert not await sends.finish(slow, SendState.FAILED, NOW)
    posted = Posted(place=Place(workspace=HERE, channel="C1"), message="17.1")
    assert await sends.finish(quick, SendState.SENT, NOW, posted=posted)
    delivery = await sends.one(HERE, "1")
    assert delivery is not None
    assert (delivery.state, delivery.posted) == (SendState.SENT, posted)


async def test_a_try_that_was_certainly_not_accepted_leaves_no_doubt(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    (first,) = await claim(sends)
    await sends.retry(first, wait=timedelta(), reason="no connection", accepted=False)
    await asyncio.sleep(1.1)
    (second,) = await claim(sends)
    assert (second.tries, second.doubtful) == (2, False)
    await sends.retry(second, wait=timedelta(), reason="connection dropped", accepted=None)
    await asyncio.sleep(1.1)
    assert [one.doubtful for one in await claim(sends)] == [True]


async def test_a_workspace_that_was_asked_to_wait_is_left_alone_and_others_are_not(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1"), a_send("2", workspace=THERE)])
    await sends.pause(HERE, wait=timedelta(seconds=30), reason="ratelimited")
    await sends.pause(HERE, wait=timedelta(seconds=1), reason="shorter")
    assert await sends.due(NOW) == (THERE,)
    assert await claim(sends) == ()
    assert await sends.claim_these(HERE, ["1"], NOW, pace=FAST, lease=LEASE) == ()
    assert await sends.due_for_queue(NOW, again_after=LEASE) == (THERE,)
    paused = await sends.paused(HERE)
    assert paused is not None
    assert paused[1] == "ratelimited"
    assert await sends.paused(THERE) is None
    assert await sends.pauses() == 1


async def test_claims_keep_to_the_pace(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(30)])
    assert len(await claim(sends, pace=20.0)) == 10  # half a second's worth
    assert await claim(sends, pace=20.0) == ()
    assert await sends.due(NOW) == ()
    await asyncio.sleep(0.55)
    assert len(await claim(sends, pace=20.0)) == 10


async def test_a_channel_gets_one_message_a_second(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1", channel="C"), a_send("2", channel="C")])
    assert len(await claim(sends)) == 1
    assert await claim(sends) == ()
    await asyncio.sleep(1.1)
    assert len(await claim(sends)) == 1


async def test_nothing_is_claimed_before_its_time_or_when_late(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    assert await claim(sends, now=NOW - timedelta(minutes=1)) == ()
    late = NOW + timedelta(hours=12)
    assert await claim(sends, now=late) == ()
    assert await sends.drop_late(late) == ((a_send("1"), SendState.LATE),)
    assert await sends.drop_late(late) == ()
    assert await sends.counts() == {("digest", "late"): 1}


async def test_a_late_send_that_may_have_been_accepted_is_unknown(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    await claim(sends, lease=SHORT)
    await asyncio.sleep(0.1)
    await sends.drop_late(NOW + timedelta(hours=12))
    assert await sends.counts() == {("digest", "unknown"): 1}


async def test_a_failed_send_can_be_sent_again_and_counts_its_tries_anew(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1")])
    (first,) = await claim(sends)
    assert not await sends.again(HERE, "1", due=NOW, late=NOW + timedelta(hours=1))
    await sends.finish(first, SendState.FAILED, NOW, reason="is_archived")
    assert await sends.again(HERE, "1", due=NOW, late=NOW + timedelta(hours=1))
    await asyncio.sleep(1.1)
    (again,) = await claim(sends)
    assert (again.attempt, again.tries, again.doubtful) == (2, 1, False)


async def test_what_was_not_wanted_by_a_person_looks_like_what_was_sent(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1", person="U1"), a_send("2", person="U2")])
    for one in await claim(sends):
        state = SendState.SENT if one.send.key == "1" else SendState.DROPPED
        posted = Posted(place=one.send.place, message="1") if state is SendState.SENT else None
        await sends.finish(one, state, NOW, posted=posted)
    sent, dropped = await sends.one(HERE, "1"), await sends.one(HERE, "2")
    assert sent is not None
    assert dropped is not None
    assert (sent.state, sent.posted) == (dropped.state, dropped.posted) == (SendState.SENT, None)
    assert await sends.of_channel(HERE, "C1", since=NOW, most=9) == ()
    assert await sends.forget_subject(HERE, "2026-W48") == 2


@dataclass(kw_only=True)
class Desk:
    """Keeps what is handed out."""

    sends: DatabaseSends
    given: list[Handed] = field(default_factory=list)

    async def hand_out(self, *, pace: float = 5.0, again_after: timedelta = LEASE) -> int:
        handed = await self.sends.hand_out(HERE, NOW, most=100, pace=pace, again_after=again_after)
        self.given.extend(handed)
        return sum(len(one.keys) for one in handed)


async def test_a_queue_gets_each_due_send_once_spread_by_the_pace(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(10)])
    desk = Desk(sends=sends)
    assert await sends.due_for_queue(NOW, again_after=LEASE) == (HERE,)
    assert await desk.hand_out() == 10
    assert await desk.hand_out() == 0
    assert await sends.due_for_queue(NOW, again_after=LEASE) == ()
    keys = [key for one in desk.given for key in one.keys]
    assert len(keys) == len(set(keys)) == 10
    assert max(len(one.keys) for one in desk.given) == 2  # half a second's worth
    waits = sorted(one.wait for one in desk.given)
    assert waits[0] < 0.1
    assert 1.5 < waits[-1] < 1.7


async def test_a_queue_is_given_half_a_minutes_worth_at_most(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(100)])
    desk = Desk(sends=sends)
    assert await desk.hand_out(pace=2.0) == 60
    assert await desk.hand_out(pace=2.0) <= 1


async def test_a_fast_workspace_has_several_sends_in_one_job(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(40)])
    desk = Desk(sends=sends)
    await desk.hand_out(pace=FAST)
    assert [len(one.keys) for one in desk.given] == [16, 16, 8]


async def test_a_send_whose_job_came_to_nothing_is_handed_out_again(sends: DatabaseSends) -> None:
    await sends.insert([a_send("1")])
    desk = Desk(sends=sends)
    assert await desk.hand_out() == 1
    assert await desk.hand_out(again_after=timedelta(seconds=-1)) == 1


async def test_a_job_claims_one_send_a_target_and_leaves_the_rest_to_another(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1", channel="C"), a_send("2", channel="C"), a_send("3")])
    desk = Desk(sends=sends)
    await desk.hand_out()
    keys = ["1", "2", "3", "4"]  # the last is nobody's
    first = await sends.claim_these(HERE, keys, NOW, pace=5.0, lease=LEASE)
    assert sorted(one.send.key for one in first) == ["1", "3"]
    assert await sends.claim_these(HERE, keys, NOW, pace=5.0, lease=LEASE) == ()
    assert await desk.hand_out() == 1
    await asyncio.sleep(1.1)
    (second,) = await sends.claim_these(HERE, keys, NOW, pace=5.0, lease=LEASE)
    assert second.send.key == "2"


async def test_both_engines_at_work_never_claim_the_same_send(sends: DatabaseSends) -> None:
    keys = [str(number) for number in range(40)]
    await sends.insert([a_send(key) for key in keys])
    jobs = [keys[first : first + 8] for first in range(0, 40, 8)]
    rounds = await asyncio.gather(
        *[claim(sends, most=10) for _ in range(4)],
        *[sends.claim_these(HERE, job, NOW, pace=FAST, lease=LEASE) for job in jobs],
    )
    taken = [one.send.key for claimed in rounds for one in claimed]
    assert len(taken) == len(set(taken))
    assert taken


async def test_workspaces_that_have_something_due_take_turns(sends: DatabaseSends) -> None:
    await sends.insert([a_send(str(number)) for number in range(3)])
    await sends.insert([a_send(str(number), workspace=THERE) for number in range(3)])
    assert set(await sends.due(NOW)) == {HERE, THERE}
    await claim(sends, most=1, pace=1000.0)
    await asyncio.sleep(0.01)
    assert await sends.due(NOW) == (THERE, HERE)  # who was never served comes first
    assert await sends.due(NOW - timedelta(hours=1)) == ()


async def test_a_reminder_that_is_done_leaves_no_trace(sends: DatabaseSends) -> None:
    reminders = [
        replace(a_send(str(number), person=f"U{number}"), kind="pulse.remind")
        for number in range(4)
    ]
    await sends.insert(reminders)
    ends = (SendState.SENT, SendState.DROPPED, SendState.FAILED, SendState.UNKNOWN)
    for one, state in zip(await claim(sends), ends, strict=True):
        assert await sends.finish(one, state, NOW)
        assert not await sends.finish(one, state, NOW)
    assert await sends.counts() == {}


async def test_words_about_an_outcome_are_kept_with_it_or_not_at_all(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1")])
    (lost,) = await claim(sends, lease=SHORT)
    await asyncio.sleep(1.1)
    (ours,) = await claim(sends)
    assert not await sends.finish(lost, SendState.FAILED, NOW, words=[a_send("word of the lost")])
    assert await sends.finish(ours, SendState.FAILED, NOW, words=[a_send("word")])
    assert await sends.counts() == {("digest", "failed"): 1, ("digest", "waiting"): 1}
    assert await sends.one(HERE, "word") is not None


async def test_a_database_clock_that_was_ahead_and_was_set_back_holds_nothing_up(
    sends: DatabaseSends, database: Database
) -> None:
    await sends.insert([a_send("1"), a_send("2")])
    ahead = datetime.now(UTC) + timedelta(days=1)
    await claim(sends, most=1)
    await sends.pause(HERE, wait=timedelta(minutes=1), reason="ratelimited")
    async with database.writing() as connection:
        await connection.execute(update(paces).values(free=ahead, paused=ahead))
        await connection.execute(update(rows).values(ready=ahead, last_try=ahead, handed=ahead))
    assert await sends.due(NOW) == (HERE,)
    assert await sends.due_for_queue(NOW, again_after=LEASE) == (HERE,)
    desk = Desk(sends=sends)
    assert await desk.hand_out() == 2
    assert {one.wait < 1 for one in desk.given} == {True}
    async with database.writing() as connection:
        await connection.execute(update(paces).values(free=ahead, paused=ahead))
    assert len(await claim(sends)) == 2
    async with database.writing() as connection:
        await connection.execute(update(paces).values(paused=ahead))
    await sends.pause(HERE, wait=timedelta(minutes=1), reason="ratelimited")
    paused = await sends.paused(HERE)
    assert paused is not None
    assert paused[0] < ahead


async def test_outcomes_that_come_together_are_each_recorded_as_its_own(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send(str(number)) for number in range(150)])
    slow = await claim(sends, most=1, lease=SHORT)
    await asyncio.sleep(1.1)
    claimed = [*slow, *await claim(sends, most=150)]
    told = await asyncio.gather(
        *(
            sends.finish(
                one,
                SendState.SENT,
                NOW,
                posted=Posted(place=one.send.place, message=f"m{number}"),
            )
            for number, one in enumerate(claimed)
        )
    )
    assert told == [False, *[True] * 150]  # the first had lost its lease
    for number, one in enumerate(claimed[1:], start=1):
        delivery = await sends.one(HERE, one.send.key)
        assert delivery is not None
        assert delivery.posted is not None
        assert (delivery.state, delivery.posted.message) == (SendState.SENT, f"m{number}")


async def test_an_outcome_of_a_send_that_was_forgotten_brings_nothing_back(
    sends: DatabaseSends,
) -> None:
    await sends.insert([a_send("1", person="U1")])
    (one,) = await claim(sends)
    await sends.forget_subject(HERE, "2026-W48")
    assert not await sends.finish(one, SendState.SENT, NOW)
    assert await sends.one(HERE, "1") is None
