"""A shown result as rows and as one tree: nothing finer than what people see."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from bot.intervals import Interval
from bot.ports.pulses import Pulse
from bot.scoring import SCALE, Change, Score, StatementResult

COLUMNS = (
    "pulse",
    "closed",
    "pillar",
    "invited",
    "respondents",
    "level",
    "id",
    "text_en",
    "text_zh",
    "n",
    "value",
    "low",
    "high",
    "band",
    "mean",
    *(f"answers_{step}" for step in SCALE),
    "not_applicable",
    "hidden",
)


def as_csv(pulses: Sequence[Pulse]) -> str:
    """One line a statement, topic, pillar and change; values are scores 0–100, for statements
    the favourable share 0–1. Cells that a spreadsheet would run are quoted."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for pulse in pulses:
        for row in _rows(pulse):
            writer.writerow({name: _tame(value) for name, value in row.items()})
    return text.getvalue()


def as_json(pulses: Sequence[Pulse]) -> str:
    return json.dumps([tree(pulse) for pulse in pulses], ensure_ascii=False, indent=2)


def tree(pulse: Pulse) -> dict[str, Any]:
    result = pulse.result
    if result is None:
        raise ValueError("the pulse has no result yet")
    return {
        **_about(pulse),
        "hidden": result.hidden.value if result.hidden else None,
        "pillars": [_score(one) for one in result.pillars],
        "topics": [_score(one) for one in result.topics],
        "statements": [_statement(pulse, one) for one in result.statements],
        "changes": [_change(one) for one in result.changes],
    }


def _about(pulse: Pulse) -> dict[str, Any]:
    assert pulse.result is not None
    return {
        "pulse": pulse.id,
        "closed": pulse.closes.date().isoformat(),
        "pillar": pulse.pillar,
        "invited": pulse.result.invited,
        "respondents": pulse.result.respondents,
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "id": score.of,
        "n": score.people,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "band": score.band.value,
    }


def _statement(pulse: Pulse, one: StatementResult) -> dict[str, Any]:
    text = next(frozen for frozen in pulse.statements if frozen.id == one.statement)
    about: dict[str, Any] = {"id": one.statement, "text_en": text.en, "text_zh": text.zh}
    if one.hidden:
        return about | {"hidden": one.hidden.value}
    interval: Interval = one.favourable_interval
    counts = {f"answers_{step}": one.counts[step - 1] for step in SCALE}
    return {
        **about,
        "n": one.answers,
        "value": round(one.favourable, 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
        "mean": round(one.mean, 4),
        **counts,
        "not_applicable": one.apart,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.pillar,
        "since": change.since,
        "statements": list(change.statements),
        "value": change.difference,
        "low": change.low,
        "high": change.high,
        "real": change.real,
    }


def _rows(pulse: Pulse) -> list[dict[str, Any]]:
    whole = tree(pulse)
    about = _about(pulse)
    if whole["hidden"]:
        return [about | {"level": "pulse", "hidden": whole["hidden"]}]
    levels = (("pillar", "pillars"), ("topic", "topics"), ("statement", "statements"))
    rows = [about | {"level": level} | one for level, many in levels for one in whole[many]]
    kept = ("id", "value", "low", "high")
    rows += [
        about | {"level": "change"} | {name: one[name] for name in kept} for one in whole["changes"]
    ]
    return rows


def _tame(value: Any) -> Any:
    """A text that begins like a formula gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
