"""Whose turn it is: sends are claimed at their workspace's pace, one a second to a target."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import clock_of, moment
from adapters.database.engine import Database
from adapters.database.sendrows import WAITING, claimed_of, this, workspace_of
from adapters.database.tables.sends import paces, sends
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.sends import Claimed, Enqueue, Handed

UNPACED = 10_000.0  # posts a second; a chat that takes as many (the terminal) is never spaced
BURST = 0.5  # seconds' worth of a workspace's pace that may go out together
SAME_TARGET = timedelta(seconds=1)  # Slack takes one message a second in a channel
AHEAD = timedelta(seconds=30)  # how far ahead a queue's jobs are spread
SCAN = 500  # waiting sends looked at to find the workspaces that have some


class DatabaseTurns:
    """The claiming half of bot.ports.sends.SendStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, *, most: int) -> tuple[Workspace, ...]:
        async with self._database.reading() as connection:
            clock = clock_of(connection)
            waits = exists().where(
                paces.c.workspace == sends.c.workspace,
                or_(paces.c.free > clock, paces.c.paused > clock),
            )
            oldest = (
                select(sends.c.workspace)
                .where(_due(now), _ready(clock), ~waits)
                .order_by(sends.c.due)
                .limit(SCAN)
                .subquery()
            )
            found = await connection.execute(select(oldest.c.workspace).distinct().limit(most))
            return tuple(workspace_of(key) for (key,) in found)

    async def claim(
        self, workspace: Workspace, now: datetime, *, most: int, pace: float, lease: timedelta
    ) -> tuple[Claimed, ...]:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, pace)
            clock = await moment(connection)
            if _waits(turn, clock):
                return ()
            allowed = min(most, max(1, int(pace * BURST)))
            spaced = SAME_TARGET if pace < UNPACED else timedelta(0)
            keys = await _keys(connection, workspace, now, clock, spaced=spaced, most=allowed)
            if not keys:
                return ()
            ahead = timedelta(seconds=len(keys) / pace) if spaced else timedelta(0)
            free = max(turn.free or clock, clock) + ahead
            await connection.execute(_set_pace(workspace, free=free, rate=pace))
            return await _take(connection, workspace, keys, clock, lease)

    async def claim_one(
        self, workspace: Workspace, key: str, now: datetime, *, lease: timedelta
    ) -> Claimed | None:
        async with self._database.writing() as connection:
            clock = await moment(connection)
            asked_to_wait = exists().where(
                paces.c.workspace == workspace.key, paces.c.paused > clock
            )
            mine = this(workspace, key)
            if (await connection.execute(select(asked_to_wait))).scalar():
                await connection.execute(update(sends).where(mine, WAITING).values(handed=None))
                return None
            free = select(sends.c.key).where(mine, _due(now), _ready(clock))
            if not (await connection.execute(free.with_for_update(skip_locked=True))).first():
                return None
            return next(iter(await _take(connection, workspace, [key], clock, lease)), None)

    async def hand_out(
        self,
        now: datetime,
        *,
        most: int,
        pace: Callable[[Workspace], float],
        again_after: timedelta,
        enqueue: Enqueue,
    ) -> int:
        async with self._database.writing() as connection:
            clock = await moment(connection)
            rows = await connection.execute(_to_hand(now, clock, clock - again_after).limit(most))
            by_workspace: dict[str, list[str]] = {}
            for row in rows:
                by_workspace.setdefault(row.workspace, []).append(row.key)
            handed: list[Handed] = []
            for key in sorted(by_workspace):  # in one order: replicas must not wait on each other
                workspace = workspace_of(key)
                rate = pace(workspace)
                if rate > 0:
                    handed += await _spread(connection, workspace, by_workspace[key], rate, clock)
            if handed:
                await enqueue(handed)
            return len(handed)

    async def pause(self, workspace: Workspace, *, wait: timedelta, reason: str) -> None:
        async with self._database.writing() as connection:
            turn = await _turn(connection, workspace, 1.0)
            until = await moment(connection) + wait
            if turn.paused is None or turn.paused < until:
                await connection.execute(_set_pace(workspace, paused=until, reason=reason))


def _due(now: datetime) -> ColumnElement[bool]:
    return WAITING & (sends.c.due <= now) & (sends.c.late_after > now)


def _ready(clock: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    return or_(sends.c.ready.is_(None), sends.c.ready <= clock)


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


async def _keys(
    connection: AsyncConnection,
    workspace: Workspace,
    now: datetime,
    clock: datetime,
    *,
    spaced: timedelta,
    most: int,
) -> list[str]:
    """The next sends' keys: the oldest of each target that got nothing in that span."""
    other = sends.alias("other")
    just_had = exists().where(
        other.c.workspace == sends.c.workspace,
        other.c.target == sends.c.target,
        other.c.last_try > clock - spaced,
    )
    candidates = (
        select(sends.c.key, sends.c.target)
        .where(sends.c.workspace == workspace.key, _due(now), _ready(clock), ~just_had)
        .order_by(sends.c.due)
        .limit(most)
    )
    first: dict[str, str] = {}
    for row in await connection.execute(candidates):
        first.setdefault(row.target, row.key)
    return list(first.values())


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
        )
        .returning(*sends.c)
    )
    return tuple(claimed_of(row) for row in taken)


def _to_hand(now: datetime, clock: datetime, lost_before: datetime) -> Select[Any]:
    """Due, in nobody's hand and of a workspace whose turn isn't far off, oldest first."""
    far = exists().where(
        paces.c.workspace == sends.c.workspace,
        or_(paces.c.free > clock + AHEAD, paces.c.paused > clock),
    )
    free = or_(sends.c.handed.is_(None), sends.c.handed < lost_before)
    return (
        select(sends.c.workspace, sends.c.key)
        .where(_due(now), _ready(clock), free, ~far)
        .order_by(sends.c.due)
        .with_for_update(skip_locked=True, of=sends)
    )


async def _spread(
    connection: AsyncConnection, workspace: Workspace, keys: list[str], pace: float, clock: datetime
) -> list[Handed]:
    turn = await _turn(connection, workspace, pace)
    begin = max(turn.free or clock, clock)
    allowed = keys[: max(1, int(AHEAD.total_seconds() * pace))]
    starts = {key: begin + timedelta(seconds=place / pace) for place, key in enumerate(allowed)}
    end = begin + timedelta(seconds=len(allowed) / pace)
    await connection.execute(_set_pace(workspace, free=end, rate=pace))
    # One moment for all: exact ones would cost a statement a send and decide nothing.
    await connection.execute(
        update(sends)
        .where(sends.c.workspace == workspace.key, sends.c.key.in_(allowed))
        .values(handed=end)
    )
    return [
        Handed(workspace=workspace, key=key, wait=max(0.0, (at - clock).total_seconds()))
        for key, at in starts.items()
    ]
