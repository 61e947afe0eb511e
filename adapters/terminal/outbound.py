"""A Message as text: plain lines for pipes, a card for a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table as Grid
from rich.text import Text as Words

from adapters.terminal.charts import drawn
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Facts,
    Feedback,
    Form,
    Heading,
    Message,
    Note,
    Part,
    SourceLine,
    Table,
    Text,
    Tone,
)
from knowledge.model import Language
from knowledge.normalise import visible

GAP = 3  # columns between buttons
WIDEST = 100  # columns of a card
MARKS = {
    Tone.PLAIN: "",
    Tone.INFO: "",
    Tone.SUCCESS: "✓ ",
    Tone.WARNING: "! ",
    Tone.ERROR: "✗ ",
}
HELPFUL, UNHELPFUL = "ask.helpful", "ask.unhelpful"


@dataclass(kw_only=True, slots=True)
class Numbers:
    """Gives every button a number that can be typed; None leaves buttons out."""

    buttons: list[Button] = field(default_factory=list)

    def take(self, buttons: tuple[Button, ...]) -> list[tuple[int, str]]:
        """The numbers and labels of these buttons."""
        first = len(self.buttons) + 1
        self.buttons += buttons
        return [(first + place, button.label) for place, button in enumerate(buttons)]


def buttons_of(part: Part) -> tuple[Button, ...]:
    """What can be chosen on this part."""
    match part:
        case Buttons():
            return part.buttons
        case Feedback():
            return (
                Button(label=part.helpful, action=HELPFUL, value=part.value),
                Button(label=part.unhelpful, action=UNHELPFUL, value=part.value),
            )
    return ()


def safe(text: str) -> str:
    """Without anything that moves the cursor or turns the direction of text."""
    return "\n".join(visible(line) for line in text.splitlines())


# ── plain ────────────────────────────────────────────────────────────────────


def plain(message: Message, numbers: Numbers | None = None) -> str:
    """The whole message as lines; buttons only where `numbers` counts them."""
    colon = "：" if message.language is Language.ZH else ":"
    blocks = ["\n".join(_lines(part, numbers, colon)) for part in message.parts]
    return "\n".join(safe(block) for block in blocks if block)


def _lines(part: Part, numbers: Numbers | None, colon: str) -> Iterator[str]:
    if isinstance(part, Buttons | Feedback):
        if numbers is not None:
            taken = numbers.take(buttons_of(part))
            yield "  ".join(f"[{number}] {label}" for number, label in taken)
    elif isinstance(part, Heading | Text | SourceLine | Note):
        yield _words(part)
    else:
        yield from _figure(part, colon)


def _words(part: Heading | Text | SourceLine | Note) -> str:
    match part:
        case Heading():
            return f"# {part.text}"
        case Note():
            return MARKS[part.tone] + part.text
    return part.text


def _figure(part: Part, colon: str) -> Iterator[str]:
    match part:
        case Bullets():
            yield from _bullets(part, colon)
        case Facts():
            yield from (
                f"{label}{colon}{'' if colon == '：' else ' '}{value}"
                for label, value in part.pairs
            )
        case Table():
            yield from ([part.title] if part.title else [])
            yield from (" | ".join(row) for row in (part.header, *part.rows))
        case Chart():
            yield part.as_text()
        case Form():
            yield f"# {part.title}"
            yield from ([part.note] if part.note else [])


def _bullets(part: Bullets, colon: str) -> Iterator[str]:
    if part.title:
        yield part.title if part.title.endswith((":", "：")) else part.title + colon
    for place, item in enumerate(part.items, start=1):
        yield f"{place}. {item}" if part.ordered else f"- {item}"


# ── a card ───────────────────────────────────────────────────────────────────


def card(message: Message, numbers: Numbers, title: str, *, width: int) -> RenderableType:
    """The message in a frame; no colours, so that it reads on dark and on light."""
    width = min(width, WIDEST)
    shown: list[RenderableType] = []
    for part in message.parts:
        for one in _rendered(part, numbers, width - 4):
            shown.append(one)
    return Panel(
        Group(*shown),
        title=Words(title),
        title_align="left",
        box=box.ROUNDED,
        border_style="dim",
        width=width,
        padding=(0, 1),
    )


def _rendered(part: Part, numbers: Numbers, width: int) -> Iterator[RenderableType]:
    if isinstance(part, Buttons | Feedback):
        yield _choices(numbers.take(buttons_of(part)), width)
    elif isinstance(part, Heading | Text | SourceLine | Note):
        yield _styled(part)
    else:
        yield from _drawn(part, width)


def _styled(part: Heading | Text | SourceLine | Note) -> RenderableType:
    match part:
        case Heading():
            return Words(safe(part.text), style="bold")
        case SourceLine():
            return Padding(Words(safe(part.text), style="dim"), (1, 0, 0, 0))
        case Note():
            style = "dim" if part.tone is Tone.PLAIN else "bold"
            return Words(MARKS[part.tone] + safe(part.text), style=style)
    return Words(safe(part.text), style="bold" if part.strong else "")


def _drawn(part: Part, width: int) -> Iterator[RenderableType]:
    match part:
        case Bullets():
            yield from _list(part)
        case Facts():
            yield _grid(part.pairs, first="bold")
        case Table():
            yield _table(part)
        case Chart():
            yield Words(drawn(part, width))
        case Form():
            yield Words(safe(part.title), style="bold")
            if part.note:
                yield Words(safe(part.note), style="dim")


def _list(part: Bullets) -> Iterator[RenderableType]:
    if part.title:
        yield Padding(Words(safe(part.title), style="bold"), (1, 0, 0, 0))
    marks = [f"{place}." if part.ordered else "•" for place in range(1, len(part.items) + 1)]
    yield _grid(tuple(zip(marks, part.items, strict=True)))


def _grid(pairs: tuple[tuple[str, str], ...], first: str = "") -> Grid:
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(style=first, no_wrap=len(pairs) > 0 and not first)
    grid.add_column()
    for left, right in pairs:
        grid.add_row(Words(safe(left)), Words(safe(right)))
    return grid


def _table(part: Table) -> Grid:
    table = Grid(
        title=Words(safe(part.title)) if part.title else None, box=box.SIMPLE, title_justify="left"
    )
    for name in part.header:
        table.add_column(Words(safe(name)))
    for row in part.rows:
        table.add_row(*(Words(safe(cell)) for cell in row))
    return table


def _choices(taken: list[tuple[int, str]], width: int) -> RenderableType:
    """Numbers and labels, a new line before one that doesn't fit: rich would break within it."""
    line, used = Words(), 0
    for number, label in taken:
        room = cell_len(f"[{number}] {safe(label)}")
        if used:
            fits = used + GAP + room <= width
            line.append(" " * GAP if fits else "\n")
            used = used + GAP if fits else 0
        line.append(f"[{number}]", style="bold")
        line.append(f" {safe(label)}")
        used += room
    return Padding(line, (1, 0, 0, 0))
