"""What the coach sends by itself: inserted once, claimed under a lease, its outcome guarded."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import clock_of, moment
from adapters.database.engine import Database
from adapters.database.pairs import one_of
from adapters.database.sendrows import (
    WAITING,
    delivery_of,
    row_key,
    row_of,
    send_of,
    this,
)
from adapters.database.tables.base import Instant
from adapters.database.tables.sends import paces, sends
from adapters.database.turns import DatabaseTurns
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.chat import Posted
from bot.ports.sends import TRACELESS, Claimed, Delivery, Send, SendState
from bot.together import Together

ROWS_AT_ONCE = 500  # kept in memory at a time


async def insert_sends(
    connection: AsyncConnection, workspace: Workspace, planned: Sequence[Send]
) -> int:
    """Inside the caller's transaction; keys that exist stay as they are. How many were new."""
    if not planned:
        return 0
    insert = insert_into(sends, connection)
    kept = insert.on_conflict_do_nothing(index_elements=["workspace", "key"])
    new = 0
    for begin in range(0, len(planned), ROWS_AT_ONCE):
        rows = [row_of(workspace, send) for send in planned[begin : begin + ROWS_AT_ONCE]]
        added = await connection.execute(kept.returning(sends.c.key), rows)
        new += len(added.all())
    return new


async def renew_sends(
    connection: AsyncConnection, workspace: Workspace, planned: Sequence[Send]
) -> None:
    """Inside the caller's transaction: what is done is sent again, what waits is due from now on.

    A try under way may have been composed before what the caller changed: with another attempt
    begun its outcome counts no longer, and the send is tried again after its lease.
    """
    insert = insert_into(sends, connection)
    new = {name: insert.excluded[name] for name in ("channel", "target", "due", "late_after")}
    begun = {"attempts": sends.c.attempts + 1, "before": sends.c.attempts + 1, "doubtful": 0}
    again = insert.on_conflict_do_update(
        index_elements=["workspace", "key"],
        set_={**new, **begun, "state": SendState.WAITING.value, "finished": None, "reason": None},
    )
    rows = sorted((row_of(workspace, send) for send in planned), key=lambda row: str(row["key"]))
    if rows:
        await connection.execute(again, rows)


async def forget_sends(connection: AsyncConnection, workspace: Workspace, subject: str) -> int:
    """Inside the caller's transaction: drop the sends to single people about this subject."""
    gone = await connection.execute(
        delete(sends).where(
            sends.c.workspace == workspace.key,
            sends.c.subject == subject,
            sends.c.person.is_not(None),
        )
    )
    return gone.rowcount


Ended = tuple[Claimed, Mapping[str, object] | None, Sequence[Send]]  # None: without a trace
ITS = (sends.c.workspace == bindparam("its_workspace")) & (sends.c.key == bindparam("its_key"))
ENDED = update(sends).where(ITS).values(ready=None)  # an outcome's other columns come with its row
GONE = delete(sends).where(ITS)

# Asked every few seconds: made once.
OVERDUE = (
    select(sends.c.key)
    .where(WAITING, sends.c.late_after <= bindparam("now", type_=Instant))
    .limit(1)
)


class DatabaseSends(DatabaseTurns):
    """Implements bot.ports.sends.SendStore."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._outcome = Together(self._outcomes)

    async def insert(self, planned: Sequence[Send]) -> int:
        by_workspace: dict[Workspace, list[Send]] = {}
        for send in planned:
            by_workspace.setdefault(send.place.workspace, []).append(send)
        async with self._database.writing() as connection:
            return sum(
                [await insert_sends(connection, one, of) for one, of in by_workspace.items()]
            )

    async def finish(
        self,
        claimed: Claimed,
        state: SendState,
        now: datetime,
        *,
        reason: str | None = None,
        posted: Posted | None = None,
        words: Sequence[Send] = (),
    ) -> bool:
        if claimed.send.kind in TRACELESS:
            return await self._outcome((claimed, None, words))
        if claimed.send.person is not None:  # what was not wanted would tell who had answered
            state = SendState.SENT if state is SendState.DROPPED else state
            posted = None
        outcome = {
            "state": state.value,
            "finished": now,
            "reason": reason,
            "message": posted.message if posted else None,
            "message_channel": posted.place.channel if posted else None,
            "message_thread": posted.place.thread if posted else None,
        }
        return await self._outcome((claimed, outcome, words))

    async def retry(
        self,
        claimed: Claimed,
        *,
        wait: timedelta,
        reason: str,
        accepted: bool | None,
        counts: bool = True,
    ) -> bool:
        known = 0 if accepted is None else 1
        async with self._database.writing() as connection:
            ready = await moment(connection) + wait
            changed = await connection.execute(
                _guarded(claimed).values(
                    ready=ready,
                    handed=None,
                    reason=reason,
                    doubtful=sends.c.doubtful - known,
                    before=sends.c.before + (0 if counts else 1),
                )
            )
            return changed.rowcount == 1

    async def _outcomes(self, ended: Sequence[Ended]) -> tuple[bool, ...]:
        """Of all that ended at the same time, in one transaction; whose lease was still theirs."""
        keys = {row_key(claimed.send): claimed.attempt for claimed, _, _ in ended}
        async with self._database.writing() as connection:
            locked = await connection.execute(
                select(sends.c.workspace, sends.c.key, sends.c.attempts)
                .where(one_of(sends.c.workspace, sends.c.key, keys), WAITING)
                .order_by(sends.c.workspace, sends.c.key)
                .with_for_update()
            )
            stands = {(row.workspace, row.key): row.attempts for row in locked}
            ours = [stands.get(row_key(one.send)) == one.attempt for one, _, _ in ended]
            await _record(
                connection, [one for one, is_ours in zip(ended, ours, strict=True) if is_ours]
            )
        return tuple(ours)

    async def drop_late(self, now: datetime) -> tuple[tuple[Send, SendState], ...]:
        if not await self._database.read(
            lambda connection: connection.execute(OVERDUE, {"now": now}).first()
        ):
            return ()
        async with self._database.writing() as connection:
            free = or_(sends.c.ready.is_(None), sends.c.ready <= await moment(connection))
            outcome = case(
                (sends.c.doubtful > 0, SendState.UNKNOWN.value), else_=SendState.LATE.value
            )
            dropped = await connection.execute(
                update(sends)
                .where(WAITING, sends.c.late_after <= now, free)
                .values(state=outcome, finished=now, ready=None)
                .returning(*sends.c)
            )
            return tuple((send_of(row), SendState(row.state)) for row in dropped)

    async def skew(self, now: datetime) -> timedelta:
        if self._database.is_sqlite:  # this machine's clock is the only one
            return timedelta(0)
        async with self._database.reading() as connection:
            return now - await moment(connection)

    async def again(self, workspace: Workspace, key: str, *, due: datetime, late: datetime) -> bool:
        ended = [one.value for one in (SendState.FAILED, SendState.LATE, SendState.UNKNOWN)]
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(sends)
                .where(this(workspace, key), sends.c.state.in_(ended))
                .values(
                    state=SendState.WAITING.value,
                    due=due,
                    late_after=late,
                    before=sends.c.attempts,
                    doubtful=0,
                    ready=None,
                    handed=None,
                    finished=None,
                    first_try=None,
                )
            )
            return changed.rowcount == 1

    async def one(self, workspace: Workspace, key: str) -> Delivery | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(sends).where(this(workspace, key)))).first()
        return delivery_of(row) if row else None

    async def of_channel(
        self, workspace: Workspace, channel: str, *, since: datetime, most: int
    ) -> tuple[Delivery, ...]:
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(sends)
                .where(
                    sends.c.workspace == workspace.key,
                    sends.c.channel == channel,
                    sends.c.person.is_(None),
                    sends.c.kind.not_in(TRACELESS),
                    sends.c.due >= since,
                )
                .order_by(sends.c.due.desc(), sends.c.key)
                .limit(most)
            )
            return tuple(delivery_of(row) for row in rows)

    async def counts(self) -> Mapping[tuple[str, str], int]:
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(sends.c.kind, sends.c.state, func.count()).group_by(
                    sends.c.kind, sends.c.state
                )
            )
            return {(kind, state): number for kind, state, number in rows}

    async def paused(self, workspace: Workspace) -> tuple[datetime, str] | None:
        async with self._database.reading() as connection:
            query = select(paces.c.paused, paces.c.reason).where(
                paces.c.workspace == workspace.key,
                paces.c.paused > await moment(connection),
            )
            row = (await connection.execute(query)).first()
        return (row.paused, row.reason or "") if row else None

    async def pauses(self) -> int:
        async with self._database.reading() as connection:
            waiting = select(func.count()).where(paces.c.paused > clock_of(connection))
            count: int = (await connection.execute(waiting)).scalar_one()
            return count

    async def forget_subject(self, workspace: Workspace, subject: str) -> int:
        async with self._database.writing() as connection:
            return await forget_sends(connection, workspace, subject)

    async def forget_before(self, instant: datetime) -> int:
        async with self._database.writing() as connection:
            gone = await connection.execute(delete(sends).where(~WAITING, sends.c.due < instant))
            return gone.rowcount


async def _record(connection: AsyncConnection, ended: Sequence[Ended]) -> None:
    """Outcomes, what goes without one, and what is to be said about them."""
    rows = [{**_its(one.send), **outcome} for one, outcome, _ in ended if outcome is not None]
    if rows:
        await connection.execute(ENDED, rows)
    gone = [_its(one.send) for one, outcome, _ in ended if outcome is None]
    if gone:
        await connection.execute(GONE, gone)
    for one, _, words in ended:
        await insert_sends(connection, one.send.place.workspace, words)


def _its(send: Send) -> dict[str, object]:
    workspace, key = row_key(send)
    return {"its_workspace": workspace, "its_key": key}


def _guarded(claimed: Claimed) -> Any:
    send = claimed.send
    return update(sends).where(
        this(send.place.workspace, send.key), WAITING, sends.c.attempts == claimed.attempt
    )
