"""What jobs cost: idle, and as the number of channels grows. `-m benchmarks.reliability.cost`."""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.jobs.embedded import Embedded
from benchmarks.reliability.world import KEY, build
from bot.delivering import Taken
from bot.digesting import digesting
from bot.instrument import Instrument
from bot.roles import Roles
from bot.sending import Sending
from knowledge.load import load
from tests.fakes import FakeChat

IDLE_SECONDS = 20


def clock() -> datetime:
    return datetime.now(UTC)


def report(error: Exception, *, doing: str) -> None:
    raise AssertionError(doing) from error


def sending_on(store: DatabaseStore) -> Sending:
    chat = FakeChat(posts_a_second=100_000.0)
    digest = digesting(
        store=store,
        chat=chat,
        roles=Roles(store.roles, chat, clock),
        instrument=Instrument(load(examples=False)),
        clock=clock,
    )
    return Sending(
        store=store.sends,
        chat=chat,
        senders=digest.senders,
        trouble=digest.deliveries,
        clock=clock,
        report=report,
    )


async def idle(url: str) -> str:
    await build(url, 100)
    database = Database(url)
    store = DatabaseStore(database, application_keys=(KEY,))
    sending = sending_on(store)
    await sending.all_due()
    counted = [0]

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _count(*_: object) -> None:
        counted[0] += 1

    jobs = Embedded(sending, report)
    await jobs.start()
    await asyncio.sleep(2)
    counted[0], began = 0, time.process_time()
    await asyncio.sleep(IDLE_SECONDS)
    used = time.process_time() - began
    await jobs.stop()
    await store.close()
    share, rate = 100 * used / IDLE_SECONDS, counted[0] / IDLE_SECONDS
    return f"idle: {share:.2f} % CPU, {rate:.1f} statements a second"


async def growth(url: str, channels: int) -> str:
    """Everything but the platform's own time: planning, claiming, composing, recording."""
    await build(url, channels)
    store = DatabaseStore(Database(url), application_keys=(KEY,))
    sending = sending_on(store)
    began, used = time.monotonic(), time.process_time()
    await sending.plan()
    planned = time.process_time() - used
    taken: list[Taken] = []
    while await sending.take(64, taken.append):
        await asyncio.gather(*(sending.deliver(one) for one in taken))
        taken.clear()
    used, took = time.process_time() - used, time.monotonic() - began
    await store.close()
    each = 1000 * used / channels
    return (
        f"{channels:7d} channels: {took:7.1f} s, CPU {used:7.1f} s (plan {planned:.1f} s), "
        f"{each:.1f} ms each"
    )


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(await idle(f"sqlite:///{Path(folder)}/idle.sqlite3") + "\n")
        for channels in [int(one) for one in sys.argv[1:]] or [100, 1000, 10_000]:
            url = f"sqlite:///{Path(folder)}/{channels}.sqlite3"
            sys.stdout.write(await growth(url, channels) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
