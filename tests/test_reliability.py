"""A short run of the reliability harness: real processes, killed and frozen while they post.

Which faults each of these runs finds is written in benchmarks/reliability/MUTANTS.md.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.reliability.chaos import Hit
from benchmarks.reliability.plan import Plan, possible
from benchmarks.reliability.platform import Counts, Post, Target
from benchmarks.reliability.run import run
from benchmarks.reliability.verdict import Evidence, judge
from benchmarks.reliability.world import Intended, Row
from bot.ports.sends import SendState, Unknown

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


DIGEST, NEWS, ASK = ("T1/C1", "digest"), ("T1/N1", "news"), ("T1/dm-U1", "ask")
HIT = Hit(event="freeze", at=1.0, in_flight=2, before=1)
GOOD = Evidence(
    intended={
        DIGEST: Intended(unknown=Unknown.ASK_LEAD, lookup=True),
        NEWS: Intended(unknown=Unknown.ASK_LEAD, lookup=True),
        ASK: Intended(unknown=Unknown.ASK_LEAD, lookup=False),
    },
    refused=frozenset(),
    posts=[],
    rows=[],
    counts=Counts(),
    chaos=frozenset({"freeze"}),
    hits=[HIT],
    kills=0,
    missed={},
)


def post(target: Target, key: str = "k") -> Post:
    channel, kind = target
    return Post(channel=channel, kind=kind, key=key, replica="0", stamp=1.0, message="m")


def row(target: Target, state: SendState = SendState.SENT, *, has_next: bool = False) -> Row:
    return Row(target=target, state=state, attempts=1, has_next=has_next)


POSTS = [post(DIGEST), post(NEWS), post(ASK)]
ROWS = [row(DIGEST), row(NEWS), row(ASK)]


def problems(**other: Any) -> list[str]:
    evidence = replace(GOOD, **{"posts": POSTS, "rows": ROWS, **other})
    return judge(evidence, seconds=1.0, cpu=1.0).problems


def test_a_run_in_which_all_is_right_is_good() -> None:
    assert problems() == []
    unknown = [*ROWS[:2], row(ASK, SendState.UNKNOWN)]
    assert problems(rows=unknown) == problems(rows=unknown, posts=POSTS[:2]) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"posts": [*POSTS, post(DIGEST, "another week")]}, "doubled: digest to T1/C1"),
        ({"posts": POSTS[::2]}, "lost: news to T1/N1"),
        ({"posts": [*POSTS, post(("T1/C9", "digest"))]}, "not intended: digest to T1/C9"),
        ({"refused": frozenset({"T1/C1"})}, "posted though refused: digest to T1/C1"),
        ({"rows": ROWS[1:]}, "never planned: digest to T1/C1"),
        ({"rows": [row(DIGEST, SendState.LATE), *ROWS[1:]]}, "late with 1 posts: digest to T1/C1"),
        (
            {"rows": [row(DIGEST, SendState.UNKNOWN), *ROWS[1:]]},
            "unknown with 1 posts: digest to T1/C1",
        ),
        (
            {"rows": [row(DIGEST, has_next=True), *ROWS[1:]]},
            "sent, and to be tried again: digest to T1/C1",
        ),
        ({"hits": []}, "freeze: met posts 0 times, wanted 1"),
        ({"hits": [replace(HIT, in_flight=0)]}, "freeze: met posts 0 times, wanted 1"),
        ({"hits": [replace(HIT, before=3)]}, "freeze: no post came after it"),
        ({"missed": {"freeze": "called off"}}, "freeze: called off"),
        ({"chaos": frozenset({"drop"})}, "drop: never"),
        ({"counts": Counts(trespasses=2)}, "2 requests to workspaces that had asked to wait"),
    ],
)
def test_whatever_is_wrong_makes_a_run_bad(other: dict[str, Any], said: str) -> None:
    assert said in problems(**other)


def test_a_run_can_not_demand_what_its_set_up_does_not_allow() -> None:
    assert {"dead", "switch", "restart"}.isdisjoint(possible("sqlite", 1))
    with pytest.raises(ValueError, match="dead"):
        replace(SHORT, database="sqlite", replicas=1, chaos=frozenset({"dead"}))
