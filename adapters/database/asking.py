"""What is kept for questions: the topic at hand, how often what was asked, and votes."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    and_,
    case,
    delete,
    func,
    literal,
    select,
    union_all,
)

from adapters.database.engine import Database
from adapters.database.gaps import DatabaseGaps, shared_channel
from adapters.database.tables.asking import answers_given, votes
from adapters.database.tables.asking import at_hand as hands
from adapters.database.taught import DatabaseTaught
from adapters.database.upsert import insert_into
from bot.messages import Person, Place, Workspace
from bot.ports.asking import AskedCount, AtHand
from knowledge.model import Language


class DatabaseAsking(DatabaseGaps, DatabaseTaught):
    """Implements bot.ports.asking.AskStore."""

    def __init__(self, database: Database, voter_key: bytes) -> None:
        super().__init__(database)
        self._voter_key = voter_key

    async def at_hand(self, place: Place, person: Person, *, since: datetime) -> AtHand | None:
        async with self._database.reading() as connection:
            query = select(hands).where(hands.c.since >= since)
            for column, value in _conversation(place, person).items():
                query = query.where(hands.c[column] == value)
            row = (await connection.execute(query)).first()
        return _at_hand(row) if row else None

    async def put_at_hand(self, place: Place, person: Person, at_hand: AtHand) -> None:
        values = {
            "topic": at_hand.topic,
            "answer": at_hand.answer,
            "language": at_hand.language.value,
            "since": at_hand.since,
        }
        key = _conversation(place, person)
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(hands, connection)
                .values(**key, **values)
                .on_conflict_do_update(index_elements=list(key), set_=values)
            )

    async def forget_at_hand_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(hands).where(hands.c.since < instant))).rowcount

    async def count_answer(self, place: Place, topic: str, now: datetime) -> None:
        key = {
            "workspace": place.workspace.key,
            "channel": shared_channel(place),
            "day": now.astimezone(UTC).date(),
            "topic": topic,
        }
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(answers_given, connection)
                .values(**key, times=1)
                .on_conflict_do_update(
                    index_elements=list(key), set_={"times": answers_given.c.times + 1}
                )
            )

    async def vote(
        self, place: Place, person: Person, *, answer: str, topic: str, helpful: bool, now: datetime
    ) -> bool:
        key = {
            "workspace": place.workspace.key,
            "answer": answer,
            "voter": self._voter(person),
        }
        row = {
            **key,
            "channel": shared_channel(place),
            "topic": topic,
            "helpful": helpful,
            "day": now.astimezone(UTC).date(),
        }
        async with self._database.writing() as connection:
            new = await connection.execute(
                insert_into(votes, connection)
                .values(row)
                .on_conflict_do_nothing()
                .returning(votes.c.answer)
            )
            if new.first() is not None:
                return True
            await connection.execute(
                insert_into(votes, connection)
                .values(row)
                .on_conflict_do_update(index_elements=list(key), set_={"helpful": helpful})
            )
            return False

    def _voter(self, person: Person) -> str:
        name = f"{person.workspace.key}/{person.id}".encode()
        return hmac.new(self._voter_key, name, hashlib.sha256).hexdigest()

    async def asked(
        self, workspace: Workspace, channel: str, *, since: datetime
    ) -> tuple[AskedCount, ...]:
        answered = select(
            answers_given.c.topic,
            func.sum(answers_given.c.times).label("answered"),
            literal(0).label("helpful"),
            literal(0).label("unhelpful"),
        ).where(_of(answers_given, workspace, channel, since))
        voted = select(
            votes.c.topic,
            literal(0),
            func.sum(case((votes.c.helpful, 1), else_=0)),
            func.sum(case((votes.c.helpful, 0), else_=1)),
        ).where(_of(votes, workspace, channel, since))
        both = union_all(
            answered.group_by(answers_given.c.topic), voted.group_by(votes.c.topic)
        ).subquery()
        total = func.sum(both.c.answered)
        query = (
            select(
                both.c.topic,
                total.label("answered"),
                func.sum(both.c.helpful).label("helpful"),
                func.sum(both.c.unhelpful).label("unhelpful"),
            )
            .group_by(both.c.topic)
            .order_by(total.desc(), both.c.topic)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(
            AskedCount(
                topic=row.topic,
                answered=int(row.answered),
                helpful=int(row.helpful),
                unhelpful=int(row.unhelpful),
            )
            for row in rows
        )

    async def forget_person(self, person: Person) -> int:
        """Delete the topics at hand and the votes of one person; how many rows."""
        workspace = person.workspace.key
        async with self._database.writing() as connection:
            talks = await connection.execute(
                delete(hands).where(hands.c.workspace == workspace, hands.c.person == person.id)
            )
            voted = await connection.execute(
                delete(votes).where(
                    votes.c.workspace == workspace, votes.c.voter == self._voter(person)
                )
            )
            return talks.rowcount + voted.rowcount


def _conversation(place: Place, person: Person) -> dict[str, str]:
    """A private conversation is the person's; a thread is everybody's; a channel is per person."""
    in_thread = bool(place.thread) and not place.private
    return {
        "workspace": place.workspace.key,
        "channel": "" if place.private else place.channel,
        "thread": (place.thread or "") if in_thread else "",
        "person": "" if in_thread else person.id,
    }


def _of(table: Table, workspace: Workspace, channel: str, since: datetime) -> ColumnElement[bool]:
    return and_(
        table.c.workspace == workspace.key,
        table.c.channel == channel,
        table.c.day >= since.astimezone(UTC).date(),
    )


def _at_hand(row: Row[Any]) -> AtHand:
    return AtHand(
        topic=row.topic, answer=row.answer, language=Language(row.language), since=row.since
    )
