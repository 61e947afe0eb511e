"""A message as each platform gets it, what may stand in that, and what a reader can read of it.

The numbers are written here again, from the platforms' pages and not from the adapters, so that a
wrong number there is noticed.
"""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from slack_sdk.models.blocks import Block

from adapters.slack import outbound as slack
from adapters.teams import outbound as teams
from adapters.terminal import outbound as terminal
from bot.messages import Message

Node = dict[str, Any]
COLUMNS = 80

# Slack. Source: docs.slack.dev, Block Kit reference and chat.postMessage.
SLACK_BLOCKS, SLACK_ALL, SLACK_FALLBACK = 50, 12_000, 4_000
SLACK_TEXTS = {"plain_text": 3000, "text": 3000, "raw_text": 10_000}
SLACK_BUTTON, SLACK_VALUE, SLACK_ACTION_ID, SLACK_ACTIONS = 75, 2000, 255, 25
SLACK_HEADER, SLACK_CONTEXT = 150, 10
SLACK_ROWS, SLACK_COLUMNS, SLACK_CELLS = 100, 20, 10_000
CHART = "data_visualization"
SLACK_CHARTS, SLACK_POINTS, SLACK_TITLE, SLACK_LABEL, SLACK_SERIES = 2, 20, 50, 20, 12
# Everything that stands for itself there; a mention, a link or mrkdwn would be another type.
SLACK_LITERAL = {
    *("header", "context", "actions", "button", "table", CHART, "line", "bar"),
    *("rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted"),
    *SLACK_TEXTS,
}
# Teams. Source: learn.microsoft.com, "Limits and specifications for Microsoft Teams".
TEAMS_CARD, TEAMS_MESSAGE = 28 * 1024, 40 * 1024  # bytes
MARKDOWN = re.compile(r"(?<!\\)[*\[`<~]")
TEAMS_WORDS = {"text", "title", "legend", "x", "summary", "fallbackText"}


def on_slack(message: Message) -> list[Node]:
    return slack.render(message)


def on_teams(message: Message) -> Node:
    return teams.activity(message)


def on_terminal(message: Message) -> str:
    """As lines for a pipe, and as a card 80 columns wide."""
    out = io.StringIO()
    console = Console(file=out, width=COLUMNS, force_terminal=False, color_system=None)
    console.print(terminal.card(message, terminal.Numbers(), "coach", width=COLUMNS))
    return f"{terminal.plain(message, terminal.Numbers())}\n{out.getvalue()}"


def payloads(message: Message) -> tuple[bytes, bytes, bytes]:
    """What goes out on each platform, byte for byte."""
    return (
        json.dumps(on_slack(message)).encode(),
        json.dumps(on_teams(message)).encode(),
        on_terminal(message).encode(),
    )


def read(message: Message) -> tuple[str, str, str]:
    """Every word and number that somebody can see or hear there, one a line."""
    pages = on_slack(message)
    seen = [*_values(pages, {"text", "name", "label", "title", "value"})]
    card = [*_values(on_teams(message), {*TEAMS_WORDS, "y"})]
    return "\n".join(seen), "\n".join(card), on_terminal(message)


def _values(node: Any, keys: set[str]) -> Iterator[str]:
    for one in nodes(node):
        yield from (
            str(value)
            for key, value in one.items()
            if key in keys and isinstance(value, str | int | float)
        )


def nodes(node: Any) -> Iterator[Node]:
    if isinstance(node, list):
        for one in node:
            yield from nodes(one)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)


def wrong(message: Message) -> list[str]:
    """What any platform would refuse, cut off, or read as more than words."""
    return [
        *(f"Slack: {problem}" for problem in _wrong_on_slack(on_slack(message))),
        *(f"Teams: {problem}" for problem in _wrong_on_teams(on_teams(message))),
        *(f"terminal: {problem}" for problem in _wrong_on_terminal(on_terminal(message))),
    ]


# ── Slack ────────────────────────────────────────────────────────────────────


def _wrong_on_slack(pages: list[Node]) -> Iterator[str]:
    if len(pages) != 1:
        yield f"{len(pages)} messages"
    for page in pages:
        if set(page) != {"text", "blocks"}:
            yield f"arguments {set(page)}"
        if not 0 < len(page["text"]) <= SLACK_FALLBACK:
            yield f"a fallback of {len(page['text'])}"
        if re.search(r"[<>]|&(?!amp;|lt;|gt;)", page["text"]):
            yield "markup in the fallback"
        yield from _wrong_blocks(page["blocks"])
        for one in nodes(page["blocks"]):
            yield from _wrong_text(one)
            yield from _WRONG.get(str(one.get("type")), _nothing_wrong)(one)


def _wrong_blocks(blocks: list[Node]) -> Iterator[str]:
    if not 0 < len(blocks) <= SLACK_BLOCKS:
        yield f"{len(blocks)} blocks"
    if sum(len(one) for one in _values(blocks, {"text", "name", "label", "title"})) > SLACK_ALL:
        yield "too much text together"
    kinds = [block["type"] for block in blocks]
    if kinds.count("table") > 1 or kinds.count(CHART) > SLACK_CHARTS:
        yield "too many tables or charts"
    for block in Block.parse_all([one for one in blocks if one["type"] != CHART]):
        block.to_dict()  # Slack's own validators raise


def _wrong_text(node: Node) -> Iterator[str]:
    kind, text = str(node.get("type")), str(node.get("text"))
    if "type" in node and kind not in SLACK_LITERAL:
        yield f"a {kind}"
    if kind in SLACK_TEXTS and not 0 < len(text) <= SLACK_TEXTS[kind]:
        yield f"a {kind} of {len(text)}"


def _nothing_wrong(node: Node) -> Iterator[str]:
    yield from ()


def _wrong_header(node: Node) -> Iterator[str]:
    if len(node["text"]["text"]) > SLACK_HEADER:
        yield "a long header"


def _wrong_context(node: Node) -> Iterator[str]:
    if len(node["elements"]) > SLACK_CONTEXT:
        yield "a crowded context"


def _wrong_actions(node: Node) -> Iterator[str]:
    names = [one["action_id"] for one in node["elements"]]
    if len(names) > SLACK_ACTIONS or len(set(names)) < len(names):
        yield "too many buttons, or the same twice"


def _wrong_button(node: Node) -> Iterator[str]:
    texts = (node["text"]["text"], node.get("value", ""), node["action_id"])
    most = (SLACK_BUTTON, SLACK_VALUE, SLACK_ACTION_ID)
    if any(len(one) > limit for one, limit in zip(texts, most, strict=True)):
        yield "a long button"


def _wrong_table(node: Node) -> Iterator[str]:
    cells = sum(len(cell["text"]) for row in node["rows"] for cell in row)
    width = {len(row) for row in node["rows"]}
    if len(node["rows"]) > SLACK_ROWS or max(width) > SLACK_COLUMNS or cells > SLACK_CELLS:
        yield "a large table"
    if len(width) > 1:
        yield "rows of different length"


def _wrong_chart(node: Node) -> Iterator[str]:
    labels = node["chart"]["axis_config"]["categories"]
    names = [one["name"] for one in node["chart"]["series"]]
    if not 0 < len(node["title"]) <= SLACK_TITLE:
        yield "a chart's title"
    if not 0 < len(labels) <= SLACK_POINTS or not 0 < len(names) <= SLACK_SERIES:
        yield "a chart's size"
    for words in (labels, names):
        if len(set(words)) < len(words) or any(not 0 < len(one) <= SLACK_LABEL for one in words):
            yield "a chart's labels"
    for one in node["chart"]["series"]:
        if [point["label"] for point in one["data"]] != labels:
            yield "a series that misses a point"


_WRONG = {
    "header": _wrong_header,
    "context": _wrong_context,
    "actions": _wrong_actions,
    "button": _wrong_button,
    "table": _wrong_table,
    CHART: _wrong_chart,
}


# ── Teams ────────────────────────────────────────────────────────────────────


def _wrong_on_teams(activity: Node) -> Iterator[str]:
    (attachment,) = activity["attachments"]
    if set(activity) != {"type", "summary", "attachments"}:
        yield f"fields {set(activity)}"
    if on_the_wire(attachment["content"]) > TEAMS_CARD:
        yield f"a card of {on_the_wire(attachment['content'])} bytes"
    if on_the_wire(activity) > TEAMS_MESSAGE:
        yield f"a message of {on_the_wire(activity)} bytes"
    for one in nodes(activity):
        if one.get("type") == "TextBlock" and MARKDOWN.search(one["text"]):
            yield f"markdown in {one['text'][:40]}"
        if one.get("type") in ("mention", "Image", "Action.OpenUrl"):
            yield f"a {one['type']}"
        if one.get("type") == "TextRun" and not one["text"]:
            yield "an empty run"
    if re.search(r"\{\{(DATE|TIME)\(", json.dumps(activity)):
        yield "a placeholder"


def on_the_wire(payload: object) -> int:
    """Bytes of a body as our sender writes it."""
    return len(json.dumps(payload, ensure_ascii=False).encode())


def left_out_on_teams(message: Message) -> bool:
    """Whether a part was dropped because the card would have been too large."""
    said = ("too long for one card", "太长")
    return any(word in text for text in _values(on_teams(message), {"text"}) for word in said)


# ── terminal ─────────────────────────────────────────────────────────────────


def _wrong_on_terminal(text: str) -> Iterator[str]:
    moving = {one for one in text if one != "\n" and unicodedata.category(one) in ("Cc", "Cs")}
    turning = set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    if moving or turning:
        yield f"characters {moving | turning!r}"
    card = [line for line in text.splitlines() if line.startswith(("╭", "│", "╰"))]
    if any(cell_len(line) > COLUMNS for line in card):
        yield "a line wider than the card"
