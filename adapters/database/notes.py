"""Statements that every question needs, made once: the topic at hand, and one more answer."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, select

from adapters.database.gaps import shared_channel
from adapters.database.tables.asking import answers_given
from adapters.database.tables.asking import at_hand as hands
from adapters.database.tables.channels import slots
from adapters.database.upsert import inserts
from bot.messages import Person, Place
from bot.ports.asking import AtHand, Notes
from bot.ports.channels import SlotKind
from knowledge.model import Language

OFFERED = "?"  # no topic's id
KEY = ("workspace", "channel", "thread", "person")


class Notebook:
    """Reads and writes inside a transaction that somebody else opened."""

    def __init__(self, *, sqlite: bool) -> None:
        self._read = select(hands.c.topic, hands.c.answer, hands.c.language, hands.c.since).where(
            *(hands.c[name] == bindparam(name) for name in KEY), hands.c.since >= bindparam("after")
        )
        put = inserts(hands, sqlite=sqlite)
        self._put = put.on_conflict_do_update(
            index_elements=KEY,
            set_={name: put.excluded[name] for name in ("topic", "answer", "language", "since")},
        )
        self._zone = select(slots.c.zone).where(
            slots.c.workspace == bindparam("workspace"),
            slots.c.channel == bindparam("channel"),
            slots.c.kind == SlotKind.DIGEST.value,
        )
        self._count = inserts(answers_given, sqlite=sqlite).on_conflict_do_update(
            index_elements=["workspace", "channel", "day", "topic"],
            set_={"times": answers_given.c.times + 1},
        )

    def at_hand(
        self, connection: Connection, place: Place, person: Person, since: datetime
    ) -> AtHand | None:
        values = {**_conversation(place, person), "after": since}
        row = connection.execute(self._read, values).first()
        return _at_hand(row) if row else None

    def write(self, connection: Connection, notes: Notes) -> None:
        at_hand = notes.at_hand
        values = {
            "topic": _packed(at_hand),
            "answer": at_hand.answer,
            "language": at_hand.language.value,
            "since": at_hand.since,
        }
        connection.execute(self._put, {**_conversation(notes.place, notes.person), **values})
        if notes.counted:
            where = {
                "workspace": notes.place.workspace.key,
                "channel": shared_channel(notes.place),
            }
            day = self._day(connection, where, at_hand.since)
            one_more = {**where, "day": day, "topic": at_hand.topic, "times": 1}
            connection.execute(self._count, one_more)

    def _day(self, connection: Connection, where: dict[str, str], now: datetime) -> date:
        """The day as the channel's digest counts it: nothing finer is kept, so it can't later."""
        zone = connection.execute(self._zone, where).scalar() if where["channel"] else None
        return now.astimezone(ZoneInfo(zone) if zone else UTC).date()


def _conversation(place: Place, person: Person) -> dict[str, Any]:
    """A private conversation is the person's; a thread is everybody's; a channel is per person."""
    in_thread = bool(place.thread) and not place.private
    return {
        "workspace": place.workspace.key,
        "channel": "" if place.private else place.channel,
        "thread": (place.thread or "") if in_thread else "",
        "person": "" if in_thread else person.id,
    }


def _packed(at_hand: AtHand) -> str:
    """One topic as it is, several after a mark: an older version takes those for none it knows."""
    return " ".join((OFFERED, *at_hand.offered)) if at_hand.offered else at_hand.topic


def _at_hand(row: Row[Any, Any, Any, Any]) -> AtHand:
    mark, *offered = row.topic.split(" ")
    return AtHand(
        topic="" if mark == OFFERED else row.topic,
        offered=tuple(offered) if mark == OFFERED else (),
        answer=row.answer,
        language=Language(row.language),
        since=row.since,
    )
