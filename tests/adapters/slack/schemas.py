"""JSON Schemas made from Slack's own published types, and what they and the SDK's validators say.

Both were written by Slack, not by us. `limits` below is our reading of Slack's pages.
"""

import hashlib
import json
import subprocess
import warnings
from functools import cache
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from adapters.slack import limits
from tests.adapters.slack.emulator import NODE

ENTRY = NODE / "slack" / "types_entry.ts"
KEPT = NODE / "node_modules" / ".cache" / "slack-schemas"
CHART = "data_visualization"  # newer than Slack's own types of 2026-06


@cache
def _definitions(*, strict: bool) -> dict[str, Any]:
    """Of every type in the entry; generated once for a lock file."""
    lock = (NODE / "package-lock.json").read_bytes() + ENTRY.read_bytes()
    mark = hashlib.sha256(lock).hexdigest()[:16]
    file = KEPT / f"{mark}-{'strict' if strict else 'open'}.json"
    if not file.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        program = [str(NODE / "node_modules" / ".bin" / "ts-json-schema-generator")]
        arguments = ["--path", str(ENTRY), "--type", "*", "--no-type-check"]
        more = [] if strict else ["--additional-properties"]
        made = subprocess.run(
            [*program, *arguments, *more], cwd=NODE, capture_output=True, check=True, timeout=120
        )
        file.write_bytes(made.stdout)
    read: dict[str, Any] = json.loads(file.read_text())
    return read


@cache
def _validator(name: str, *, strict: bool) -> Draft7Validator:
    return Draft7Validator({**_definitions(strict=strict), "$ref": f"#/definitions/{name}"})


def wrong(name: str, payload: object, *, strict: bool) -> list[str]:
    """What Slack's type of this name would not take."""
    validator = _validator(name, strict=strict)
    return [
        f"{name}: {error.json_path}: {error.message[:200]}"
        for error in validator.iter_errors(payload)
    ]


def wrong_incoming(name: str, payload: dict[str, Any]) -> list[str]:
    """Of what our tests send as Slack; where a field may be null, its types may leave it out."""
    problems = wrong(name, payload, strict=False)
    return problems and wrong(name, _without_null(payload), strict=False)


def wrong_blocks(blocks: list[dict[str, Any]], *, most: int) -> list[str]:
    known = [block for block in blocks if block.get("type") != CHART]
    problems = wrong("Blocks", known, strict=True) if known else []
    problems += _sdk(known) + _limits(blocks, most)
    for block in blocks:
        if block.get("type") == CHART:
            problems += _chart(block)
    return problems


def wrong_view(view: dict[str, Any]) -> list[str]:
    name = "Home" if view.get("type") == "home" else "Modal"
    problems = wrong(name, view, strict=True) + wrong_blocks(view["blocks"], most=100)
    if len(view.get("private_metadata") or "") > limits.METADATA:
        problems.append("private_metadata is too long")
    for part in ("title", "submit", "close"):
        if len((view.get(part) or {}).get("text", "")) > 24:
            problems.append(f"{part} is longer than 24")
    kinds = {block["type"] for block in view["blocks"]}
    only_messages = kinds & {"table", CHART, "context_actions", "markdown"}
    if only_messages:
        problems.append(f"{only_messages} can't stand in a view")
    return problems


def wrong_message(message: dict[str, Any]) -> list[str]:
    blocks = message.get("blocks") or []
    problems = wrong_blocks(blocks, most=50) if blocks else []
    kinds = [block["type"] for block in blocks]
    if not message.get("text"):
        problems.append("no fallback text")
    if len(message.get("text") or "") > 4000:
        problems.append("text is longer than 4000")
    if kinds.count("table") > 1 or kinds.count(CHART) > 2:
        problems.append("more tables or charts than a message takes")
    if {"alert", "input"} & set(kinds):
        problems.append("a block for modals only")
    if len(json.dumps(blocks, ensure_ascii=False)) > 60_000:
        problems.append("the blocks are too long together")
    return problems


def _sdk(blocks: list[dict[str, Any]]) -> list[str]:
    problems = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for block in Block.parse_all(blocks):
            try:
                block.to_dict()
            except (SlackObjectFormationError, UserWarning) as error:
                problems.append(f"SDK: {error}")
    return problems


def _limits(blocks: list[dict[str, Any]], most: int) -> list[str]:
    problems = [f"{len(blocks)} blocks"] if len(blocks) > most else []
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) != len(ids):
        problems.append("the same block_id twice")
    for block in blocks:
        actions = [one["action_id"] for one in block.get("elements") or () if "action_id" in one]
        if len(set(actions)) != len(actions):
            problems.append("the same action_id twice in a block")
        problems += _texts(block)
    return problems


def _texts(node: Any, path: str = "") -> list[str]:
    if isinstance(node, list):
        return [problem for one in node for problem in _texts(one, path)]
    if not isinstance(node, dict):
        return []
    below = [one for key, value in node.items() for one in _texts(value, f"{path}.{key}")]
    return [f"{path}: {problem}" for problem in (*_of_text(node), *_of_element(node))] + below


def _of_text(node: dict[str, Any]) -> list[str]:
    kind, text = str(node.get("type")), node.get("text")
    most = {"plain_text": 3000, "mrkdwn": 3000, "text": 3000, "raw_text": 10_000}.get(kind)
    if kind == "header":
        text, most = node["text"]["text"], 150
    if kind == "alert":
        text, most = node["text"]["text"], 200
    if isinstance(text, str) and most and not 0 < len(text) <= most:
        return [f"a {kind} of {len(text)} characters"]
    return []


def _of_element(node: dict[str, Any]) -> list[str]:
    problems, options = [], node.get("options") or ()
    if node.get("type") == "button" and len(node["text"]["text"]) > 75:
        problems.append("a button label is longer than 75")
    if len(str(node.get("value") or "")) > 2000 or len(str(node.get("action_id") or "")) > 255:
        problems.append("a value or action_id is too long")
    if any(len(one["text"]["text"]) > 75 or len(one["value"]) > 150 for one in options):
        problems.append("an option is too long")
    if len(options) > 100 or len({one["value"] for one in options}) != len(options):
        problems.append("too many options, or the same twice")
    if node.get("type") == "table":
        cells = sum(len(cell.get("text", "")) for row in node["rows"] for cell in row)
        if len(node["rows"]) > 100 or len(node["rows"][0]) > 20 or cells > 10_000:
            problems.append("a table is too large")
    return problems


def _chart(block: dict[str, Any]) -> list[str]:
    """Source: docs.slack.dev, data visualization block."""
    chart, problems = block["chart"], []
    categories = chart["axis_config"]["categories"]
    names = [one["name"] for one in chart["series"]]
    if not 0 < len(block["title"]) <= 50:
        problems.append("chart title")
    if not 0 < len(names) <= 6 or len(set(names)) != len(names):
        problems.append("chart series")
    if not 0 < len(categories) <= 20 or len(set(categories)) != len(categories):
        problems.append("chart categories")
    for one in chart["series"]:
        if [point["label"] for point in one["data"]] != categories:
            problems.append("a series has not one number a category")
        if not all(isinstance(point["value"], int | float) for point in one["data"]):
            problems.append("a point that is no number")
    if any(not 0 < len(text) <= 20 for text in [*categories, *names]):
        problems.append("a chart label is longer than 20")
    return problems


def _without_null(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_null(value) for key, value in node.items() if value is not None}
    return [_without_null(one) for one in node] if isinstance(node, list) else node
