"""Unanswered questions: texts without persons, the same text counted instead of kept twice."""

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from adapters.database.engine import Database
from adapters.database.tables.asking import gaps
from adapters.database.upsert import insert_into
from bot.messages import Place, Workspace
from bot.ports.asking import Gap, GapReason
from knowledge.model import Language

END = re.compile(r"[\s?？.。!！]+$")


class DatabaseGaps:
    """The part of bot.ports.asking.AskStore about gaps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_gap(
        self,
        place: Place,
        *,
        text: str,
        language: Language,
        reason: GapReason,
        nearest: tuple[str, ...],
        now: datetime,
        aloud: bool = False,
    ) -> None:
        key = {
            "workspace": place.workspace.key,
            "channel": shared_channel(place),
            "text_hash": _text_hash(text),
        }
        latest = {"reason": reason.value, "nearest": list(nearest), "asked": now}
        heard = {"aloud": now} if aloud else {}
        times = {"times": gaps.c.times + 1, "times_aloud": gaps.c.times_aloud + int(aloud)}
        async with self._database.writing() as connection:
            await connection.execute(
                insert_into(gaps, connection)
                .values(
                    **key,
                    **latest,
                    **heard,
                    id=secrets.token_hex(6),
                    text=text,
                    language=language.value,
                    times=1,
                    times_aloud=int(aloud),
                )
                .on_conflict_do_update(index_elements=list(key), set_={**latest, **heard, **times})
            )

    async def gaps(
        self, workspace: Workspace, channel: str | None, *, since: datetime, most: int
    ) -> tuple[Gap, ...]:
        query = (
            select(gaps)
            .where(gaps.c.workspace == workspace.key, gaps.c.asked >= since)
            .order_by(gaps.c.times.desc(), gaps.c.asked.desc(), gaps.c.id)
            .limit(most)
        )
        if channel is not None:
            query = query.where(gaps.c.channel == channel)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(gap_of(row) for row in rows)

    async def close_gap(self, workspace: Workspace, gap: str) -> bool:
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(gaps).where(gaps.c.workspace == workspace.key, gaps.c.id == gap)
            )
            return gone.rowcount > 0

    async def forget_gaps_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(gaps).where(gaps.c.asked < instant))).rowcount


def shared_channel(place: Place) -> str:
    """The channel's id; empty for a private conversation, whose id would name the person."""
    return "" if place.private else place.channel


def _text_hash(text: str) -> str:
    """Of a question that differs only by case, width, spaces or its last mark, the same."""
    even = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    even = END.sub("", even) or even
    return hashlib.sha256(even.encode("utf-8", "replace")).hexdigest()


def gap_of(row: Row[Any]) -> Gap:
    """A row as a gap."""
    return Gap(
        id=row.id,
        text=row.text,
        language=Language(row.language),
        reason=GapReason(row.reason),
        nearest=tuple(row.nearest),
        asked=row.asked,
        times=row.times,
        aloud=row.aloud,
        times_aloud=row.times_aloud,
    )
