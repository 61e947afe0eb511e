"""A digest a week for two years in every zone: the figures. Start it with `-m` and see `--help`."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from benchmarks.reliability.clocks import Seen, around_changes
from benchmarks.reliability.racing import (
    Mortal,
    Plan,
    Planner,
    Replica,
    Turner,
    Verdict,
    race,
)
from benchmarks.reliability.world import KEY
from knowledge.load import load
from tests.fakes import FakeChat
from tests.postgres import Cluster, programs
from tests.wallclock import ZONES, alike

MOST = 10  # slots in a transaction: few, so that planners meet
DEATHS = 0.05  # share of writing statements and of commits


def product() -> tuple[Seen, str]:
    """Every zone that changes clocks, every weekday and half-hour, three weeks a change."""
    began, seen = time.monotonic(), Seen()
    zones = [zone for group in alike() for zone in group]
    for zone in zones:
        around_changes([zone], seen, before=1, after=1)
    return seen, (
        f"rules: zones {len(zones)} (in {len(alike())} kinds) | slots {seen.slots} | comings "
        f"{seen.comings} | skipped times {seen.shifted} | doubled times {seen.twice} | wrong "
        f"{len(seen.wrong)} {seen.wrong[:5]} | {time.monotonic() - began:.0f} s"
    )


async def run(plan: Plan, database: str, kind: str, planners: int) -> tuple[Verdict, str]:
    """Each planner with connections of its own, as processes have them."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-year-"))
        url = f"sqlite:///{Path(folder)}/coach.sqlite3"
        if database == "postgresql":
            url = _cluster(stack)
        stores = []
        for _ in range(planners):
            store = DatabaseStore(Database(url), application_keys=(KEY,))
            stack.push_async_callback(store.close)
            stores.append(store)
        await migrate.upgrade(stores[0].database)
        chat = FakeChat(posts_a_second=100_000.0)
        racing = _planners(kind, stores, chat, plan.seed)
        verdict = await race(racing, stores[0], plan)
        if kind == "replica":
            _judge_posts(verdict, chat)
    deaths = sum(one.deaths for one in racing if isinstance(one, Mortal))
    line = f"{database}, {planners} {kind}s: {verdict.line()} | posts {len(chat.posts)} | "
    return verdict, line + f"deaths {deaths} | {time.monotonic() - began:.0f} s"


def _cluster(stack: AsyncExitStack) -> str:
    folder = programs()
    if folder is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = Cluster(folder)
    stack.callback(cluster.remove)
    cluster.start()
    cluster.sql("CREATE DATABASE coach")
    return cluster.url("coach")


def _planners(kind: str, stores: list[DatabaseStore], chat: FakeChat, seed: int) -> list[Planner]:
    match kind:
        case "replica":
            base = load(examples=False)
            return [Replica(store, chat, base) for store in stores]
        case "mortal":
            return [
                Mortal(store, MOST, share=DEATHS, seed=seed + number)
                for number, store in enumerate(stores)
            ]
        case _:
            return [Turner(store=store, most=MOST) for store in stores]


def _judge_posts(verdict: Verdict, chat: FakeChat) -> None:
    """What the platform got: as many as there should be, each once."""
    keys = Counter(key for _, _, key in chat.posts)
    verdict.wrong += [f"{key}: posted {number} times" for key, number in keys.items() if number > 1]
    if len(keys) != verdict.digests:
        verdict.wrong.append(f"{len(keys)} digests were posted, not {verdict.digests}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument(
        "--kind",
        choices=("turner", "mortal", "replica"),
        default="turner",
        help="turner: plans; mortal: and dies now and then; replica: plans and posts",
    )
    parser.add_argument("--years", type=int, nargs="+", default=[2026, 2027])
    parser.add_argument("--every", type=int, default=1, help="only every so many-th zone")
    parser.add_argument("--step", type=float, default=30.0, help="minutes between looks")
    parser.add_argument("--planners", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-rules", action="store_true", help="the race alone")
    options = parser.parse_args()
    plan = Plan(
        years=tuple(options.years),
        zones=ZONES[:: options.every],
        step=timedelta(minutes=options.step),
        seed=options.seed,
    )
    wrong = 0
    if not options.no_rules:
        seen, line = product()
        wrong += len(seen.wrong)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    databases = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    for database in databases:
        verdict, line = asyncio.run(run(plan, database, options.kind, options.planners))
        wrong += len(verdict.wrong)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
