"""What is promised to go, goes by itself."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from adapters.database.store import DatabaseStore
from adapters.database.tables.asking import at_hand, deliveries, gaps
from adapters.database.tables.sends import sends
from bot.assembly import Surroundings, assembled
from bot.messages import Person, Place
from bot.ports.asking import AtHand, GapReason
from bot.ports.sends import Send
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from knowledge.overlay import NOTHING
from tests.fakes import WORKSPACE, FakeChat
from tests.finder import FakeFinder
from tests.noting import about
from tests.talk import Reports, job_failed

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PLACE = Place(workspace=WORKSPACE, channel="C1")
PERSON = Person(workspace=WORKSPACE, id="p1")


async def test_deliveries_topics_unanswered_questions_and_sends_go_after_their_time(
    store: DatabaseStore, base: KnowledgeBase
) -> None:
    moment = NOW
    coach = assembled(
        Surroundings(
            base=base,
            finder=FakeFinder(),
            overlay=NOTHING,
            store=store,
            chat=FakeChat(),
            clock=lambda: moment,
            report=Reports(),
            job_report=job_failed,
            gaps_days=30,
        )
    )
    await _something_of_everything(store)
    kept = []
    for days in (0.5, 1.5, 29, 31, 99, 101):
        moment = NOW + timedelta(days=days)
        await coach.sending.plan()
        kept.append(await _kept(store))
    assert kept == [
        {"deliveries": 1, "at_hand": 1, "gaps": 1, "sends": 1},
        {"deliveries": 0, "at_hand": 0, "gaps": 1, "sends": 1},
        {"deliveries": 0, "at_hand": 0, "gaps": 1, "sends": 1},
        {"deliveries": 0, "at_hand": 0, "gaps": 0, "sends": 1},
        {"deliveries": 0, "at_hand": 0, "gaps": 0, "sends": 1},
        {"deliveries": 0, "at_hand": 0, "gaps": 0, "sends": 0},
    ]


async def _something_of_everything(store: DatabaseStore) -> None:
    await store.inbox.claim(WORKSPACE, "d", NOW)
    topic = AtHand(topic="people.overview", answer=None, language=Language.EN, since=NOW)
    await store.asking.keep(about(PLACE, PERSON, topic))
    await store.asking.add_gap(
        PLACE,
        text="how?",
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=(),
        now=NOW,
    )
    late = NOW + timedelta(minutes=1)
    send = Send(key="k", kind="digest", place=PLACE, subject="s", due=NOW, late_after=late)
    await store.sends.insert([send])


async def _kept(store: DatabaseStore) -> dict[str, int]:
    async with store.database.reading() as connection:
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar()
            or 0
            for table in (deliveries, at_hand, gaps, sends)
        }
