"""Every part of a message on a terminal, at 80 columns, plain and as a card."""

import io
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.outbound import Numbers, card, plain
from adapters.terminal.screen import Lines
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    ChartKind,
    Choice,
    Facts,
    Feedback,
    Form,
    Heading,
    Message,
    Note,
    Option,
    Part,
    Series,
    SourceLine,
    Table,
    Text,
    TextField,
    Tone,
)
from knowledge.model import Language

CHARTS = {
    kind: Chart(
        kind=kind,
        title="Score by pillar",
        labels=("People", "Process and a label that is very long indeed", "政策"),
        series=(
            Series(name="Now", values=(72.5, 40.0, None)),
            Series(name="Before", values=(60.0, 41.0, 12.0)),
        ),
        unit=" pts",
        lowest=0,
        highest=100,
    )
    for kind in ChartKind
}
PARTS: tuple[tuple[Part, tuple[str, ...]], ...] = (
    (Heading(text="A heading"), ("A heading",)),
    (Text(text="Some text", strong=True), ("Some text",)),
    (Bullets(items=("one", "two"), ordered=True, title="List"), ("List", "1. one", "2. two")),
    (Facts(pairs=(("Owner", "Anna"),)), ("Owner", "Anna")),
    (Table(header=("a", "b"), rows=(("1", "2"),), title="Grid"), ("Grid", "a", "b", "1", "2")),
    (Buttons(buttons=(Button(label="Press me", action="x"),)), ("[1] Press me",)),
    (Feedback(value="v", helpful="Good", unhelpful="Bad"), ("[1] Good", "[2] Bad")),
    (Note(text="Careful", tone=Tone.WARNING), ("! Careful",)),
    (SourceLine(text="Source: here"), ("Source: here",)),
    (
        Form(
            form="f",
            title="A form",
            fields=(TextField(name="t", label="T"),),
            submit="Go",
            note="Terms",
        ),
        ("A form", "Terms"),
    ),
    *((chart, ("Score by pillar", "72.5", "41", "12")) for chart in CHARTS.values()),
)


def message(*parts: Part, language: Language = Language.EN) -> Message:
    return Message(parts=parts, summary="s", language=language)


def painted(said: Message, width: int = 80) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=False)
    console.print(card(said, Numbers(), "coach", width=width))
    return out.getvalue().replace("\u00a0", " ")


def test_every_kind_of_part_is_tried_here() -> None:
    assert {type(part) for part, _ in PARTS} == set(get_args(Part))


@pytest.mark.parametrize(("part", "shown"), PARTS)
def test_a_part_is_shown_plain_and_as_a_card(part: Part, shown: tuple[str, ...]) -> None:
    for text in (plain(message(part), Numbers()), painted(message(part))):
        for word in shown:
            assert word in text


@pytest.mark.parametrize(("part", "shown"), PARTS)
def test_no_card_is_wider_than_the_terminal(part: Part, shown: tuple[str, ...]) -> None:
    for width in (40, 80):
        lines = painted(message(part), width).splitlines()
        assert max(cell_len(line) for line in lines) <= width


def test_a_card_uses_no_colour() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="truecolor")
    console.print(card(message(*(part for part, _ in PARTS)), Numbers(), "coach", width=80))
    codes = {code for code in out.getvalue().split("\x1b[")[1:] if "m" in code}
    assert {code.split("m")[0] for code in codes} <= {"0", "1", "2", "1;2"}


def test_numbers_go_on_through_a_message_and_name_their_buttons() -> None:
    numbers = Numbers()
    plain(message(PARTS[5][0], PARTS[6][0]), numbers)
    assert [button.action for button in numbers.buttons] == ["x", "ask.helpful", "ask.unhelpful"]
    assert numbers.buttons[2].value == "v"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_button_is_never_broken_over_two_lines(width: int) -> None:
    labels = (
        "Why?",
        "How do we start?",
        "How do we know?",
        "Pitfalls",
        "Related topics",
        "相关 主题",
    )
    buttons = Buttons(buttons=tuple(Button(label=one, action="x") for one in labels))
    shown = painted(message(buttons), width)
    for number, label in enumerate(labels, start=1):
        assert f"[{number}] {label}" in shown


def test_without_numbers_there_are_no_buttons_in_the_text() -> None:
    assert plain(message(Text(text="a"), PARTS[5][0], PARTS[6][0])) == "a"


def test_nothing_shown_moves_the_cursor_or_turns_text_around() -> None:
    nasty = "a\x1b[2J\u202eb\x07\x00[bold]c[/bold]\ud800"
    for part in (Text(text=nasty), Heading(text=nasty), Bullets(items=(nasty,), title=nasty)):
        for text in (plain(message(part)), painted(message(part))):
            assert not {"\x1b", "\u202e", "\x07", "\x00", "\ud800"} & set(text)
            assert "[bold]c[/bold]" in text


def test_a_stream_that_knows_few_characters_gets_what_it_knows() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Lines(out).show(message(Text(text="审计 audit")), Numbers(), "coach")
    assert raw.getvalue() == b"coach> ?? audit\n"


def test_chinese_titles_of_lists_end_as_chinese_does() -> None:
    said = message(Bullets(items=("一",), title="先做"), language=Language.ZH)
    assert plain(said).splitlines()[0] == "先做："


def test_a_choice_can_be_shown_in_a_form() -> None:
    field = Choice(name="c", label="C", options=(Option(label="A", value="a"),))
    form = Form(form="f", title="Pick", fields=(field,), submit="Go")
    assert "Pick" in painted(message(form))
