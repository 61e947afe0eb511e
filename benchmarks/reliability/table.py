"""The matrix of runs behind the table in docs/benchmarks.md, one after the other.

Run: python -m benchmarks.reliability.table [--only WORD …] [--seeds 1,2] [--results FILE]
A run whose line is in FILE (JSON, one a line) is not made again: what was broken off goes on.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.reliability.plan import Plan, possible
from benchmarks.reliability.run import run

SETUPS = {  # database, engine, replicas
    "sqlite-1": ("sqlite", "embedded", 1),
    "postgresql-embedded-2": ("postgresql", "embedded", 2),
    "postgresql-embedded-3": ("postgresql", "embedded", 3),
    "postgresql-queue-2": ("postgresql", "queue", 2),
    "postgresql-queue-3": ("postgresql", "queue", 3),
}
SOME = frozenset({"kill", "drop", "refuse"})
CHAOS = ("nothing", "kills", "all", "teams", "full")
LEASE = 8.0  # seconds
KILLS = 20
LASTS = {500: 45.0, 10_000: 60.0}  # seconds of posting where events must find posts
TIMEOUT = {60: 120.0, 500: 300.0, 10_000: 900.0}  # seconds
SMALL = 60  # channels of the rows that only show that the matrix works
HEAD = (
    "run",
    "seed",
    "load before",
    "lease, s",
    "seconds",
    "posts",
    "lost",
    "doubled",
    "look-ups / found",
    "unknown, listed",
    "kills that met posts",
    "events that met posts",
    "CPU, s",
    "problems",
)


def matrix() -> dict[str, Plan]:
    """Named `CHANNELS SETUP CHAOS`."""
    return {
        f"{channels} {setup} {chaos}": _plan(channels, setup, chaos)
        for channels in (SMALL, *LASTS)
        for setup in SETUPS
        for chaos in CHAOS
    }


def _plan(channels: int, setup: str, chaos: str) -> Plan:
    database, engine, replicas = SETUPS[setup]
    events = {
        "nothing": frozenset[str](),
        "kills": SOME,
        "all": possible(database, replicas),
        "teams": SOME | {"errors", "late"},
        "full": SOME,
    }[chaos]
    small = channels == SMALL
    return Plan(
        channels=channels,
        database=database,
        engine=engine,
        replicas=replicas,
        chaos=events,
        platform="teams" if chaos == "teams" else "slack",
        content="full" if chaos == "full" else "quiet",
        lasts=0.0 if chaos == "nothing" else LASTS.get(channels, 10.0),
        lease=3.0 if small else LEASE,
        kills=3 if small else KILLS,
        timeout=TIMEOUT[channels],
    )


def _row(one: Mapping[str, Any]) -> Iterator[object]:
    """Its cells, in the order of HEAD."""
    met = [hit["event"] for hit in one["hits"] if hit["in_flight"]]
    yield from (one["name"], one["seed"], one["load"], one["lease"], one["seconds"])
    yield from (one["posts"], len(one["lost"]), len(one["doubled"]))
    yield f"{one['lookups']} / {one['found']}"
    yield one["unknown"]
    yield met.count("kill")
    counted = [f"{count} {name}" for name, count in sorted(one["answers"].items())]
    yield ", ".join([*sorted(set(met) - {"kill"}), *counted]) or "–"
    yield one["cpu"]
    yield len(one["problems"])


def table(results: list[dict[str, Any]]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *(list(_row(one)) for one in results)]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


async def measured(name: str, plan: Plan) -> dict[str, Any]:
    """One run as a line of the results; a run that does not end is a result, too."""
    about = {
        "name": name,
        "seed": plan.seed,
        "lease": plan.lease,
        "load": f"{os.getloadavg()[0]:.1f}",
    }
    try:
        return {**about, **asdict(await run(plan))}
    except (TimeoutError, RuntimeError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        nothing = dict.fromkeys(("seconds", "posts", "lookups", "found", "unknown", "cpu"), "–")
        lists: dict[str, list[str]] = {"lost": [], "doubled": [], "hits": []}
        counts: dict[str, int] = {}
        return {
            **about,
            **nothing,
            **lists,
            "answers": counts,
            "problems": [f"did not end: {error}"],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=[], help="words, all in the row's name")
    parser.add_argument("--seeds", default="1", help="numbers with commas")
    parser.add_argument("--results", type=Path, default=Path("reliability.jsonl"))
    parser.add_argument("--list", action="store_true", help="names of the rows, and end")
    options = parser.parse_args()
    rows = {
        name: plan
        for name, plan in matrix().items()
        if all(word in name.split() for word in options.only)
        and (plan.channels != SMALL or str(SMALL) in options.only)
    }
    if options.list:
        sys.stdout.writelines(f"{name}\n" for name in rows)
        return
    results: list[dict[str, Any]] = []
    if options.results.exists():
        results = [json.loads(line) for line in options.results.read_text("utf-8").splitlines()]
    _measure(rows, [int(seed) for seed in options.seeds.split(",")], results, options.results)
    sys.stdout.write(table([one for one in results if one["name"] in rows]))


def _measure(
    rows: Mapping[str, Plan], seeds: list[int], results: list[dict[str, Any]], file: Path
) -> None:
    """Those that are missing, each written down as soon as it is known."""
    done = {(one["name"], one["seed"]) for one in results}
    for name, plan in rows.items():
        for seed in seeds:
            if (name, seed) in done:
                continue
            fields = asdict(plan) | {"seed": seed}
            found = asyncio.run(measured(name, Plan(**fields)))
            results.append(found)
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
