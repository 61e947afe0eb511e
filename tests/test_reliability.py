"""A short run of the reliability harness: real processes, killed and frozen while they post.

Which faults each of these runs finds is written in benchmarks/reliability/MUTANTS.md.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.reliability.plan import Plan
from benchmarks.reliability.run import run

LONGEST = 60.0  # seconds that a run may take on a busy machine
SHORT = Plan(
    channels=30,
    database="postgresql",
    replicas=2,
    extras=0.5,
    lasts=4.0,
    lease=3.0,  # seconds; a killed replica's sends wait so long
    kills=2,
    timeout=LONGEST,
)


def short(chaos: str, **about: Any) -> Plan:
    return replace(SHORT, chaos=frozenset(chaos.split()), **about)


PLANS = {
    "sqlite": short("kill drop refuse errors", database="sqlite", replicas=1),
    "embedded": short("kill freeze late refuse deploy"),
    "queue": short("kill restart storm", engine="queue"),
    "teams": short("kill drop errors switch", platform="teams"),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
async def test_each_send_is_posted_once_whatever_happens(plan: Plan) -> None:
    try:
        async with asyncio.timeout(2 * LONGEST):
            verdict = await run(plan)
    except TimeoutError as error:
        pytest.fail(f"the run was given up: {error or 'it hangs outside of its own limits'}")
    assert verdict.problems == [], f"{verdict.line()}\n{verdict.story()}"
