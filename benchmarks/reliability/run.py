"""One run: channels due, replicas, chaos, verdict; start it with `-m` and see `--help`."""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.database.engine import Database
from benchmarks.reliability.chaos import Chaos, Replica
from benchmarks.reliability.platform import Platform
from benchmarks.reliability.replica import NEWS
from benchmarks.reliability.world import build, open_ones, states
from bot.errors import StoreUnavailable
from tests.postgres import Cluster, programs

REFUSING = 0.01  # share of channels that refuse for good
DROPS = 0.01  # share of accepted posts whose connection is dropped
EVENTS = ("kill", "dead", "freeze", "restart", "deploy", "storm", "refuse", "drop")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    channels: int
    database: str  # sqlite or postgresql
    engine: str = "embedded"
    replicas: int = 1
    chaos: frozenset[str] = frozenset()
    lease: float = 5.0  # seconds
    kills: int = 20
    fastest: float = 0.1
    slowest: float = 0.4
    parallel: int = 128
    seed: int = 1
    timeout: float = 300.0  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    seconds: float
    posts: int
    lost: list[str]
    doubled: list[str]
    states: dict[str, int]
    kills: int
    storms: int
    dropped: int
    busiest: int
    cpu: float  # seconds, of all replicas
    events: list[str] = field(default_factory=list)

    def line(self) -> str:
        rest = ", ".join(f"{state} {count}" for state, count in sorted(self.states.items()))
        return (
            f"{self.seconds:6.1f} s | posts {self.posts} | lost {len(self.lost)} | doubled "
            f"{len(self.doubled)} | kills {self.kills} | 429s {self.storms} | dropped "
            f"{self.dropped} | at once {self.busiest} | CPU {self.cpu:.1f} s | {rest} | "
            f"{'; '.join(self.events)}"
        )


async def run(plan: Plan) -> Verdict:
    """Raises TimeoutError if the digests don't come to an end."""
    with tempfile.TemporaryDirectory(prefix="coach-reliability-") as folder:
        cluster = _cluster() if plan.database == "postgresql" else None
        try:
            url = cluster.url("coach") if cluster else f"sqlite:///{folder}/coach.sqlite3"
            return await _run(plan, url, cluster, Path(folder))
        finally:
            if cluster:
                cluster.remove()


def _cluster() -> Cluster:
    folder = programs()
    if folder is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = Cluster(folder)
    cluster.start()
    cluster.sql("ALTER SYSTEM SET synchronous_commit = on")  # it is crashed: commits must hold
    cluster.sql("SELECT pg_reload_conf()")
    cluster.sql("CREATE DATABASE coach")
    return cluster


async def _run(plan: Plan, url: str, cluster: Cluster | None, folder: Path) -> Verdict:
    used = _children()
    names = await build(url, plan.channels)
    chosen = random.Random(plan.seed)
    refusing = frozenset(one for one in sorted(names) if chosen.random() < REFUSING)
    platform = Platform(
        fastest=plan.fastest,
        slowest=plan.slowest,
        drops=DROPS if "drop" in plan.chaos else 0.0,
        refused=refusing if "refuse" in plan.chaos else frozenset(),
        seed=plan.seed,
    )
    arguments = [
        *("--database", url, "--chat", await platform.start(), "--engine", plan.engine),
        *("--lease", str(plan.lease), "--parallel", str(plan.parallel)),
    ]
    replicas = [
        Replica(arguments=arguments, log=folder / f"replica{number}.log")
        for number in range(plan.replicas)
    ]
    chaos = Chaos(replicas=replicas, lease=plan.lease, seed=plan.seed)
    database = Database(url)
    trouble: list[asyncio.Task[None]] = []
    try:
        for one in replicas:
            await one.start()
        await asyncio.gather(*(one.ready() for one in replicas))
        began = time.monotonic()
        trouble = [asyncio.create_task(one) for one in _events(plan, chaos, platform, cluster)]
        expected = plan.channels + (NEWS if "deploy" in plan.chaos else 0)
        await _until_done(database, expected, plan.timeout)
        seconds = time.monotonic() - began
        await _all(trouble)
        await asyncio.sleep(plan.lease)  # whoever still thinks a send is theirs comes forward
        found = await states(database)
    finally:
        for task in trouble:  # before the kills: chaos starts again what it killed
            task.cancel()
        await asyncio.gather(*trouble, return_exceptions=True)
        for one in replicas:
            await one.kill()
        await database.close()
        await platform.stop()
        _show_errors(folder)
    return Verdict(
        seconds=seconds,
        posts=sum(len(of) for of in platform.accepted.values()),
        lost=platform.lost(names),
        doubled=platform.doubled(),
        states=found,
        kills=chaos.kills,
        storms=platform.storms,
        dropped=platform.dropped,
        busiest=platform.busiest,
        cpu=_children() - used,
        events=chaos.events,
    )


def _events(
    plan: Plan, chaos: Chaos, platform: Platform, cluster: Cluster | None
) -> list[Coroutine[Any, Any, None]]:
    chosen: list[Coroutine[Any, Any, None]] = []
    if "kill" in plan.chaos:
        spare = chaos.replicas[-1] if "dead" in plan.chaos else None
        chosen.append(chaos.killing(plan.kills, spare=spare))
    if "dead" in plan.chaos:
        chosen.append(chaos.dying_for_good(0.5))
    if "freeze" in plan.chaos:
        chosen.append(chaos.freezing(0.4))
    if "restart" in plan.chaos and cluster is not None:
        crash = lambda: cluster.stop(crash=True)  # noqa: E731
        chosen.append(chaos.restarting(1.0, 2.0, crash, cluster.start))
    if "deploy" in plan.chaos:
        chosen.append(chaos.deploying(1.0))
    if "storm" in plan.chaos:

        def storm(on: bool) -> None:
            platform.storming = on

        chosen.append(chaos.storming(storm, 0.5, 3.0))
    return chosen


def _children() -> float:
    """Seconds of CPU of the replicas that have ended."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


async def _until_done(database: Database, expected: int, longest: float) -> None:
    until = time.monotonic() + longest
    found: dict[str, int] = {}
    while time.monotonic() < until:
        await asyncio.sleep(0.25)
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(10):
                found = await states(database)
        if sum(found.values()) >= expected and not open_ones(found):
            return
    raise TimeoutError(f"after {longest:.0f} s, {expected} sends are at {found or 'no answer'}")


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    """What has not happened by now is called off, but nothing is left frozen or stopped."""
    _, running = await asyncio.wait(tasks, timeout=15) if tasks else (set(), set())
    for one in running:
        one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _show_errors(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        text = log.read_text(errors="replace").strip()
        if text:
            sys.stderr.write(f"{log.name}:\n{text[-3000:]}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--channels", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--engine", choices=("embedded", "queue"), default="embedded")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--chaos", default="", help=f"of {', '.join(EVENTS)}; or all")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--lease", type=float, default=5.0)
    parser.add_argument("--fastest", type=float, default=0.1)
    parser.add_argument("--slowest", type=float, default=0.4)
    parser.add_argument("--parallel", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300.0)
    options = vars(parser.parse_args())
    words = options.pop("chaos")
    chaos = frozenset(EVENTS if words == "all" else words.split(",") if words else ())
    verdict = asyncio.run(run(Plan(**options, chaos=chaos)))
    sys.stdout.write(verdict.line() + "\n")
    sys.exit(1 if verdict.lost or verdict.doubled else 0)


if __name__ == "__main__":
    main()
