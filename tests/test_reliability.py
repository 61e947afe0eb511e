"""A short run of the reliability harness: real processes, killed and frozen while they post."""

import asyncio

import pytest

from benchmarks.reliability.run import Plan, run

LEASE = 3.0  # seconds; a killed replica's sends wait so long
LONGEST = 60.0  # seconds that a run may take on a busy machine


@pytest.mark.parametrize(
    "plan",
    [
        Plan(
            channels=60,
            database="sqlite",
            chaos=frozenset({"kill", "drop", "refuse"}),
            kills=2,
            lease=LEASE,
            timeout=LONGEST,
        ),
        Plan(
            channels=60,
            database="postgresql",
            replicas=2,
            chaos=frozenset({"kill", "freeze", "drop"}),
            kills=2,
            lease=LEASE,
            timeout=LONGEST,
        ),
        Plan(
            channels=60,
            database="postgresql",
            engine="queue",
            replicas=2,
            chaos=frozenset({"kill", "restart", "storm"}),
            kills=2,
            lease=LEASE,
            timeout=LONGEST,
        ),
    ],
    ids=lambda plan: f"{plan.database}-{plan.engine}",
)
async def test_nothing_is_lost_and_nothing_is_doubled(plan: Plan) -> None:
    try:
        async with asyncio.timeout(2 * LONGEST):
            verdict = await run(plan)
    except TimeoutError as error:
        pytest.fail(f"the run was given up: {error or 'it hangs outside of its own limits'}")
    assert (verdict.lost, verdict.doubled) == ([], [])
    assert verdict.states.keys() <= {"sent", "failed"}
    assert verdict.posts + verdict.states.get("failed", 0) == plan.channels
