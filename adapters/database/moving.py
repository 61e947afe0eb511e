"""A channel that the platform gave another id: all that is kept of it goes along."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    Table,
    and_,
    case,
    delete,
    exists,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.clock import moment
from adapters.database.sendrows import WAITING
from adapters.database.tables.asking import answers_given, at_hand, gaps, votes
from adapters.database.tables.channels import channels, digests, slots
from adapters.database.tables.pulses import actions, pulses
from adapters.database.tables.roles import audit, leads
from adapters.database.tables.sends import sends
from adapters.database.upsert import insert_into
from bot.messages import Workspace
from bot.ports.channels import SlotKind
from bot.ports.pulses import PulseState
from bot.ports.sends import SendState

# Where something of the same key stands under the new id already:
MOVED_WINS: tuple[Table, ...] = (channels, slots, digests)  # the team's own settings and history
THERE_WINS: tuple[Table, ...] = (leads, at_hand)
ADDED_UP: tuple[Table, ...] = (answers_given, gaps)
NEVER_THE_SAME: tuple[Table, ...] = (audit, votes, actions)
BY_THEMSELVES: tuple[Table, ...] = (pulses, sends)
MOVED = (*MOVED_WINS, *THERE_WINS, *ADDED_UP, *NEVER_THE_SAME, *BY_THEMSELVES)
STAYS: Mapping[str, str] = {
    "teams_conversations": "Teams gives no channel another id; kept anew with each message",
    "teams_people": "a private chat, not a channel",
}
WEEKLY = tuple(kind.value for kind in SlotKind)  # kinds of sends whose key names the channel
BEGUN = WAITING & (sends.c.doubtful > 0)  # the platform may have it, or will be asked for it


async def move_channel(
    connection: AsyncConnection, workspace: Workspace, old: str, new: str
) -> None:
    """Inside the caller's transaction; a second time nothing is left to do.

    Locked in the order in which others do: slots and pulses before sends.
    """
    move = Move(connection, workspace, old, new)
    for table in MOVED_WINS:
        await move.drop(table, new, where=move.same(table, old))
    for table in ADDED_UP:
        await move.add_up(table)
    for table in (*THERE_WINS, *ADDED_UP):
        await move.drop(table, old, where=move.same(table, new))
    for table in (*MOVED_WINS, *THERE_WINS, *ADDED_UP, *NEVER_THE_SAME):
        await move.rename(table.c.channel)
    await move.pulses()
    await move.sends()


class Move:
    """One channel's move, inside one transaction."""

    def __init__(
        self, connection: AsyncConnection, workspace: Workspace, old: str, new: str
    ) -> None:
        self._connection = connection
        self._workspace = workspace.key
        self._old = old
        self._new = new

    async def rename(self, column: Column[Any], *but_not: ColumnElement[bool]) -> None:
        table = column.table
        mine = (table.c.workspace == self._workspace) & (column == self._old)
        named = update(table).where(mine, *(~one for one in but_not))
        await self._connection.execute(named.values({column.name: self._new}))

    async def drop(self, table: Table, channel: str, *, where: ColumnElement[bool]) -> None:
        await self._connection.execute(delete(table).where(self._of(table, channel), where))

    async def add_up(self, table: Table) -> None:
        """How often is counted on, where both ids have some."""
        other = table.alias()
        times = select(other.c.times).where(self._same_key(table, other, self._old))
        both = (self._of(table, self._new), self.same(table, self._old))
        counted = update(table).where(*both).values(times=table.c.times + times.scalar_subquery())
        await self._connection.execute(counted)

    def same(self, table: Table, channel: str) -> ColumnElement[bool]:
        """Whether a row of the same key stands under that id."""
        other = table.alias()
        return exists().where(self._same_key(table, other, channel))

    def _same_key(self, table: Table, other: Any, channel: str) -> ColumnElement[bool]:
        alike: list[ColumnElement[bool]] = [other.c[it] == table.c[it] for it in _key(table)]
        return and_(self._of(other, channel), *alike)

    def _of(self, table: Any, channel: str) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = table.c.workspace == self._workspace
        of_it: ColumnElement[bool] = table.c.channel == channel
        return mine & of_it

    async def pulses(self) -> None:
        """One that is open stays where it is if one of its pillar is open under the new id."""
        other = pulses.alias()
        twice = (pulses.c.state == PulseState.OPEN) & exists().where(
            self._of(other, self._new),
            other.c.pillar == pulses.c.pillar,
            other.c.state == PulseState.OPEN,
        )
        await self.rename(pulses.c.channel, twice)
        await self.rename(pulses.c.post_channel)

    async def sends(self) -> None:
        """A weekly key must stay unique to channel and week, whatever became of the send."""
        rows = await self._locked()
        weekly = {row.key: self._renamed(row) for row in rows if row.kind in WEEKLY}
        there = await self._standing(list(weekly.values()))
        for row in rows:
            if (key := weekly.get(row.key)) is not None:
                await self._rekey(row, key, there.get(key))
        mine = (sends.c.workspace == self._workspace) & (sends.c.channel == self._old)
        own = sends.c.person.is_(None)
        posted = sends.c.message_channel == self._old
        await self._connection.execute(
            update(sends)
            .where(mine)
            .values(
                channel=self._new,
                target=case((own, f"channel:{self._new}"), else_=sends.c.target),
                message_channel=case((posted, self._new), else_=sends.c.message_channel),
                handed=None,
            )
        )

    async def _locked(self) -> Sequence[Row[Any]]:
        query = select(sends.c.key, sends.c.kind, sends.c.state, BEGUN.label("begun"))
        mine = query.where(self._of(sends, self._old)).order_by(sends.c.key)
        return (await self._connection.execute(mine.with_for_update())).all()

    def _renamed(self, row: Row[Any]) -> str:
        before = f"{row.kind}:{self._old}:"
        week: str = row.key.removeprefix(before)
        return row.key if week == row.key else f"{row.kind}:{self._new}:{week}"

    async def _standing(self, keys: Sequence[str]) -> Mapping[str, Row[Any]]:
        query = select(sends.c.key, sends.c.state, BEGUN.label("begun"))
        mine = query.where(sends.c.workspace == self._workspace, sends.c.key.in_(keys))
        rows = await self._connection.execute(mine.order_by(sends.c.key).with_for_update())
        return {row.key: row for row in rows}

    async def _rekey(self, row: Row[Any], key: str, there: Row[Any] | None) -> None:
        """What was posted, or may have been, keeps others of its week away."""
        if row.key == key:
            return
        if row.begun:
            await self._stand_in(row.key, key)
            return
        if there is not None:
            untouched = there.state == SendState.WAITING.value and not there.begun
            gives_way = key if untouched else row.key
            await self._connection.execute(delete(sends).where(self._named(gives_way)))
            if not untouched:
                return
        await self._connection.execute(update(sends).where(self._named(row.key)).values(key=key))
        about = (sends.c.workspace == self._workspace) & (sends.c.subject == row.key)
        words = update(sends).where(about, self._of(sends, self._old))
        await self._connection.execute(words.values(subject=key))

    async def _stand_in(self, under_way: str, key: str) -> None:
        """A try under way keeps its key, by which the platform is asked whether it got through;
        another row keeps its week under the new id."""
        found = await self._connection.execute(select(sends).where(self._named(under_way)))
        now: datetime = await moment(self._connection)
        row = {
            **found.mappings().one(),
            "key": key,
            "channel": self._new,
            "target": f"channel:{self._new}",
            "state": SendState.DROPPED.value,
            "finished": now,
            "reason": "channel_moved",
        }
        stands = insert_into(sends, self._connection).values(row)
        await self._connection.execute(stands.on_conflict_do_nothing())

    def _named(self, key: str) -> ColumnElement[bool]:
        return (sends.c.workspace == self._workspace) & (sends.c.key == key)


def _key(table: Table) -> list[str]:
    """The columns that are unique within a channel."""
    whole = [index.columns for index in table.indexes if index.unique]
    keys = ([column.name for column in columns] for columns in (table.primary_key.columns, *whole))
    of_a_channel = next(names for names in keys if "channel" in names)
    return [name for name in of_a_channel if name not in ("workspace", "channel")]
