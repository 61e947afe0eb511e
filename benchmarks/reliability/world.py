"""Channels whose digests are all due at once, and what became of them."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, insert, select

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.tables.channels import channels, slots
from adapters.database.tables.sends import sends
from bot.messages import Platform, Workspace
from bot.ports.channels import SlotKind, SlotState
from bot.ports.sends import SendState

KEY = "dGVzdCBrZXkgb2YgdGhlIGNvYWNoLCAzMiBieXRlcyE="
WORKSPACES = tuple(Workspace(platform=Platform.SLACK, id=f"T{number}") for number in range(10))
ROWS = 1000


async def build(url: str, number: int) -> frozenset[str]:
    """A migrated database with so many channels due now; their names as the platform has them."""
    database = Database(url)
    await migrate.upgrade(database)
    now = datetime.now(UTC)
    due = now - timedelta(minutes=1)
    names = [(WORKSPACES[one % len(WORKSPACES)], f"C{one}") for one in range(number)]
    async with database.writing() as connection:
        for begin in range(0, number, ROWS):
            some = names[begin : begin + ROWS]
            await connection.execute(
                insert(channels),
                [{"workspace": w.key, "channel": c, "name": c, "language": "en"} for w, c in some],
            )
            await connection.execute(insert(slots), [_slot(w, c, due) for w, c in some])
    await database.close()
    return frozenset(f"{workspace.id}/{channel}" for workspace, channel in names)


def _slot(workspace: Workspace, channel: str, due: datetime) -> dict[str, object]:
    at = time(due.hour, due.minute)
    return {
        "workspace": workspace.key,
        "channel": channel,
        "kind": SlotKind.DIGEST.value,
        "weekday": due.weekday(),
        "minute": at.hour * 60 + at.minute,
        "zone": "UTC",
        "state": SlotState.ON.value,
        "next": due.replace(second=0, microsecond=0),
    }


async def states(database: Database) -> dict[str, int]:
    """How many digests by state. Raises StoreUnavailable."""
    async with database.reading() as connection:
        rows = await connection.execute(
            select(sends.c.state, func.count())
            .where(sends.c.kind.in_(["digest", "news"]))
            .group_by(sends.c.state)
        )
        return {state: count for state, count in rows}


def open_ones(found: dict[str, int]) -> int:
    return found.get(SendState.WAITING.value, 0)
