"""Whose turn it is: sends are claimed at their workspace's pace, one a second to a target."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Row,
    Select,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import clock_of, moment
from adapters.database.engine import Database
from adapters.database.sendrows import WAITING, claimed_of, waiting, workspace_of
from adapters.database.tables.sends import paces, sends
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.sends import Claimed, Enqueue, Handed

UNPACED = 10_000.0  # posts a second; a chat that takes as many (the terminal) is never spaced
BURST = 0.5  # seconds' worth of a workspace's pace that may go out together
SAME_TARGET = timedelta(seconds=1)  # Slack takes one message a second in a channel
AHEAD = timedelta(seconds=30)  # how far ahead a queue's jobs are spread
MOST_A_JOB = 16  # sends in one job of a queue


class DatabaseTurns:
    """The claiming half of bot.ports.sends.SendStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, *, most: int) -> tuple[Workspace, ...]:
        async with self._database.reading() as connection:
            clock = clock_of(connection)
            return await _whose_turn(connection, _due(sends, now) & _ready(clock), clock, most)

    async def due_for_queue(
        self, now: datetime, *, most: int, again_after: timedelta
    ) -> tuple[Workspace, ...]:
        async with self._database.reading() as connection:
            clock = await moment(connection)
            wanted = _due(sends, now) & _ready(clock) & _in_no_hand(clock - again_after)
            return await _whose_turn(connection, wanted, clock + AHEAD, most)

    async def claim(
        self, workspace: Workspace, now: datetime, *, most: int, pace: float, lease: timedelta
    ) -> tuple[Claimed, ...]:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, pace)
            clock = await moment(connection)
            if _waits(turn, clock):
                return ()
            allowed = min(most, max(1, int(pace * BURST)))
            wanted = _of(workspace, now, clock) & ~_just_had(clock, pace)
            keys = await _one_a_target(connection, _oldest(wanted, allowed))
            if not keys:
                return ()
            ahead = timedelta(seconds=len(keys) / pace) if pace < UNPACED else timedelta(0)
            free = max(turn.free or clock, clock) + ahead
            await connection.execute(_set_pace(workspace, free=free, rate=pace))
            return await _take(connection, workspace, keys, clock, lease)

    async def claim_these(
        self,
        workspace: Workspace,
        keys: Sequence[str],
        now: datetime,
        *,
        pace: float,
        lease: timedelta,
    ) -> tuple[Claimed, ...]:
        among = sends.c.key.in_(keys)
        async with self._database.writing() as connection:
            clock = await moment(connection)
            asked_to_wait = exists().where(
                paces.c.workspace == workspace.key, paces.c.paused > clock
            )
            free = _of(workspace, now, clock) & among & ~asked_to_wait & ~_just_had(clock, pace)
            mine = await _one_a_target(connection, _oldest(free, len(keys)))
            if len(mine) < len(keys):  # the rest is given out again
                left = (sends.c.workspace == workspace.key) & among & sends.c.key.not_in(mine)
                await connection.execute(update(sends).where(left, WAITING).values(handed=None))
            return await _take(connection, workspace, mine, clock, lease) if mine else ()

    async def hand_out(
        self,
        workspace: Workspace,
        now: datetime,
        *,
        most: int,
        pace: float,
        again_after: timedelta,
        enqueue: Enqueue,
    ) -> int:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, pace)
            clock = await moment(connection)
            if turn.paused is not None and turn.paused > clock:
                return 0
            begin = max(turn.free or clock, clock)
            room = max(1, int((clock + AHEAD - begin).total_seconds() * pace))
            free = _of(workspace, now, clock) & _in_no_hand(clock - again_after)
            rows = await connection.execute(_oldest(free, min(most, room)))
            keys = [row.key for row in rows]
            if not keys:
                return 0
            end = begin + timedelta(seconds=len(keys) / pace)
            await connection.execute(_set_pace(workspace, free=end, rate=pace))
            # One moment for all: exact ones would cost a statement a send and decide nothing.
            mine = (sends.c.workspace == workspace.key) & sends.c.key.in_(keys)
            await connection.execute(update(sends).where(mine, WAITING).values(handed=end))
            await enqueue(_jobs(workspace, keys, (begin - clock).total_seconds(), pace))
            return len(keys)

    async def pause(self, workspace: Workspace, *, wait: timedelta, reason: str) -> None:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, 1.0)
            until = await moment(connection) + wait
            if turn.paused is None or turn.paused < until:
                await connection.execute(_set_pace(workspace, paused=until, reason=reason))


def _due(table: FromClause, now: datetime) -> ColumnElement[bool]:
    return waiting(table) & (table.c.due <= now) & (table.c.late_after > now)


def _ready(clock: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    return or_(sends.c.ready.is_(None), sends.c.ready <= clock)


def _of(workspace: Workspace, now: datetime, clock: datetime) -> ColumnElement[bool]:
    """This workspace's sends that may be tried now."""
    return (sends.c.workspace == workspace.key) & _due(sends, now) & _ready(clock)


def _in_no_hand(lost_before: datetime) -> ColumnElement[bool]:
    """Not given to a queue, or so long ago that its job must have come to nothing."""
    return or_(sends.c.handed.is_(None), sends.c.handed < lost_before)


def _just_had(clock: datetime, pace: float) -> ColumnElement[bool]:
    """Whether something went to the same target a moment ago."""
    spaced = SAME_TARGET if pace < UNPACED else timedelta(0)
    other = sends.alias("other")
    return exists().where(
        other.c.workspace == sends.c.workspace,
        other.c.target == sends.c.target,
        other.c.last_try > clock - spaced,
    )


def _oldest(wanted: ColumnElement[bool], most: int) -> Select[Any]:
    """Locked: both engines may be at work, and only one of them gets a send."""
    return (
        select(sends.c.key, sends.c.target)
        .where(wanted)
        .order_by(sends.c.due)
        .limit(most)
        .with_for_update(skip_locked=True)
    )


async def _one_a_target(connection: AsyncConnection, query: Select[Any]) -> list[str]:
    """The keys of the oldest for each target."""
    first: dict[str, str] = {}
    for row in await connection.execute(query):
        first.setdefault(row.target, row.key)
    return list(first.values())


async def _whose_turn(
    connection: AsyncConnection,
    wanted: ColumnElement[bool],
    until: ColumnElement[datetime] | datetime,
    most: int,
) -> tuple[Workspace, ...]:
    """Workspaces that have such sends and are free by `until`; who waited longest comes first."""
    clock = clock_of(connection)
    every = _with_waiting()
    has_some = exists().where(sends.c.workspace == every.c.workspace, wanted)
    query = (
        select(every.c.workspace)
        .join(paces, paces.c.workspace == every.c.workspace, isouter=True)
        .where(
            every.c.workspace.is_not(None),
            has_some,
            or_(paces.c.free.is_(None), paces.c.free <= until),
            or_(paces.c.paused.is_(None), paces.c.paused <= clock),
        )
        .order_by(paces.c.free.is_not(None), paces.c.free)
        .limit(most)
    )
    return tuple(workspace_of(key) for (key,) in await connection.execute(query))


def _with_waiting() -> CTE:
    """Workspaces with sends that wait: from one to the next by the index, not send by send."""
    first = select(func.min(sends.c.workspace).label("workspace")).where(WAITING)
    every = first.cte("every", recursive=True)
    later = sends.alias("later")
    following = (
        select(func.min(later.c.workspace))
        .where(waiting(later), later.c.workspace > every.c.workspace)
        .scalar_subquery()
    )
    return every.union_all(select(following).where(every.c.workspace.is_not(None)))


def _waits(turn: Row[Any], clock: datetime) -> bool:
    return any(until is not None and until > clock for until in (turn.free, turn.paused))


async def _turn(connection: AsyncConnection, workspace: Workspace, pace: float) -> Row[Any]:
    """The workspace's row of `paces`, locked: replicas take turns within a workspace."""
    mine = select(paces).where(paces.c.workspace == workspace.key).with_for_update()
    row = (await connection.execute(mine)).first()
    if row is None:
        new = insert_into(paces, connection).values(workspace=workspace.key, rate=pace)
        await connection.execute(new.on_conflict_do_nothing(index_elements=["workspace"]))
        row = (await connection.execute(mine)).one()
    return row


def _set_pace(workspace: Workspace, **values: object) -> Any:
    return update(paces).where(paces.c.workspace == workspace.key).values(**values)


async def _take(
    connection: AsyncConnection,
    workspace: Workspace,
    keys: list[str],
    clock: datetime,
    lease: timedelta,
) -> tuple[Claimed, ...]:
    taken = await connection.execute(
        update(sends)
        .where(sends.c.workspace == workspace.key, sends.c.key.in_(keys), WAITING)
        .values(
            attempts=sends.c.attempts + 1,
            doubtful=sends.c.doubtful + 1,
            ready=clock + lease,
            last_try=clock,
            first_try=func.coalesce(sends.c.first_try, clock),
            handed=None,
        )
        .returning(*sends.c)
    )
    return tuple(claimed_of(row) for row in taken)


def _jobs(workspace: Workspace, keys: list[str], begin: float, pace: float) -> list[Handed]:
    """As many sends a job as may go out together, each job at its time."""
    together = max(1, min(MOST_A_JOB, int(pace * BURST)))
    return [
        Handed(
            workspace=workspace,
            keys=tuple(keys[first : first + together]),
            wait=max(0.0, begin + first / pace),
        )
        for first in range(0, len(keys), together)
    ]
