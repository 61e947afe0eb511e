"""A short run of the reliability harness: real processes, killed and frozen while they post."""

import pytest

from benchmarks.reliability.run import Plan, run


@pytest.mark.parametrize(
    "plan",
    [
        Plan(channels=60, database="sqlite", chaos=frozenset({"kill", "drop", "refuse"}), kills=3),
        Plan(
            channels=60,
            database="postgresql",
            replicas=2,
            chaos=frozenset({"kill", "freeze", "drop"}),
            kills=2,
        ),
        Plan(
            channels=60,
            database="postgresql",
            engine="queue",
            replicas=2,
            chaos=frozenset({"kill", "restart", "storm"}),
            kills=2,
        ),
    ],
    ids=lambda plan: f"{plan.database}-{plan.engine}",
)
async def test_nothing_is_lost_and_nothing_is_doubled(plan: Plan) -> None:
    verdict = await run(plan)
    assert (verdict.lost, verdict.doubled) == ([], [])
    assert verdict.states.keys() <= {"sent", "failed"}
    assert verdict.posts + verdict.states.get("failed", 0) == plan.channels
