"""Judges one run: each intended post exactly once, nothing else, and every event met some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.reliability.chaos import Hit
from benchmarks.reliability.platform import Counts, Post, Target
from benchmarks.reliability.world import Intended, Row
from bot.ports.sends import SendState, Unknown

MOST_REFUSALS = 3  # of one send: who is killed before it could write that down is refused again
FATES = {"drop": ("drop",), "late": ("late",), "errors": ("error before", "error after")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that is known when a run is over."""

    intended: Mapping[Target, Intended]
    refused: frozenset[str]  # channels
    posts: Sequence[Post]
    rows: Sequence[Row]
    counts: Counts
    chaos: frozenset[str]  # demanded
    hits: Sequence[Hit]
    kills: int  # demanded
    missed: Mapping[str, str]  # events that did not happen as demanded, and why


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The run was good if nothing is in `problems`."""

    problems: list[str]
    seconds: float
    posts: int
    lost: list[str]
    doubled: list[str]
    copies: int  # of what may be sent again: more posts than sends
    unknown: int  # listed for a lead, because nobody can look
    states: dict[str, int]
    again: int  # sends tried more than once
    lookups: int
    found: int  # posts that a look-up found: doubles avoided
    answers: dict[str, int]  # of the API, beside good ones
    refusals: int
    in_hand: int  # requests during a Retry-After that were claimed before it
    busiest: int
    cpu: float  # seconds, of all replicas
    hits: list[Hit] = field(default_factory=list)

    def line(self) -> str:
        answers = ", ".join(f"{name} {count}" for name, count in sorted(self.answers.items()))
        states = ", ".join(f"{name} {count}" for name, count in sorted(self.states.items()))
        return (
            f"{'BAD' if self.problems else 'good'} | {self.seconds:.1f} s | posts {self.posts} | "
            f"lost {len(self.lost)} | doubled {len(self.doubled)} | copies {self.copies} | "
            f"unknown {self.unknown} | tried again {self.again} | look-ups {self.lookups}, found "
            f"{self.found} | {answers or 'no errors'} | refusals {self.refusals} | in hand at a "
            f"429 {self.in_hand} | at once {self.busiest} | CPU {self.cpu:.1f} s | {states}"
        )

    def met(self, event: str) -> int:
        """Events of this name that met a request."""
        return sum(1 for hit in self.hits if hit.event == event and hit.in_flight)

    def story(self) -> str:
        """Each event: when, what it met, posts before and after."""
        return "\n".join(
            f"  {hit.at:6.1f} s {hit.event:8s} met {hit.in_flight:3d} | posts before "
            f"{hit.before:5d}, after {self.posts - hit.before:5d}"
            for hit in self.hits
        )


def judge(evidence: Evidence, *, seconds: float, cpu: float) -> Verdict:
    posted = Counter((post.channel, post.kind) for post in evidence.posts)
    states = {row.target: row.state for row in evidence.rows}
    lost = [_name(one) for one in evidence.intended if _is_lost(one, evidence, posted, states)]
    doubled = [_name(one) for one in posted if _is_doubled(one, evidence, posted)]
    problems = [
        *(f"lost: {one}" for one in lost),
        *(f"doubled: {one}" for one in doubled),
        *_strangers(evidence, posted),
        *_bad_rows(evidence, posted),
        *_bad_answers(evidence),
        *_bad_events(evidence),
    ]
    found, counts = Counter(row.state.value for row in evidence.rows), evidence.counts
    return Verdict(
        problems=problems,
        seconds=round(seconds, 1),
        posts=len(evidence.posts),
        lost=lost,
        doubled=doubled,
        copies=sum(
            number - 1
            for one, number in posted.items()
            if number > 1 and _may_be_copied(one, evidence)
        ),
        unknown=found[SendState.UNKNOWN.value],
        states=dict(found),
        again=sum(1 for row in evidence.rows if row.attempts > 1),
        lookups=counts.lookups,
        found=len(counts.found),
        answers=dict(counts.answers),
        refusals=counts.refusals.total(),
        in_hand=counts.in_hand,
        busiest=counts.busiest,
        cpu=round(cpu, 1),
        hits=list(evidence.hits),
    )


def _name(target: Target) -> str:
    channel, kind = target
    return f"{kind} to {channel}"


def _is_lost(
    target: Target,
    evidence: Evidence,
    posted: Mapping[Target, int],
    states: Mapping[Target, SendState],
) -> bool:
    """Nothing stands there, and no lead is told that nobody knows."""
    if posted.get(target) or target[0] in evidence.refused:
        return False
    return not (
        states.get(target) is SendState.UNKNOWN and _may_be_unknown(evidence.intended[target])
    )


def _may_be_unknown(send: Intended) -> bool:
    return send.unknown is Unknown.ASK_LEAD and not send.lookup


def _may_be_copied(target: Target, evidence: Evidence) -> bool:
    """Where nobody can look and a copy does no harm; and only if something went wrong."""
    send = evidence.intended.get(target)
    again = send is not None and send.unknown is Unknown.SEND_AGAIN and not send.lookup
    return again and bool(evidence.chaos)


def _is_doubled(target: Target, evidence: Evidence, posted: Mapping[Target, int]) -> bool:
    return posted[target] > 1 and not _may_be_copied(target, evidence)


def _strangers(evidence: Evidence, posted: Mapping[Target, int]) -> list[str]:
    """Posts that nobody intended, and such to channels that refuse."""
    return [f"not intended: {_name(one)}" for one in posted if one not in evidence.intended] + [
        f"posted though refused: {_name(one)}" for one in posted if one[0] in evidence.refused
    ]


def _bad_rows(evidence: Evidence, posted: Mapping[Target, int]) -> list[str]:
    """What the store says must be what happened."""
    times = Counter(row.target for row in evidence.rows)
    bad = [f"{count} rows: {_name(one)}" for one, count in times.items() if count > 1]
    bad += [f"never planned: {_name(one)}" for one in evidence.intended if one not in times]
    bad += [  # somebody whose lease was over wrote into it
        f"{row.state}, and to be tried again: {_name(row.target)}"
        for row in evidence.rows
        if row.has_next and row.state is not SendState.WAITING
    ]
    for row in evidence.rows:
        send = evidence.intended.get(row.target)
        if send is None:
            bad.append(f"planned though not intended: {_name(row.target)}")
        elif not _is_true(row, send, posted.get(row.target, 0), evidence.refused):
            count = posted.get(row.target, 0)
            bad.append(f"{row.state} with {count} posts: {_name(row.target)}")
    return bad


def _is_true(row: Row, send: Intended, posts: int, refused: frozenset[str]) -> bool:
    match row.state:
        case SendState.SENT:
            return posts > 0
        case SendState.FAILED | SendState.DROPPED:  # the rest of a refusing channel is dropped
            return posts == 0 and row.target[0] in refused
        case SendState.UNKNOWN:
            return _may_be_unknown(send)
        case _:
            return False


def _bad_answers(evidence: Evidence) -> list[str]:
    counts = evidence.counts
    bad = [
        f"refused {times} times: {_name(one)}"
        for one, times in counts.refusals.items()
        if times > MOST_REFUSALS
    ]
    if counts.trespasses:
        bad.append(f"{counts.trespasses} requests to workspaces that had asked to wait")
    return bad


def _bad_events(evidence: Evidence) -> list[str]:
    """Demanded, and not seen to meet a post."""
    bad = [f"{name}: {why}" for name, why in evidence.missed.items()]
    hits = Counter(hit.event for hit in evidence.hits if hit.in_flight and hit.before)
    for name in sorted(evidence.chaos - FATES.keys() - {"refuse"}):
        wanted = evidence.kills if name == "kill" else 1
        if hits[name] < wanted:
            bad.append(f"{name}: met posts {hits[name]} times, wanted {wanted}")
    for name in sorted(evidence.chaos & FATES.keys()):
        bad += [f"{fate}: never" for fate in FATES[name] if not evidence.counts.answers[fate]]
    if "refuse" in evidence.chaos and not evidence.counts.refusals:
        bad.append("refuse: never")
    total = len(evidence.posts)
    bad += [f"{hit.event}: no post came after it" for hit in evidence.hits if hit.before == total]
    return bad
