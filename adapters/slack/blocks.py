"""One part of a Message as Slack's blocks; text stands where Slack reads no markup."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from adapters.slack import limits
from adapters.slack.charts import chart
from adapters.slack.limits import pieces, shortened
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Facts,
    Feedback,
    Heading,
    Note,
    Part,
    SourceLine,
    Style,
    Table,
    Text,
    Tone,
    labelled,
)

Block = dict[str, Any]

FEEDBACK = "feedback"  # one element, two values: each begins with the action it stands for
SIGNS = {
    Tone.INFO: "ℹ️ ",
    Tone.SUCCESS: "✅ ",
    Tone.WARNING: "⚠️ ",
    Tone.ERROR: "⛔ ",
    Tone.PLAIN: "",
}


class Surface(StrEnum):
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


def blocks_of(part: Part, surface: Surface) -> list[Block]:
    """The blocks of one part; a Form has none, it is a view of its own."""
    render = _RENDER.get(type(part))
    return render(part, surface) if render else []


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def rich(*sections: Block) -> Block:
    return {"type": "rich_text", "elements": list(sections)}


def line(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, *, strong: bool = False) -> Block:
    """Literal text: Slack reads no markup, mention or link in it."""
    element: Block = {"type": "text", "text": text or " "}
    return {**element, "style": {"bold": True}} if strong else element


def context(text: str) -> list[Block]:
    return [
        {"type": "context", "elements": [plain(piece)]}
        for piece in pieces(text, limits.CONTEXT_TEXT)
    ]


def preformatted(text: str) -> list[Block]:
    return [
        rich({"type": "rich_text_preformatted", "elements": [words(piece)]})
        for piece in pieces(text, limits.SECTION)
    ]


def button(one: Button, place: int) -> Block:
    """Ids must differ within a block, and one action may stand there several times."""
    element: Block = {
        "type": "button",
        "text": plain(shortened(one.label, limits.BUTTON_LABEL)),
        "action_id": f"{one.action}#{place}",
        "value": one.value,
    }
    if len(one.label) > limits.BUTTON_LABEL:
        element["accessibility_label"] = shortened(one.label, limits.BUTTON_LABEL)
    if one.style is not Style.PLAIN:
        element["style"] = str(one.style)
    if not one.value:
        del element["value"]
    return element


def _heading(part: Heading, _surface: Surface) -> list[Block]:
    if len(part.text) > limits.HEADER:
        return _text(Text(text=part.text, strong=True), _surface)
    return [{"type": "header", "text": plain(part.text)}]


def _text(part: Text, _surface: Surface) -> list[Block]:
    return [
        rich(line(words(piece, strong=part.strong))) for piece in pieces(part.text, limits.SECTION)
    ]


def _bullets(part: Bullets, surface: Surface) -> list[Block]:
    if sum(map(len, part.items)) > limits.SECTION:
        return _text(Text(text=bullets_as_text(part)), surface)
    title = [line(words(shortened(part.title, limits.SECTION), strong=True))] if part.title else []
    items = {
        "type": "rich_text_list",
        "style": "ordered" if part.ordered else "bullet",
        "elements": [line(words(item)) for item in part.items],
    }
    return [rich(*title, items)] if part.items else [rich(*title)] if title else []


def bullets_as_text(part: Bullets) -> str:
    """One line an item, for lists longer than one block takes."""
    signs = (f"{number}. " if part.ordered else "• " for number in range(1, len(part.items) + 1))
    lines = [sign + item for sign, item in zip(signs, part.items, strict=True)]
    return "\n".join([*([part.title] if part.title else []), *lines])


def _facts(part: Facts, surface: Surface) -> list[Block]:
    if sum(len(label) + len(value) for label, value in part.pairs) > limits.SECTION:
        text = "\n".join(labelled(label, value) for label, value in part.pairs)
        return _text(Text(text=text), surface)
    elements: list[Block] = []
    for label, value in part.pairs:
        start = "\n" if elements else ""
        elements += [words(start + labelled(label, ""), strong=True), words(value)]
    return [rich(line(*elements))] if elements else []


def _table(part: Table, surface: Surface) -> list[Block]:
    title = _text(Text(text=part.title, strong=True), surface) if part.title else []
    if surface is not Surface.MESSAGE or not _fits(part):
        return [*title, *preformatted(table_as_text(part))]
    rows = [[_cell(cell) for cell in row] for row in (part.header, *part.rows)]
    settings = [{"is_wrapped": True} for _ in part.header]
    return [*title, {"type": "table", "rows": rows, "column_settings": settings}]


def _fits(part: Table) -> bool:
    characters = sum(len(cell) for row in (part.header, *part.rows) for cell in row)
    return (
        0 < len(part.rows) < limits.TABLE_ROWS
        and 0 < len(part.header) <= limits.TABLE_COLUMNS
        and characters <= limits.TABLE_CHARACTERS
    )


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or "–"}


def table_as_text(part: Table) -> str:
    """One line a row, for where no table can be shown."""
    rows = [" · ".join(cell or "–" for cell in row) for row in part.rows]
    return "\n".join([" · ".join(part.header), *rows])


def _chart(part: Chart, surface: Surface) -> list[Block]:
    native, rest = chart(part) if surface is Surface.MESSAGE else (None, part.as_text())
    return [*([native] if native else []), *(preformatted(rest) if rest else [])]


def _buttons(part: Buttons, _surface: Surface) -> list[Block]:
    elements = [button(one, place) for place, one in enumerate(part.buttons)]
    return [
        {"type": "actions", "elements": elements[start : start + limits.ACTIONS]}
        for start in range(0, len(elements), limits.ACTIONS)
    ]


def _feedback(part: Feedback, surface: Surface) -> list[Block]:
    if surface is not Surface.MESSAGE:
        both = (
            Button(label=part.helpful, action="ask.helpful", value=part.value),
            Button(label=part.unhelpful, action="ask.unhelpful", value=part.value),
        )
        return _buttons(Buttons(buttons=both), surface)
    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK,
        "positive_button": _vote(part.helpful, "ask.helpful", part.value),
        "negative_button": _vote(part.unhelpful, "ask.unhelpful", part.value),
    }
    return [{"type": "context_actions", "elements": [element]}]


def _vote(label: str, action: str, value: str) -> Block:
    label = shortened(label, limits.BUTTON_LABEL)
    return {"text": plain(label), "accessibility_label": label, "value": f"{action}:{value}"}


def _note(part: Note, surface: Surface) -> list[Block]:
    alert = surface is Surface.MODAL and part.tone is not Tone.PLAIN
    if alert and len(part.text) <= limits.ALERT:
        return [{"type": "alert", "text": plain(part.text), "level": str(part.tone)}]
    return context(SIGNS[part.tone] + part.text)


def _source(part: SourceLine, _surface: Surface) -> list[Block]:
    return context(part.text)


_RENDER: dict[type, Callable[[Any, Surface], list[Block]]] = {
    Heading: _heading,
    Text: _text,
    Bullets: _bullets,
    Facts: _facts,
    Table: _table,
    Chart: _chart,
    Buttons: _buttons,
    Feedback: _feedback,
    Note: _note,
    SourceLine: _source,
}
