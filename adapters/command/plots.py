"""A team's scores over time as a picture for a slide."""

from collections.abc import Sequence
from pathlib import Path

from bot.instrument import Instrument
from bot.ports.pulses import Pulse
from bot.scoring import Score
from bot.wording import wording
from knowledge.model import Language

FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "DejaVu Sans"]
MARKERS = ("o", "s", "D", "^", "v", "P", "X")  # shapes as well as colours


class NoPlots(Exception):
    """matplotlib isn't installed."""


def plot(pulses: Sequence[Pulse], instrument: Instrument, language: Language, file: Path) -> None:
    """Lines with 95 % intervals, one a pillar, into a .png or .svg. Raises NoPlots."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NoPlots("pictures need matplotlib: pip install 'maturity-coach[plots]'") from error
    said = wording(language)
    found = _lines(pulses)
    with mpl.rc_context({"font.sans-serif": FONTS, "svg.fonttype": "path"}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        days = [said.day(pulse.closes.date()) for pulse in pulses]
        for place, (pillar, scores) in enumerate(found.items()):
            axes.errorbar(
                [at for at, _ in scores],
                [score.value for _, score in scores],
                yerr=(
                    [score.value - score.low for _, score in scores],
                    [score.high - score.value for _, score in scores],
                ),
                marker=MARKERS[place % len(MARKERS)],
                capsize=3,
                label=instrument.name(pillar, language),
            )
        axes.set_ylim(0, 100)
        axes.set_xticks(range(len(days)), days, rotation=30, ha="right")
        axes.set_title(said.say("pulse.chart_scores"))
        for border in (50, 75):
            axes.axhline(border, linewidth=0.5, linestyle=":", color="0.5")
        if found:
            axes.legend(loc="lower right", frameon=False)
        figure.savefig(file, dpi=200, metadata={"Date": None} if file.suffix == ".svg" else None)


def _lines(pulses: Sequence[Pulse]) -> dict[str, list[tuple[int, Score]]]:
    lines: dict[str, list[tuple[int, Score]]] = {}
    for place, pulse in enumerate(pulses):
        for score in pulse.result.pillars if pulse.result else ():
            lines.setdefault(score.of, []).append((place, score))
    return lines
