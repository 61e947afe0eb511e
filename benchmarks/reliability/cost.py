"""What jobs cost without the platform: idle, and as the number of channels grows.

`python -m benchmarks.reliability.cost idle` runs the jobs of the whole coach on a database with a
history; `growth` posts so many digests to a chat that answers at once, each number in a process of
its own, and can draw the curve.
"""

import argparse
import asyncio
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event, update

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.database.tables.sends import sends
from adapters.jobs.embedded import PLAN_EVERY, POLL, Embedded
from benchmarks.reliability.world import KEY, build
from bot.assembly import Surroundings, assembled
from bot.delivering import Taken
from bot.sending import Sending
from knowledge.load import load
from knowledge.overlay import NOTHING
from tests.fakes import FakeChat
from tests.finder import FakeFinder
from tests.postgres import Cluster, programs
from tests.talk import Reports

IDLE_SECONDS = 60
WARM_SECONDS = 600
WEEKS = 20  # of history in the idle run
NUMBERS = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
AT_ONCE = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Of planning and posting so many digests once."""

    channels: int
    content: str
    database: str
    seconds: float
    cpu: float  # seconds, of this process: with PostgreSQL its server comes on top
    planning: float  # seconds of it
    megabytes: float  # peak memory

    @property
    def each(self) -> float:
        """Milliseconds of CPU a digest."""
        return 1000 * self.cpu / self.channels

    def row(self) -> str:
        return (
            f"| {self.channels:,} | {self.seconds:.1f} | {self.cpu:.1f} | {self.planning:.1f} | "
            f"{self.each:.2f} | {self.megabytes:.0f} |"
        )


@contextmanager
def database_of(kind: str) -> Iterator[str]:
    """The address of an empty one."""
    with tempfile.TemporaryDirectory(prefix="coach-cost-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/coach.sqlite3"
            return
        found = programs()
        if found is None:
            raise SystemExit("PostgreSQL is not installed (apt-get install postgresql)")
        cluster = Cluster(found)
        try:
            cluster.start()
            cluster.sql("CREATE DATABASE coach")
            yield cluster.url("coach")
        finally:
            cluster.remove()


def clock() -> datetime:
    return datetime.now(UTC)


def report(error: Exception, *, doing: str) -> None:
    raise AssertionError(doing) from error


def whole(store: DatabaseStore) -> Sending:
    """All that the coach does by itself, on a chat that answers at once."""
    coach = assembled(
        Surroundings(
            base=load(examples=False),
            finder=FakeFinder(),
            overlay=NOTHING,
            store=store,
            chat=FakeChat(posts_a_second=100_000.0),
            clock=clock,
            report=Reports(),
            job_report=report,
        )
    )
    return coach.sending


async def send_all(sending: Sending) -> None:
    taken: list[Taken] = []
    while await sending.take(AT_ONCE, taken.append):
        await asyncio.gather(*(sending.deliver(one) for one in taken))
        taken.clear()


async def idle(url: str, channels: int) -> str:
    """With that many channels, their pulses, and weeks of sends that are done."""
    await build(url, channels, content="full")
    database = Database(url)
    store = DatabaseStore(database, application_keys=(KEY,))
    sending = whole(store)
    await sending.plan()
    await send_all(sending)
    await _history(database)
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(Engine, "before_cursor_execute", count)  # of every engine that the store has
    bare = await _share(_waking())
    jobs = Embedded(sending, report)
    await jobs.start()
    await asyncio.sleep(6)
    counted[0] = 0
    share = await _share(asyncio.sleep(IDLE_SECONDS))
    rate = counted[0] / IDLE_SECONDS
    await jobs.stop()
    warm = await _warm(sending)
    event.remove(Engine, "before_cursor_execute", count)
    await store.close()
    return (
        f"idle, {channels:,} channels: {share:.2f} % CPU, {rate:.1f} statements a second; "
        f"a loop that only wakes as often: {bare:.2f} %; "
        f"the same work without sleeping in between: {warm:.2f} %"
    )


async def _share(work: Awaitable[object]) -> float:
    """Per cent of a core that this process needs for as long as `work` takes."""
    began, used = time.monotonic(), time.process_time()
    await work
    return 100 * (time.process_time() - used) / (time.monotonic() - began)


async def _waking() -> None:
    """The baseline: on a virtual machine that sleeps, waking up is most of it."""
    for _ in range(IDLE_SECONDS):
        await asyncio.sleep(1 / POLL)


async def _warm(sending: Sending) -> float:
    """Per cent of a core of as many rounds as a second has, done at one go."""
    used = time.process_time()
    for second in range(WARM_SECONDS):
        await sending.take(1, _nothing)
        if second % int(PLAN_EVERY) == 0:
            await sending.plan()
    return 100 * (time.process_time() - used) / WARM_SECONDS


def _nothing(taken: Taken) -> None:
    raise AssertionError(taken)


async def _history(database: Database) -> None:
    """This week's sends once more for each of the weeks before."""
    others = [column.name for column in sends.columns if column.name not in ("key", "due")]
    names = ", ".join(f'"{name}"' for name in others)
    async with database.writing() as connection:
        for week in range(1, WEEKS):
            await connection.exec_driver_sql(
                f'INSERT INTO sends ("key", "due", {names}) '
                f'SELECT "key" || \' before {week}\', "due", {names} FROM sends '
                "WHERE \"key\" NOT LIKE '% before %'"
            )
        await connection.execute(update(sends).values(due=clock() - timedelta(days=50)))


async def growth(url: str, kind: str, channels: int, content: str) -> Cost:
    """Everything but the platform's own time: planning, claiming, composing, recording."""
    await build(url, channels, content=content)
    store = DatabaseStore(Database(url), application_keys=(KEY,))
    sending = whole(store)
    began, used = time.monotonic(), time.process_time()
    await sending.plan()
    planning = time.process_time() - used
    await send_all(sending)
    cost = Cost(
        channels=channels,
        content=content,
        database=kind,
        seconds=time.monotonic() - began,
        cpu=time.process_time() - used,
        planning=planning,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    counts = await store.sends.counts()
    if counts != {("digest", "sent"): channels}:
        raise AssertionError(counts)
    await store.close()
    return cost


def in_a_process_of_its_own(options: argparse.Namespace, channels: int) -> Cost:
    command = [sys.executable, "-m", "benchmarks.reliability.cost", "one", str(channels)]
    command += ["--database", options.database, "--content", options.content]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def slope(costs: Sequence[Cost]) -> float:
    """The exponent of growth from a thousand channels on, by least squares: 1 is linear."""
    pairs = [(math.log(one.channels), math.log(one.cpu)) for one in costs if one.channels >= 1000]
    x, y = (sum(of) / len(pairs) for of in zip(*pairs, strict=True))
    steepness: float = sum((a - x) * (b - y) for a, b in pairs)
    return steepness / math.fsum((a - x) ** 2 for a, _ in pairs)


def draw(costs: Sequence[Cost], file: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    numbers = [one.channels for one in costs]
    axes.loglog(numbers, [one.cpu for one in costs], "o-", label="measured")
    anchor = next(one for one in costs if one.channels >= 1000)
    line = [anchor.cpu * number / anchor.channels for number in numbers]
    axes.loglog(numbers, line, "--", color="grey", label=f"linear, through {anchor.channels:,}")
    axes.set_xlabel("channels whose digest is due")
    axes.set_ylabel("CPU, seconds")
    axes.set_title(f"All digests once ({costs[0].database}, {costs[0].content} channels)")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(file, dpi=110)


def curve(options: argparse.Namespace) -> None:
    costs: list[Cost] = []
    say("| channels | seconds | CPU, s | of it planning, s | ms a digest | peak memory, MB |")
    say("|---|---|---|---|---|---|")
    for channels in options.channels or NUMBERS:
        costs.append(in_a_process_of_its_own(options, channels))
        say(costs[-1].row())
    if sum(one.channels >= 1000 for one in costs) > 1:
        say(f"CPU grows with channels to the power of {slope(costs):.2f}")
    if options.picture:
        draw(costs, options.picture)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("idle", "growth", "one"))
    parser.add_argument("channels", type=int, nargs="*")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--content", choices=("quiet", "full"), default="quiet")
    parser.add_argument("--picture", type=Path, help="a .png or .svg file for the curve")
    options = parser.parse_args()
    say(f"load before: {os.getloadavg()[0]:.1f}")
    if options.what == "growth":
        curve(options)
        return
    with database_of(options.database) as url:
        (channels,) = options.channels or (1000,)
        if options.what == "idle":
            say(asyncio.run(idle(url, channels)))
        else:
            cost = asyncio.run(growth(url, options.database, channels, options.content))
            say(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
