"""What is kept for questions, and what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables.asking import answers_given, gaps, votes
from bot.messages import Person, Place, Platform, Workspace
from bot.ports.asking import AskedCount, AtHand, GapReason, Taught, TaughtState
from bot.ports.channels import Slot, SlotKind
from knowledge.model import Language
from tests.noting import about, counted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ACME = Workspace(platform=Platform.SLACK, id="T1")
OTHER = Workspace(platform=Platform.SLACK, id="T2")
ANN = Person(workspace=ACME, id="U1")
BOB = Person(workspace=ACME, id="U2")
CHANNEL = Place(workspace=ACME, channel="C1")
THREAD = Place(workspace=ACME, channel="C1", thread="100.1")
DIRECT = Place(workspace=ACME, channel="D1", private=True)
ELSEWHERE = Place(workspace=OTHER, channel="C1", thread="100.1")


def hand(topic: str = "process.ci-cd", since: datetime = NOON) -> AtHand:
    return AtHand(topic=topic, answer=None, language=Language.ZH, since=since)


async def test_a_thread_has_one_topic_for_everybody_in_it(store: DatabaseStore) -> None:
    await store.asking.keep(about(THREAD, ANN, hand()))
    assert await store.asking.at_hand(THREAD, BOB, since=NOON - DAY) == hand()


async def test_a_later_topic_replaces_the_earlier(store: DatabaseStore) -> None:
    await store.asking.keep(about(THREAD, ANN, hand()))
    await store.asking.keep(about(THREAD, BOB, hand("policy.overview", NOON + DAY)))
    found = await store.asking.at_hand(THREAD, ANN, since=NOON)
    assert found == hand("policy.overview", NOON + DAY)


async def test_a_topic_set_before_the_given_instant_is_gone(store: DatabaseStore) -> None:
    await store.asking.keep(about(THREAD, ANN, hand()))
    assert await store.asking.at_hand(THREAD, ANN, since=NOON + timedelta(seconds=1)) is None


async def test_in_private_and_in_a_channel_the_topic_is_the_persons_own(
    store: DatabaseStore,
) -> None:
    for place in (DIRECT, CHANNEL):
        await store.asking.keep(about(place, ANN, hand()))
        assert await store.asking.at_hand(place, ANN, since=NOON) == hand()
        assert await store.asking.at_hand(place, BOB, since=NOON) is None
    assert await store.asking.at_hand(THREAD, ANN, since=NOON) is None


async def test_the_same_thread_id_in_another_workspace_is_another_thread(
    store: DatabaseStore,
) -> None:
    await store.asking.keep(about(THREAD, ANN, hand()))
    assert await store.asking.at_hand(ELSEWHERE, ANN, since=NOON) is None


async def test_topics_that_were_offered_are_at_hand_until_one_is_chosen(
    store: DatabaseStore,
) -> None:
    offered = replace(hand(), topic="", answer=None, offered=("people.security", "policy.overview"))
    await store.asking.keep(about(THREAD, ANN, offered))
    assert await store.asking.at_hand(THREAD, ANN, since=NOON) == offered
    await store.asking.keep(about(THREAD, ANN, hand()))
    assert await store.asking.at_hand(THREAD, ANN, since=NOON) == hand()


async def test_topics_at_hand_are_forgotten_in_time(store: DatabaseStore) -> None:
    await store.asking.keep(about(THREAD, ANN, hand()))
    await store.asking.keep(about(DIRECT, ANN, hand(since=NOON + DAY)))
    assert await store.asking.forget_at_hand_before(NOON + DAY) == 1
    assert await store.asking.at_hand(DIRECT, ANN, since=NOON) is not None


async def test_answers_and_votes_are_counted_by_topic_and_channel(store: DatabaseStore) -> None:
    for _ in range(3):
        await store.asking.keep(counted(THREAD, "process.ci-cd", NOON))
    await store.asking.keep(counted(CHANNEL, "policy.overview", NOON))
    await store.asking.keep(counted(DIRECT, "policy.overview", NOON))
    await store.asking.keep(counted(ELSEWHERE, "policy.overview", NOON))
    vote = store.asking.vote
    assert await vote(THREAD, ANN, answer="a1", topic="process.ci-cd", helpful=True, now=NOON)
    assert await vote(THREAD, BOB, answer="a1", topic="process.ci-cd", helpful=False, now=NOON)
    assert await store.asking.asked(ACME, "C1", since=NOON) == (
        AskedCount(topic="process.ci-cd", answered=3, helpful=1, unhelpful=1),
        AskedCount(topic="policy.overview", answered=1, helpful=0, unhelpful=0),
    )
    assert await store.asking.asked(ACME, "C1", since=NOON + DAY) == ()


async def test_a_second_vote_replaces_the_first(store: DatabaseStore) -> None:
    for helpful, new in ((True, True), (False, False)):
        assert new is await store.asking.vote(
            THREAD, ANN, answer="a1", topic="process.ci-cd", helpful=helpful, now=NOON
        )
    (count,) = await store.asking.asked(ACME, "C1", since=NOON)
    assert (count.helpful, count.unhelpful) == (0, 1)


async def test_a_vote_keeps_neither_the_person_nor_the_hour(
    store: DatabaseStore, database: Database
) -> None:
    await store.asking.vote(DIRECT, ANN, answer="a1", topic="process.ci-cd", helpful=True, now=NOON)
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(votes))).mappings()
    assert row["day"] == date(2026, 3, 2)
    assert "U1" not in str(dict(row))
    assert "D1" not in str(dict(row))


async def add_gap(store: DatabaseStore, text: str, place: Place, now: datetime) -> None:
    await store.asking.add_gap(
        place,
        text=text,
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=("policy.overview",),
        now=now,
    )


async def test_the_same_unanswered_question_is_counted_not_kept_twice(
    store: DatabaseStore,
) -> None:
    await add_gap(store, "What about  FinOps?", THREAD, NOON)
    await add_gap(store, "something newer", THREAD, NOON + 2 * DAY)
    await add_gap(store, "what about finops?", CHANNEL, NOON + DAY)
    first, second = await store.asking.gaps(ACME, "C1", since=NOON, most=10)
    assert (first.text, first.times, first.asked) == ("What about  FinOps?", 2, NOON + DAY)
    assert first.nearest == ("policy.overview",)
    assert second.text == "something newer"
    assert await store.asking.gaps(ACME, "C1", since=NOON, most=1) == (first,)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do penguins fly?", "how do  penguins fly"),
        ("企鹅怎么飞？", "企鹅怎么飞"),
        ("企鹅怎么飞。", "企鹅怎么飞?"),
        ("ＣＫＡ?", "cka ?!"),
    ],
)
async def test_questions_that_differ_only_by_case_spaces_or_their_last_mark_are_one(
    store: DatabaseStore, first: str, second: str
) -> None:
    for text in (first, second):
        await add_gap(store, text, THREAD, NOON)
    (gap,) = await store.asking.gaps(ACME, "C1", since=NOON, most=9)
    assert (gap.text, gap.times) == (first, 2)


async def test_marks_alone_are_questions_of_their_own(store: DatabaseStore) -> None:
    for text in ("?", "??", "!"):
        await add_gap(store, text, THREAD, NOON)
    assert len(await store.asking.gaps(ACME, "C1", since=NOON, most=9)) == 3


async def test_a_gap_remembers_when_and_how_often_its_channel_could_read_it(
    store: DatabaseStore,
) -> None:
    for hours, aloud in ((0, False), (1, True), (2, True), (3, False)):
        await store.asking.add_gap(
            CHANNEL,
            text="q",
            language=Language.EN,
            reason=GapReason.NOT_COVERED,
            nearest=(),
            now=NOON + timedelta(hours=hours),
            aloud=aloud,
        )
    (gap,) = await store.asking.gaps(ACME, "C1", since=NOON, most=9)
    assert (gap.times, gap.times_aloud, gap.aloud) == (4, 2, NOON + timedelta(hours=2))
    await add_gap(store, "other", THREAD, NOON)
    other = (await store.asking.gaps(ACME, "C1", since=NOON, most=9))[1]
    assert (other.aloud, other.times_aloud) == (None, 0)


async def test_a_question_is_counted_on_the_day_that_the_channels_digest_calls_it(
    store: DatabaseStore, database: Database
) -> None:
    """In Shanghai it is Tuesday already; in a channel without a digest the day is UTC's."""
    slot = Slot(
        workspace=ACME,
        channel="C1",
        kind=SlotKind.DIGEST,
        weekday=0,
        at=time(9),
        zone="Asia/Shanghai",
    )
    await store.channels.put_slot(slot)
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    for place in (CHANNEL, ELSEWHERE, DIRECT):
        await store.asking.keep(counted(place, "policy.overview", evening))
    async with database.reading() as connection:
        rows = (await connection.execute(select(answers_given))).mappings().all()
    days = {(row["workspace"], row["channel"]): row["day"] for row in rows}
    assert days.pop((ACME.key, "C1")) == date(2026, 3, 3)
    assert set(days.values()) == {date(2026, 3, 2)}


async def test_a_private_gap_keeps_no_trace_of_the_conversation(
    store: DatabaseStore, database: Database
) -> None:
    await add_gap(store, "private question", DIRECT, NOON)
    assert await store.asking.gaps(ACME, "C1", since=NOON, most=9) == ()
    assert len(await store.asking.gaps(ACME, None, since=NOON, most=9)) == 1
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(gaps))).mappings()
    assert "D1" not in str(dict(row))


async def test_a_gap_is_closed_only_from_its_own_workspace(store: DatabaseStore) -> None:
    await add_gap(store, "one", THREAD, NOON)
    (gap,) = await store.asking.gaps(ACME, None, since=NOON, most=9)
    assert not await store.asking.close_gap(OTHER, gap.id)
    assert await store.asking.close_gap(ACME, gap.id)
    assert not await store.asking.close_gap(ACME, gap.id)
    assert await store.asking.gaps(ACME, None, since=NOON, most=9) == ()


async def test_old_gaps_are_forgotten(store: DatabaseStore) -> None:
    await add_gap(store, "old", THREAD, NOON - 91 * DAY)
    await add_gap(store, "new", THREAD, NOON)
    assert await store.asking.forget_gaps_before(NOON - 90 * DAY) == 1
    (left,) = await store.asking.gaps(ACME, None, since=NOON - 365 * DAY, most=9)
    assert left.text == "new"


@pytest.mark.parametrize(
    "text", ["a\x00b", "lone \ud83d surrogate", "'; DROP TABLE gaps; --", "问" * 9000]
)
async def test_no_text_breaks_the_store(store: DatabaseStore, text: str) -> None:
    await add_gap(store, text, THREAD, NOON)
    await add_gap(store, text, THREAD, NOON)
    (gap,) = await store.asking.gaps(ACME, "C1", since=NOON, most=9)
    assert gap.times == 2
    assert gap.text == text.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")


def entry(name: str = "t1") -> Taught:
    return Taught(
        id=name,
        topic="process.audit-and-logs",
        questions=("where are our logs", "日志在哪里"),
        text="In Loki; ask #observability.",
        language=Language.EN,
        state=TaughtState.PROPOSED,
        author="U1",
        created=NOON,
    )


async def test_a_taught_entry_is_proposed_and_then_published(store: DatabaseStore) -> None:
    await store.asking.propose(ACME, entry())
    assert await store.asking.taught(ACME, state=TaughtState.PROPOSED) == (entry(),)
    assert await store.asking.taught(OTHER, state=TaughtState.PROPOSED) == ()
    published = await store.asking.review(ACME, "t1", state=TaughtState.PUBLISHED, reviewer="U2")
    assert published is not None
    assert (published.state, published.reviewer) == (TaughtState.PUBLISHED, "U2")
    assert await store.asking.taught(ACME, state=TaughtState.PROPOSED) == ()
    assert await store.asking.taught(ACME, state=TaughtState.PUBLISHED) == (published,)


async def test_an_entry_of_another_workspace_cannot_be_reviewed(store: DatabaseStore) -> None:
    await store.asking.propose(ACME, entry())
    state = TaughtState.PUBLISHED
    assert await store.asking.review(OTHER, "t1", state=state, reviewer="U2") is None
    assert await store.asking.taught(ACME, state=TaughtState.PROPOSED) == (entry(),)


async def test_a_person_can_be_forgotten(store: DatabaseStore) -> None:
    for person in (ANN, BOB):
        await store.asking.keep(about(DIRECT, person, hand()))
        await store.asking.vote(
            THREAD, person, answer="a1", topic="process.ci-cd", helpful=True, now=NOON
        )
    assert await store.asking.forget_person(ANN) == 2
    assert await store.asking.at_hand(DIRECT, ANN, since=NOON) is None
    assert await store.asking.at_hand(DIRECT, BOB, since=NOON) == hand()
    (count,) = await store.asking.asked(ACME, "C1", since=NOON)
    assert count.helpful == 1
