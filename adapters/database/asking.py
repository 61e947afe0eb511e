"""What is kept for questions: the topic at hand, how often what was asked, and votes."""

import hashlib
import hmac
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
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
from adapters.database.notes import Notebook
from adapters.database.tables.asking import answers_given, votes
from adapters.database.tables.asking import at_hand as hands
from adapters.database.taught import DatabaseTaught
from adapters.database.upsert import insert_into
from bot.messages import Person, Place, Workspace
from bot.ports.asking import AskedCount, AtHand, Notes


class DatabaseAsking(DatabaseGaps, DatabaseTaught):
    """Implements bot.ports.asking.AskStore."""

    def __init__(self, database: Database, voter_key: bytes) -> None:
        super().__init__(database)
        self._voter_key = voter_key
        self._notebook = Notebook(sqlite=database.is_sqlite)

    async def at_hand(self, place: Place, person: Person, *, since: datetime) -> AtHand | None:
        async with self._database.reading() as connection:
            return await connection.run_sync(self._notebook.at_hand, place, person, since)

    async def keep(self, notes: Notes) -> None:
        await self._database.write(lambda connection: self._notebook.write(connection, notes))

    async def forget_at_hand_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(hands).where(hands.c.since < instant))).rowcount

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


def _of(table: Table, workspace: Workspace, channel: str, since: datetime) -> ColumnElement[bool]:
    return and_(
        table.c.workspace == workspace.key,
        table.c.channel == channel,
        table.c.day >= since.astimezone(UTC).date(),
    )
