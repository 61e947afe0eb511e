"""Whose turn it is: sends are claimed at their workspace's pace, one a second to a target."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    FromClause,
    Result,
    Row,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import clock_in, moment
from adapters.database.engine import Database
from adapters.database.sendrows import WAITING, claimed_of, waiting, workspace_of
from adapters.database.tables.base import Instant
from adapters.database.tables.sends import paces, sends
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.sends import Claimed, Handed

UNPACED = 10_000.0  # posts a second; a chat that takes as many (the terminal) is never spaced
BURST = 0.5  # seconds' worth of a workspace's pace that may go out together
SAME_TARGET = timedelta(seconds=1)  # Slack takes one message a second in a channel
AHEAD = timedelta(seconds=30)  # how far ahead a queue's jobs are spread
FAR = timedelta(minutes=65)  # no wait of ours is that long
MOST_A_JOB = 16  # sends in one job of a queue


class Times(NamedTuple):
    """The database's moment, as a value or inside a statement."""

    now: ColumnElement[datetime] | datetime
    far: ColumnElement[datetime] | datetime  # nothing of ours is set later than that


class DatabaseTurns:
    """The claiming half of bot.ports.sends.SendStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> tuple[Workspace, ...]:
        query = _due_now(self._database.dialect)
        return await self._database.read(
            lambda connection: _workspaces(connection.execute(query, {"now": now}))
        )

    async def due_for_queue(
        self, now: datetime, *, again_after: timedelta
    ) -> tuple[Workspace, ...]:
        async with self._database.reading() as connection:
            clock = await moment(connection)
            times = _times(clock)
            wanted = _due(sends, now) & _passed(sends.c.ready, times)
            wanted &= _in_no_hand(clock - again_after)
            query = _whose_turn(wanted, times, ahead=clock + AHEAD)
            return _workspaces(await connection.execute(query))

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
            free = _begin(turn, clock) + ahead
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
                paces.c.workspace == workspace.key, ~_passed(paces.c.paused, _times(clock))
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
    ) -> tuple[Handed, ...]:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, pace)
            clock = await moment(connection)
            if turn.paused is not None and _lies_ahead(turn.paused, clock):
                return ()
            begin = _begin(turn, clock)
            room = max(1, int((clock + AHEAD - begin).total_seconds() * pace))
            free = _of(workspace, now, clock) & _in_no_hand(clock - again_after)
            rows = await connection.execute(_oldest(free, min(most, room)))
            keys = [row.key for row in rows]
            if not keys:
                return ()
            end = begin + timedelta(seconds=len(keys) / pace)
            await connection.execute(_set_pace(workspace, free=end, rate=pace))
            # One moment for all: exact ones would cost a statement a send and decide nothing.
            mine = (sends.c.workspace == workspace.key) & sends.c.key.in_(keys)
            await connection.execute(update(sends).where(mine, WAITING).values(handed=end))
        return _jobs(workspace, keys, (begin - clock).total_seconds(), pace)

    async def pause(self, workspace: Workspace, *, wait: timedelta, reason: str) -> None:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, 1.0)
            clock = await moment(connection)
            until = clock + wait
            if turn.paused is None or turn.paused < until or turn.paused > clock + FAR:
                await connection.execute(_set_pace(workspace, paused=until, reason=reason))


def _due(table: FromClause, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return waiting(table) & (table.c.due <= now) & (table.c.late_after > now)


def _times(clock: datetime) -> Times:
    return Times(now=clock, far=clock + FAR)


def _passed(moment: Column[datetime], times: Times) -> ColumnElement[bool]:
    """Not ahead, or so far that the database's clock must have been set back since."""
    return or_(moment.is_(None), moment <= times.now, moment > times.far)


def _of(workspace: Workspace, now: datetime, clock: datetime) -> ColumnElement[bool]:
    """This workspace's sends that may be tried now."""
    mine = (sends.c.workspace == workspace.key) & _due(sends, now)
    return mine & _passed(sends.c.ready, _times(clock))


def _in_no_hand(lost_before: datetime) -> ColumnElement[bool]:
    """Not given to a queue, or so long ago that its job must have come to nothing."""
    return or_(
        sends.c.handed.is_(None),
        sends.c.handed < lost_before,
        sends.c.handed > lost_before + 2 * FAR,
    )


def _just_had(clock: datetime, pace: float) -> ColumnElement[bool]:
    """Whether something went to the same target a moment ago."""
    spaced = SAME_TARGET if pace < UNPACED else timedelta(0)
    other = sends.alias("other")
    return exists().where(
        other.c.workspace == sends.c.workspace,
        other.c.target == sends.c.target,
        other.c.last_try > clock - spaced,
        other.c.last_try <= clock + FAR,
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


@cache
def _due_now(dialect: str) -> Select[Any]:
    """Made once: asked every second, its making would cost more than its answer."""
    times = Times(now=clock_in(dialect), far=clock_in(dialect, FAR))
    now = bindparam("now", type_=Instant)
    return _whose_turn(_due(sends, now) & _passed(sends.c.ready, times), times)


def _whose_turn(
    wanted: ColumnElement[bool], times: Times, *, ahead: datetime | None = None
) -> Select[Any]:
    """Workspaces that have such sends and are free now, or by `ahead`; by how long they waited."""
    free = times if ahead is None else Times(now=ahead, far=times.far)
    every = _with_waiting()
    has_some = exists().where(sends.c.workspace == every.c.workspace, wanted)
    return (
        select(every.c.workspace)
        .join(paces, paces.c.workspace == every.c.workspace, isouter=True)
        .where(
            every.c.workspace.is_not(None),
            has_some,
            _passed(paces.c.free, free),
            _passed(paces.c.paused, times),
        )
        .order_by(paces.c.free.is_not(None), paces.c.free)
    )


def _workspaces(rows: Result[Any]) -> tuple[Workspace, ...]:
    return tuple(workspace_of(key) for (key,) in rows)


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
    return any(
        until is not None and _lies_ahead(until, clock) for until in (turn.free, turn.paused)
    )


def _lies_ahead(until: datetime, clock: datetime) -> bool:
    return clock < until <= clock + FAR


def _begin(turn: Row[Any], clock: datetime) -> datetime:
    """When the workspace's next post may start."""
    free: datetime | None = turn.free
    return free if free is not None and _lies_ahead(free, clock) else clock


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


def _jobs(workspace: Workspace, keys: list[str], begin: float, pace: float) -> tuple[Handed, ...]:
    """As many sends a job as may go out together, each job at its time."""
    together = max(1, min(MOST_A_JOB, int(pace * BURST)))
    return tuple(
        Handed(
            workspace=workspace,
            keys=tuple(keys[first : first + together]),
            wait=max(0.0, begin + first / pace),
        )
        for first in range(0, len(keys), together)
    )
