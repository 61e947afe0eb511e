"""One run: channels due, replicas, chaos, verdict; start it with `-m` and see `--help`."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.database.engine import Database
from benchmarks.reliability.chaos import Chaos, Missed
from benchmarks.reliability.nursery import Nursery
from benchmarks.reliability.plan import EVENTS, PLATFORMS, Plan, possible
from benchmarks.reliability.platform import Platform, Target
from benchmarks.reliability.processes import Release, Replica
from benchmarks.reliability.verdict import Evidence, Verdict, judge
from benchmarks.reliability.world import (
    WORKSPACES,
    Intended,
    build,
    intended,
    numbers,
    rows,
    waiting,
)
from bot.errors import StoreUnavailable
from tests.postgres import Cluster, programs

RARE = (
    0.01  # share of channels that refuse, of posts that are dropped, late or answered by an error
)
AT_LEAST = 3  # of each
COMPOSES = 0.5  # seconds that some sends take to be made where replicas are frozen
LAST_EVENTS = 60.0  # seconds that events may take when all is posted


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What one run is played on."""

    plan: Plan
    wanted: Mapping[Target, Intended]
    platform: Platform
    nursery: Nursery
    replicas: list[Replica]
    chaos: Chaos
    database: Database
    folder: Path


async def run(plan: Plan) -> Verdict:
    """Raises TimeoutError, with what is waited for, if the sends don't come to an end."""
    with tempfile.TemporaryDirectory(prefix="coach-reliability-") as folder, _cluster(plan) as one:
        url = one.url("coach") if one else f"sqlite:///{folder}/coach.sqlite3"
        await build(url, plan.channels, platform=plan.platform, content=plan.content)
        stage = await _stage(plan, url, one, Path(folder))
        try:
            return await _play(stage)
        finally:
            await stage.nursery.close()
            await stage.database.close()
            await stage.platform.stop()
            _show_errors(stage.folder)


@contextmanager
def _cluster(plan: Plan) -> Iterator[Cluster | None]:
    if plan.database == "sqlite":
        yield None
        return
    folder = programs()
    if folder is None:
        raise SystemExit("PostgreSQL is not installed (apt-get install postgresql)")
    cluster = Cluster(folder)
    try:
        cluster.start()
        cluster.sql("ALTER SYSTEM SET synchronous_commit = on")  # it is crashed: commits must hold
        cluster.sql("SELECT pg_reload_conf()")
        cluster.sql("CREATE DATABASE coach")
        yield cluster
    finally:
        cluster.remove()


async def _stage(plan: Plan, url: str, cluster: Cluster | None, folder: Path) -> Stage:
    wanted = intended(plan.platform, plan.channels, plan.extras, with_news="deploy" in plan.chaos)
    platform, release, nursery = _platform(plan, wanted), Release(), Nursery()
    arguments = _arguments(plan, url, await platform.start(), len(wanted))
    await nursery.open()
    replicas = [
        Replica(
            number=number,
            arguments=arguments,
            nursery=nursery,
            engine=plan.engine,
            release=release,
            log=folder / f"replica{number}.log",
        )
        for number in range(plan.replicas)
    ]
    chaos = Chaos(
        replicas=replicas,
        platform=platform,
        release=release,
        expected=sum(1 for channel, _ in wanted if channel not in platform.refused),
        lease=plan.lease,
        stop_database=(lambda: cluster.stop(crash=True)) if cluster else None,
        start_database=cluster.start if cluster else None,
        seed=plan.seed,
    )
    return Stage(
        plan=plan,
        wanted=wanted,
        platform=platform,
        nursery=nursery,
        replicas=replicas,
        chaos=chaos,
        database=Database(url),
        folder=folder,
    )


def _platform(plan: Plan, wanted: Mapping[Target, Intended]) -> Platform:
    chance = random.Random(plan.seed)
    some = max(AT_LEAST, round(RARE * len(wanted)))
    digests = sorted(channel for channel, kind in wanted if kind == "digest")
    refused = chance.sample(digests, max(1, round(RARE * len(digests))))
    names = {"drop": ["drop"], "late": ["late"], "errors": ["error before", "error after"]}
    fates = [fate for name in names if name in plan.chaos for fate in names[name] * some]
    numbers = chance.sample(range(5, max(20, len(wanted) * 8 // 10)), len(fates))
    return Platform(
        lease=plan.lease,
        fastest=plan.fastest,
        slowest=plan.slowest,
        fates=dict(zip(numbers, fates, strict=True)),
        nasty_history="errors" in plan.chaos,
        refused=frozenset(refused) if "refuse" in plan.chaos else frozenset(),
        seed=plan.seed,
    )


def _arguments(plan: Plan, database: str, chat: str, sends: int) -> list[str]:
    """Of every replica."""
    named = {
        "--database": database,
        "--chat": chat,
        "--platform": plan.platform,
        "--channels": plan.channels,
        "--extras": plan.extras,
        "--due": datetime.now(UTC).isoformat(),
        "--composes": COMPOSES if "freeze" in plan.chaos else 0.0,
        "--pace": plan.pace(sends, WORKSPACES),
        "--lease": plan.lease,
        "--parallel": plan.parallel,
    }
    return [word for pair in named.items() for word in map(str, pair)]


async def _play(stage: Stage) -> Verdict:
    plan, chaos = stage.plan, stage.chaos
    for one in stage.replicas:
        await one.start()
    await asyncio.gather(*(one.ready() for one in stage.replicas))
    began = time.monotonic()
    events = {
        name: asyncio.create_task(event, name=name)
        for name, event in chaos.events(plan.chaos, plan.kills).items()
    }
    try:
        await _until_done(stage)
        seconds = time.monotonic() - began
        chaos.over = True
        missed = await _missed(events)
        await asyncio.sleep(plan.lease)  # whoever still thinks a send is theirs comes forward
        found = await rows(stage.database)
    finally:
        for task in events.values():  # before the kills: chaos starts again what it killed
            task.cancel()
        await asyncio.gather(*events.values(), return_exceptions=True)
        for one in stage.replicas:
            await one.kill()
    evidence = Evidence(
        intended=stage.wanted,
        refused=frozenset(stage.platform.refused),
        posts=stage.platform.posts,
        rows=found,
        counts=stage.platform.counts,
        chaos=plan.chaos,
        hits=chaos.hits,
        kills=plan.kills,
        missed=missed,
    )
    return judge(evidence, seconds=seconds, cpu=stage.nursery.cpu)


async def _until_done(stage: Stage) -> None:
    until = time.monotonic() + stage.plan.timeout
    open_ones = len(stage.wanted)
    while time.monotonic() < until:
        await asyncio.sleep(0.25)
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(10):
                planned, undone = await numbers(stage.database)
            open_ones = max(len(stage.wanted) - planned, 0) + undone
            if not open_ones:
                return
    try:
        why = "\n".join(await waiting(stage.database))
    except StoreUnavailable as error:
        why = f"no answer from the database: {error}"
    happened = ", ".join(f"{hit.event} at {hit.at} s" for hit in stage.chaos.hits)
    raise TimeoutError(
        f"after {stage.plan.timeout:.0f} s {open_ones} sends are open, "
        f"{len(stage.platform.posts)} posts made; {happened}\n{why}"
    )


async def _missed(events: Mapping[str, asyncio.Task[None]]) -> dict[str, str]:
    """What did not happen as demanded, and why; nothing is left frozen or stopped."""
    if not events:
        return {}
    _, running = await asyncio.wait(events.values(), timeout=LAST_EVENTS)
    for task in running:
        task.cancel()
    ends = await asyncio.gather(*events.values(), return_exceptions=True)
    return {
        name: str(end) if isinstance(end, Missed) else f"called off or failed: {end!r}"
        for name, end in zip(events, ends, strict=True)
        if end is not None
    }


def _show_errors(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        text = log.read_text(errors="replace").strip()
        if text:
            sys.stderr.write(f"{log.name}:\n{text[-3000:]}\n")


def main() -> None:
    events = "; ".join(f"{name}: {what}" for name, what in EVENTS.items())
    parser = argparse.ArgumentParser(description=__doc__, epilog=f"Chaos is: {events}")
    parser.add_argument("--channels", type=int, default=500)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--engine", choices=("embedded", "queue"), default="embedded")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--chaos", default="", help="words with commas; or all that is possible")
    parser.add_argument("--platform", choices=PLATFORMS, default="slack")
    parser.add_argument("--content", choices=("quiet", "full"), default="quiet")
    parser.add_argument("--extras", type=float, default=0.2)
    parser.add_argument("--lasts", type=float, default=0.0, help="seconds; 0: as fast as can be")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--lease", type=float, default=5.0)
    parser.add_argument("--fastest", type=float, default=0.1)
    parser.add_argument("--slowest", type=float, default=0.4)
    parser.add_argument("--parallel", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300.0)
    options = vars(parser.parse_args())
    words = options.pop("chaos")
    every = possible(options["database"], options["replicas"])
    chaos = every if words == "all" else frozenset(words.split(",") if words else ())
    verdict = asyncio.run(run(Plan(**options, chaos=chaos)))
    sys.stdout.write(f"{verdict.line()}\n{verdict.story()}\n")
    sys.stdout.writelines(f"  ! {one}\n" for one in verdict.problems)
    sys.exit(1 if verdict.problems else 0)


if __name__ == "__main__":
    main()
