"""Charts that Teams draws itself, and the same numbers for whoever can't see them."""

import re

from adapters.teams.blocks import Element, paragraphs, run, table
from adapters.teams.plain import sendable
from bot.messages import Chart, ChartKind, Series
from bot.wording import Wording

ISO_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?$")


def chart(part: Chart, number: int, words: Wording) -> list[Element]:
    """The chart, its numbers behind a button, and a table where charts aren't known.

    Source: learn.microsoft.com, "Charts in Adaptive Cards".
    """
    if not any(value is not None for series in part.series for value in series.values):
        return paragraphs(part.as_text())
    numbers = f"numbers-{number}"
    show = {
        "type": "Action.ToggleVisibility",
        "title": words.say("teams.numbers"),
        "targetElements": [numbers],
    }
    lines = [run(line, size="small") for line in part.as_text().split("\n")]
    hidden = {"type": "Container", "id": numbers, "isVisible": False, "items": lines}
    return [_drawn(part), {"type": "ActionSet", "actions": [show]}, hidden]


def _drawn(part: Chart) -> Element:
    element: Element = {
        **_kind(part),
        "title": sendable(part.title),
        "colorSet": "categorical",
        "fallback": _fallback(part),
    }
    if part.unit.strip():
        element["yAxisTitle"] = sendable(part.unit.strip())
    if part.kind is not ChartKind.STACKED:
        bounds = {"yMin": part.lowest, "yMax": part.highest}
        element |= {key: value for key, value in bounds.items() if value is not None}
    return element


def _kind(part: Chart) -> Element:
    if part.kind is ChartKind.STACKED:
        rows = [_stack(part, place) for place in range(len(part.labels))]
        return {"type": "Chart.HorizontalBar.Stacked", "data": rows}
    if part.kind is ChartKind.LINE and all(ISO_DATE.match(label) for label in part.labels):
        return {"type": "Chart.Line", "data": [_line(part, series) for series in part.series]}
    if len(part.series) == 1:
        points = _points(part, part.series[0])
        return {"type": "Chart.VerticalBar", "showBarValues": True, "data": points}
    lines = [_line(part, series) for series in part.series]
    return {"type": "Chart.VerticalBar.Grouped", "data": lines}


def _stack(part: Chart, place: int) -> Element:
    shares = [
        {"legend": sendable(series.name), "value": series.values[place]}
        for series in part.series
        if series.values[place] is not None
    ]
    return {"title": sendable(part.labels[place]), "data": shares}


def _line(part: Chart, series: Series) -> Element:
    return {"legend": sendable(series.name), "values": _points(part, series)}


def _points(part: Chart, series: Series) -> list[Element]:
    pairs = zip(part.labels, series.values, strict=True)
    return [{"x": sendable(label), "y": value} for label, value in pairs if value is not None]


def _fallback(part: Chart) -> Element:
    """What an older client shows: the same numbers as a table."""
    header = ("", *(series.name for series in part.series))
    rows = tuple(
        (label, *(_number(series.values[place], part.unit) for series in part.series))
        for place, label in enumerate(part.labels)
    )
    return {"type": "Container", "items": [run(part.title, weight="bolder"), table(header, rows)]}


def _number(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0") + unit
