"""How well questions find their topic, and at what cost.

    python -m benchmarks.answers quality [QUESTIONS.jsonl …]   every method, by language and style
    python -m benchmarks.answers speed                         one question, start-up, memory
    python -m benchmarks.answers growth                        cost with 1 … 100 times the topics

A question file holds one JSON object a line: q, lang, style, topics (acceptable ids; none: out of
scope). Both files in `benchmarks/questions/` were written by somebody who had seen only the model's
page. `development.jsonl` was looked at while the search was built; `held-out.jsonl` was not, and is
used for nothing but this.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.engine import Engine
from knowledge.examples import Example, examples
from knowledge.index import Index, Lexicon
from knowledge.index import read as read_index
from knowledge.linear import Linear
from knowledge.load import SHIPPED, load
from knowledge.normalise import searchable
from knowledge.ranking import rank
from knowledge.search import Outcome

FOLDER = Path(__file__).parent / "questions"
OWN = FOLDER / "held-out.jsonl"
REPEATS = 5  # of each timing; the best counts, the machine being shared


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a method made of one question: topics best first, and whether it would answer."""

    topics: tuple[str, ...]
    outcome: str


Method = Callable[[str], Verdict]


def questions(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


# ── quality ──────────────────────────────────────────────────────────────────


def methods() -> Iterator[tuple[str, Method]]:
    given = [one for one in examples(load()) if one.topics]
    yield "coach (encoder)", _coach(Engine.open())
    yield "coach (lexical)", _coach(Engine.open(encoder=False))
    yield "RapidFuzz WRatio", _fuzzy(given, fuzz.WRatio)
    yield "RapidFuzz token_set", _fuzzy(given, fuzz.token_set_ratio)


def _coach(engine: Engine) -> Method:
    def ask(text: str) -> Verdict:
        found = engine.find(text)
        return Verdict(tuple(one.topic for one in found.candidates), found.outcome.value)

    return ask


def _fuzzy(given: list[Example], scorer: Callable[..., float]) -> Method:
    """The same examples by RapidFuzz alone; it answers always, having no measure of doubt."""
    choices = [searchable(one.text) for one in given]

    def ask(text: str) -> Verdict:
        best = process.extract(searchable(text), choices, scorer=scorer, limit=60)
        topics = dict.fromkeys(given[place].topics[0] for _, _, place in best)
        return Verdict(tuple(topics), Outcome.ANSWER.value)

    return ask


def quality(paths: list[Path]) -> None:
    for path in paths:
        asked = questions(path)
        print(f"\n{path.name}: {len(asked)} messages")
        for name, ask in methods():
            print(f"\n{name}")
            print(f"{'':22}{'n':>5}{'best':>8}{'in 3':>8}{'right':>8}{'wrong':>8}{'asked':>8}")
            groups: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
            for one in asked:
                verdict = ask(one["q"])
                row = _scored(verdict, one["topics"])
                covered = "covered" if one["topics"] else "not covered"
                groups[f"0 {covered}"].append(row)
                if one["topics"]:
                    groups[f"1 {one['lang']}"].append(row)
                    groups[f"2 {one['lang']} {one['style']}"].append(row)
            for group in sorted(groups):
                shares = np.mean(groups[group], axis=0)
                cells = "".join(f"{share:8.1%}" for share in shares)
                print(f"{group[2:]:22}{len(groups[group]):5}{cells}")


def _scored(verdict: Verdict, wanted: list[str]) -> tuple[bool, ...]:
    """Best right, among three, answered right, answered wrong (or at all), asked back."""
    first = bool(verdict.topics) and verdict.topics[0] in wanted
    answered = verdict.outcome == Outcome.ANSWER.value
    return (
        first,
        bool({*verdict.topics[:3]} & {*wanted}),
        answered and first,
        answered and not first,
        verdict.outcome == Outcome.DID_YOU_MEAN.value,
    )


# ── speed ────────────────────────────────────────────────────────────────────

# The peak is read from the kernel: what getrusage tells of a child includes its parent's.
READY = """
import time
begun = time.perf_counter()
from knowledge.engine import Engine
from knowledge.load import load
base = load(examples=False)
engine = Engine.open(encoder={encoder})
engine.find("who owns cluster security?")
taken = time.perf_counter() - begun
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(taken, peak / 1024)
"""


def speed() -> None:
    asked = [one["q"] for one in questions(OWN)]
    choices = [searchable(one.text) for one in examples(load()) if one.topics]
    base = _median(asked[:60], lambda text: process.extract(text, choices, limit=5))
    print(f"RapidFuzz WRatio over all examples (baseline): {base:7.2f} ms, 1.00")
    for encoder, name in ((True, "encoder"), (False, "lexical")):
        engine = Engine.open(encoder=encoder)
        taken = _median(asked, engine.find)
        print(f"coach, {name:7}: {taken:7.2f} ms, {taken / base:.4f} of the baseline")
    for encoder in (True, False):
        code = READY.format(encoder=encoder)
        runs = [[float(number) for number in _python(code).split()] for _ in range(REPEATS)]
        seconds = statistics.median(run[0] for run in runs)
        memory = max(run[1] for run in runs)
        print(f"ready to answer, encoder {encoder}: {seconds:.2f} s, peak memory {memory:.0f} MB")


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def _median(asked: list[str], ask: Callable[[str], object]) -> float:
    """Milliseconds, over the questions, of the best of several tries each."""
    times = []
    for text in asked:
        tries = []
        for _ in range(REPEATS):
            begun = time.perf_counter()
            ask(text)
            tries.append(time.perf_counter() - begun)
        times.append(min(tries) * 1000)
    return statistics.median(times)


# ── growth ───────────────────────────────────────────────────────────────────


def growth() -> None:
    index = read_index(SHIPPED / "index.npz")
    asked = [one["q"] for one in questions(OWN)][:100]
    engine = Engine.open()
    queries = [engine.query(text) for text in asked]
    encoding = _median(asked, engine.query)
    print(f"{'topics':>8}{'examples':>10}{'ms':>9}{'ratio':>8}")
    first = 0.0
    for times in (1, 3, 10, 30, 100):
        larger = _enlarged(index, times)
        ranking = _timed([partial(rank, larger, query) for query in queries])
        first = first or encoding + ranking
        total = encoding + ranking
        rows = len(larger.rows)
        print(f"{len(larger.topics):8}{rows:10}{total:9.2f}{total / first:8.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the largest: {peak:.0f} MB")


def _timed(calls: list[Callable[[], object]]) -> float:
    times = []
    for call in calls:
        tries = []
        for _ in range(3):
            begun = time.perf_counter()
            call()
            tries.append(time.perf_counter() - begun)
        times.append(min(tries) * 1000)
    return statistics.median(times)


def _enlarged(index: Index, times: int) -> Index:
    """The same base several times over, each further copy a little different."""
    noise = np.random.default_rng(5)
    copies = range(times)
    none = slice(int(index.bounds[-2]), int(index.bounds[-1]))
    order = np.concatenate(
        [np.arange(none.start) for _ in copies] + [np.arange(none.start, none.stop)]
    )
    sizes = np.diff(index.bounds)
    bounds = np.concatenate([[0], np.cumsum([*np.tile(sizes[:-1], times), sizes[-1]])])
    assert index.vectors is not None
    assert index.dense is not None
    vectors = index.vectors[order]
    vectors += noise.normal(0, 0.02, vectors.shape).astype(np.float32)
    return replace(
        index,
        topics=tuple(f"{topic}-{copy}" for copy in copies for topic in index.topics),
        bounds=bounds.astype(np.int32),
        answer_of=index.answer_of[order],
        lexicon=Lexicon(pieces=index.lexicon.pieces, weight=index.lexicon.weight),
        rows=index.rows.take(order),
        lexical=_wider(index.lexical, times, noise),
        vectors=vectors,
        dense=_wider(index.dense, times, noise),
    )


def _wider(model: Linear, times: int, noise: np.random.Generator) -> Linear:
    weights = np.concatenate([np.tile(model.weights[:, :-1], times), model.weights[:, -1:]], axis=1)
    weights += noise.normal(0, 0.01, weights.shape).astype(np.float32)
    bias = np.concatenate([np.tile(model.bias[:-1], times), model.bias[-1:]])
    return Linear(np.ascontiguousarray(weights), bias)


def main() -> None:
    parser = argparse.ArgumentParser(description="Quality and cost of answers.")
    parser.add_argument("what", choices=("quality", "speed", "growth"))
    parser.add_argument("files", nargs="*", type=Path, default=[])
    given = parser.parse_args()
    match given.what:
        case "quality":
            quality([OWN, FOLDER / "development.jsonl", *given.files])
        case "speed":
            speed()
        case "growth":
            growth()


if __name__ == "__main__":
    main()
