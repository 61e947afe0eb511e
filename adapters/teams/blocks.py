"""Text in a card: runs that read no markup, and tables of them."""

from typing import Any

from adapters.teams.plain import shortened

Element = dict[str, Any]

MOST_TEXT = 8000  # characters of one text


def run(text: str, **look: Any) -> Element:
    """One line of plain text; a TextRun reads no markup."""
    shown = {key: value for key, value in look.items() if value not in ("default", False)}
    inline = {"type": "TextRun", "text": shortened(text, MOST_TEXT) or " ", **shown}
    return {"type": "RichTextBlock", "inlines": [inline]}


def paragraphs(text: str, **look: Any) -> list[Element]:
    """One block a line: line breaks inside a run are not shown everywhere."""
    lines = [line for line in text.split("\n") if line.strip()]
    return [run(line, **look) | ({"spacing": "small"} if i else {}) for i, line in enumerate(lines)]


def table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Element:
    """A table with a header row, or one of label and value without lines if there is none."""
    width = len(header) or max(len(row) for row in rows)
    widths = [2 if header and not column else 1 for column in range(width)]
    if not header:
        widths = [1, *(2 for _ in range(width - 1))]
    shown = [_row(row, strong=None if header else 0) for row in rows]
    if header:
        shown.insert(
            0, {"type": "TableRow", "cells": [_cell(cell, strong=True) for cell in header]}
        )
    return {
        "type": "Table",
        "columns": [{"width": one} for one in widths],
        "firstRowAsHeader": bool(header),
        "showGridLines": bool(header),
        "rows": shown,
    }


def _row(cells: tuple[str, ...], *, strong: int | None) -> Element:
    shown = [_cell(cell, strong=place == strong) for place, cell in enumerate(cells)]
    return {"type": "TableRow", "cells": shown}


def _cell(text: str, *, strong: bool) -> Element:
    return {"type": "TableCell", "items": [run(text, weight="bolder" if strong else "default")]}
