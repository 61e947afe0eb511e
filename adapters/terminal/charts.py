"""Charts drawn with characters; every number stands beside its bar."""

from rich.cells import cell_len, set_cell_size

from bot.messages import Chart, ChartKind
from knowledge.normalise import visible

FILLS = "█▓▒░▚·"
STEPS = "▁▂▃▄▅▆▇█"
MOST_LABEL = 28
NONE = "–"


def drawn(chart: Chart, width: int) -> str:
    """The chart in at most `width` columns."""
    rows = {ChartKind.BAR: _bars, ChartKind.STACKED: _stacked, ChartKind.LINE: _line}[chart.kind]
    return "\n".join([visible(chart.title), *rows(chart, width)])


def _bars(chart: Chart, width: int) -> list[str]:
    lowest, highest = _axis(chart)
    label_width = _label_width(chart)
    room = max(8, width - label_width - 12)
    several = len(chart.series) > 1
    lines = []
    for place, label in enumerate(chart.labels):
        for row, series in enumerate(chart.series):
            value = series.values[place]
            name = _cell(label if row == 0 else "", label_width)
            share = 0.0 if value is None else (value - lowest) / ((highest - lowest) or 1)
            bar = FILLS[row % len(FILLS)] * round(max(0.0, min(1.0, share)) * room)
            lines.append(f"{name} {bar} {_number(chart, value)}".rstrip())
    return lines + (_legend(chart) if several else [])


def _stacked(chart: Chart, width: int) -> list[str]:
    label_width = _label_width(chart)
    room = max(8, width - label_width - 2)
    lines = []
    for place, label in enumerate(chart.labels):
        values = [series.values[place] or 0.0 for series in chart.series]
        total = sum(values) or 1.0
        bar = "".join(
            FILLS[row % len(FILLS)] * round(value / total * room)
            for row, value in enumerate(values)
        )
        lines.append(f"{_cell(label, label_width)} {bar[:room]}")
        numbers = ", ".join(
            f"{visible(series.name)} {_number(chart, series.values[place])}"
            for series in chart.series
        )
        lines.append(f"{' ' * label_width} {numbers}")
    return lines + _legend(chart)


def _line(chart: Chart, width: int) -> list[str]:
    lowest, highest = _axis(chart)
    label_width = max(cell_len(visible(series.name)) for series in chart.series)
    lines = []
    for series in chart.series:
        marks = "".join(
            " " if value is None else _step(value, lowest, highest) for value in series.values
        )
        numbers = " ".join(_number(chart, value) for value in series.values)
        lines.append(f"{_cell(series.name, label_width)} {marks}  {numbers}")
    if chart.labels:
        ends = dict.fromkeys([chart.labels[0], chart.labels[-1]])
        lines.append(f"{' ' * label_width} {' … '.join(visible(end) for end in ends)}")
    return lines


def _step(value: float, lowest: float, highest: float) -> str:
    share = (value - lowest) / ((highest - lowest) or 1)
    return STEPS[round(max(0.0, min(1.0, share)) * (len(STEPS) - 1))]


def _axis(chart: Chart) -> tuple[float, float]:
    values = [value for series in chart.series for value in series.values if value is not None]
    lowest = chart.lowest if chart.lowest is not None else min([0.0, *values])
    highest = chart.highest if chart.highest is not None else max([1.0, *values])
    return lowest, highest


def _legend(chart: Chart) -> list[str]:
    marks = [
        f"{FILLS[row % len(FILLS)]} {visible(series.name)}"
        for row, series in enumerate(chart.series)
    ]
    return ["   ".join(marks)]


def _label_width(chart: Chart) -> int:
    return min(MOST_LABEL, max((cell_len(visible(label)) for label in chart.labels), default=0))


def _cell(text: str, width: int) -> str:
    text = visible(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


def _number(chart: Chart, value: float | None) -> str:
    return NONE if value is None else f"{value:.1f}".removesuffix(".0") + chart.unit
