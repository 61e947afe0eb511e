"""A Chart as Slack's own chart block, and the numbers that the block can't show as text."""

from dataclasses import replace
from typing import Any

from adapters.slack import limits
from adapters.slack.limits import shortened
from bot.messages import Chart, ChartKind, Series


def chart(part: Chart) -> tuple[dict[str, Any] | None, str]:
    """The block, and the text of what is not in it ("" if all is).

    Slack wants one number for each label in each series: a series with a gap goes into the text.
    None where nothing can be drawn. Source: docs.slack.dev data-visualization-block.
    """
    whole = [one for one in part.series if all(value is not None for value in one.values)]
    gaps = [one for one in part.series if one not in whole]
    drawable = 0 < len(part.labels) <= limits.CHART_POINTS and 0 < len(whole) <= limits.CHART_SERIES
    if not drawable:
        return None, part.as_text()
    labels = _distinct(part.labels)
    block = {
        "type": "data_visualization",
        "title": shortened(part.title, limits.CHART_TITLE) or "–",
        "chart": {
            "type": "line" if part.kind is ChartKind.LINE else "bar",
            "series": _series(whole, labels),
            "axis_config": _axis(part, labels),
        },
    }
    cut = [place for place, label in enumerate(part.labels) if labels[place] != label]
    if len(part.title) > limits.CHART_TITLE or _long(whole) or (cut and gaps):
        return block, part.as_text()
    if cut:
        return block, _only(part, cut).as_text()
    return block, replace(part, series=tuple(gaps)).as_text() if gaps else ""


def _only(part: Chart, places: list[int]) -> Chart:
    """The labels at these places alone."""
    return replace(
        part,
        labels=tuple(part.labels[place] for place in places),
        series=tuple(
            replace(one, values=tuple(one.values[place] for place in places)) for one in part.series
        ),
    )


def _series(whole: list[Series], labels: list[str]) -> list[dict[str, Any]]:
    names = _distinct(tuple(one.name for one in whole))
    return [
        {
            "name": name,
            "data": [
                {"label": label, "value": value}
                for label, value in zip(labels, one.values, strict=True)
            ],
        }
        for name, one in zip(names, whole, strict=True)
    ]


def _axis(part: Chart, labels: list[str]) -> dict[str, Any]:
    unit = part.unit.strip()
    return {"categories": labels, **({"y_label": unit} if unit else {})}


def _long(series: list[Series]) -> bool:
    return any(len(one.name) > limits.CHART_LABEL for one in series)


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Short enough and all different, numbered where two became alike."""
    taken: list[str] = []
    for name in names:
        short, number = shortened(name, limits.CHART_LABEL) or "–", 2
        while short in taken:
            short = f"{shortened(name, limits.CHART_LABEL - 3)} {number}"
            number += 1
        taken.append(short)
    return taken
