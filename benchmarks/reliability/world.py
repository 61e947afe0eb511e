"""Channels whose digests are all due at once, what else is intended, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.sendrows import send_of
from adapters.database.tables.channels import channels, slots
from adapters.database.tables.sends import paces, sends
from benchmarks.reliability.content import fill
from benchmarks.reliability.platform import Target
from benchmarks.reliability.senders import EXTRA, LATER, extras, news
from bot.messages import Platform, Workspace
from bot.ports.channels import SlotKind, SlotState
from bot.ports.sends import Send, SendState, Unknown

KEY = "dGVzdCBrZXkgb2YgdGhlIGNvYWNoLCAzMiBieXRlcyE="
WORKSPACES = 10
ROWS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Intended:
    """One send that is wanted, and what may become of it."""

    unknown: Unknown
    lookup: bool  # whether anybody can see if it got through


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What the store says of one send."""

    target: Target
    state: SendState
    attempts: int
    has_next: bool  # a time from which it is to be tried again


def workspaces_of(platform: str) -> tuple[Workspace, ...]:
    """`teams` can't be looked up; `mixed` is every other one."""
    teams = {"slack": 0, "mixed": WORKSPACES // 2, "teams": WORKSPACES}[platform]
    return tuple(
        Workspace(platform=Platform.TEAMS if number < teams else Platform.SLACK, id=f"T{number}")
        for number in range(WORKSPACES)
    )


def channels_of(platform: str, number: int) -> list[tuple[Workspace, str]]:
    every = workspaces_of(platform)
    return [(every[one % len(every)], f"C{one}") for one in range(number)]


async def build(url: str, number: int, *, platform: str = "slack", content: str = "quiet") -> None:
    """A migrated database with so many channels due now."""
    database = Database(url)
    await migrate.upgrade(database)
    due = datetime.now(UTC) - timedelta(minutes=1)
    names = channels_of(platform, number)
    async with database.writing() as connection:
        for begin in range(0, number, ROWS):
            some = names[begin : begin + ROWS]
            await connection.execute(
                insert(channels),
                [{"workspace": w.key, "channel": c, "name": c, "language": "en"} for w, c in some],
            )
            await connection.execute(insert(slots), [_slot(w, c, due) for w, c in some])
            if content == "full":
                await fill(connection, some, due)
    await database.close()


def _slot(workspace: Workspace, channel: str, due: datetime) -> dict[str, object]:
    return {
        "workspace": workspace.key,
        "channel": channel,
        "kind": SlotKind.DIGEST.value,
        "weekday": due.weekday(),
        "minute": due.hour * 60 + due.minute,
        "zone": "UTC",
        "state": SlotState.ON.value,
        "next": due.replace(second=0, microsecond=0),
    }


def intended(
    platform: str, number: int, share: float, *, with_news: bool
) -> dict[Target, Intended]:
    """All that is to be posted, each once."""
    names = channels_of(platform, number)
    beside = extras(names, share, datetime.now(UTC))
    later = news(workspaces_of(platform), datetime.now(UTC)) if with_news else ()
    kinds = EXTRA | LATER
    wanted = {
        (f"{workspace.id}/{channel}", "digest"): Intended(
            unknown=Unknown.ASK_LEAD, lookup=workspace.platform is not Platform.TEAMS
        )
        for workspace, channel in names
    }
    for send in (*beside, *later):
        lookup = send.person is None and send.place.workspace.platform is not Platform.TEAMS
        wanted[target_of(send)] = Intended(unknown=kinds[send.kind], lookup=lookup)
    return wanted


def target_of(send: Send) -> Target:
    """Channel and kind, as the recording API names them."""
    channel = f"dm-{send.person.id}" if send.person else send.place.channel
    return f"{send.place.workspace.id}/{channel}", send.kind


async def rows(database: Database) -> list[Row]:
    """All sends of the store. Raises StoreUnavailable."""
    async with database.reading() as connection:
        found = await connection.execute(select(sends))
        return [
            Row(
                target=target_of(send_of(row)),
                state=SendState(row.state),
                attempts=row.attempts,
                has_next=row.ready is not None,
            )
            for row in found
        ]


async def numbers(database: Database) -> tuple[int, int]:
    """Sends in all, and those that are not done. Raises StoreUnavailable."""
    undone = func.count().filter(sends.c.state == SendState.WAITING.value)
    async with database.reading() as connection:
        row = (await connection.execute(select(func.count(), undone).select_from(sends))).one()
        return int(row[0]), int(row[1])


async def waiting(database: Database, most: int = 20) -> Sequence[str]:
    """What is not done and why, for a run that does not end. Raises StoreUnavailable."""
    columns = (
        *(sends.c.workspace, sends.c.key, sends.c.attempts, sends.c.before, sends.c.doubtful),
        *(sends.c.ready, sends.c.handed, sends.c.due, sends.c.last_try, sends.c.reason),
    )
    async with database.reading() as connection:
        undone = await connection.execute(
            select(*columns).where(sends.c.state == SendState.WAITING.value).limit(most)
        )
        lines = [_words(row._mapping) for row in undone]
        lines += [_words(row._mapping) for row in await connection.execute(select(paces))]
    return [f"at {datetime.now(UTC):%H:%M:%S.%f}", *lines]


def _words(row: object) -> str:
    assert hasattr(row, "items")
    return ", ".join(
        f"{name} {value:%H:%M:%S.%f}" if isinstance(value, datetime) else f"{name} {value}"
        for name, value in row.items()
        if value is not None
    )
