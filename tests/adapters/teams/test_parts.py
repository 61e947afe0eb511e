"""Every part of a Message as an Adaptive Card that Microsoft's schema and renderer accept."""

from dataclasses import replace

import pytest

from adapters.teams import outbound
from adapters.teams.cards import Surface
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
    Scale,
    Series,
    SourceLine,
    Style,
    Table,
    Text,
    TextField,
    Tone,
)
from knowledge.model import Language
from tests.adapters.teams.activities import buttons, words
from tests.adapters.teams.painter import Painter, problems

HOSTILE = (
    "<script>alert(1)</script>",
    "<at>Everyone</at> **bold** _it_ [link](http://evil.example) `code`",
    "# not a heading",
    "- not a list",
    "1. not a list",
    "{{DATE(2026-11-23T09:00:00Z, SHORT)}}",
    "![](http://evil.example/pixel.png)",
    "back\\slash \\* and | pipe ~~gone~~",
    "&lt;b&gt; &amp; &nbsp;",
    "<!channel> @everyone '; DROP TABLE pulses; --",
    "你好，“世界”！\u202eevil",
    "a\x00b\x07c\ud800d",
)
SCALE = tuple(Option(label=label, value=str(n)) for n, label in enumerate("ABCDE", start=1))
SERIES = (
    Series(name="Score", values=(62.5, None, 71.25)),
    Series(name="Favourable", values=(40.0, 50.0, 60.0)),
)
FORM = Form(
    form="pulse.ballot",
    title="People pulse",
    note="Nobody can link your answer to you.",
    submit="Send",
    context="pulse-1",
    fields=(
        Scale(
            name="s1",
            label="Our team owns its services.",
            options=SCALE,
            apart=Option(label="Don't know", value="0"),
        ),
        Choice(name="c1", label="One", options=SCALE, initial="2"),
        Choice(name="c2", label="Several", options=SCALE, many=True, optional=True),
        Choice(
            name="c3",
            label="Long",
            options=tuple(Option(label=str(n), value=str(n)) for n in range(12)),
        ),
        TextField(name="t1", label="Comment", multiline=True, optional=True, hint="In a word"),
        TextField(name="t2", label="Title", initial="First", most=80),
    ),
)
PARTS: tuple[Part, ...] = (
    Heading(text="Policy creation"),
    Text(text="One line.\nAnother line."),
    Text(text="Strong.", strong=True),
    Bullets(items=("one", "two"), title="Steps", ordered=True),
    Bullets(items=("three", "four")),
    Facts(pairs=(("Open until", "Friday"), ("Answered", "7 of 12"))),
    Table(header=("Pillar", "Score"), rows=(("People", "62"), ("Process", "–")), title="Scores"),
    Chart(kind=ChartKind.BAR, title="One", labels=("a", "b", "c"), series=SERIES[:1], unit=" %"),
    Chart(kind=ChartKind.BAR, title="Two", labels=("a", "b", "c"), series=SERIES, lowest=0),
    Chart(kind=ChartKind.STACKED, title="Three", labels=("a", "b", "c"), series=SERIES),
    Chart(
        kind=ChartKind.LINE,
        title="Four",
        labels=("2026-09-01", "2026-10-01", "2026-11-01"),
        series=SERIES,
        lowest=0,
        highest=100,
    ),
    Chart(kind=ChartKind.LINE, title="Five", labels=("Sep", "Oct", "Nov"), series=SERIES),
    Buttons(
        buttons=(
            Button(label="Why?", action="ask.why", value="t"),
            Button(label="Launch", action="pulse.launch", style=Style.PRIMARY),
            Button(label="Cancel it", action="pulse.cancel", style=Style.DANGER),
            Button(label="Answer", action="pulse.answer", value="p", opens=True),
        )
    ),
    Feedback(value="t|a", helpful="Helpful", unhelpful="Not helpful"),
    *(Note(text=f"A {tone} note.", tone=tone) for tone in Tone),
    SourceLine(text="Policy › Policy creation › Level 2"),
    FORM,
)


def message(*parts: Part, language: Language = Language.EN) -> Message:
    return Message(parts=parts, summary="A summary.", language=language)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_every_part_is_valid_and_painted_without_complaint(
    painter: Painter, part: Part, surface: Surface, language: Language
) -> None:
    card = outbound.card(message(part, language=language), surface=surface)
    assert problems(card) == []
    assert painter.paint(card).complaints == ()


def test_all_parts_together_make_one_valid_card(painter: Painter) -> None:
    card = outbound.card(message(*PARTS))
    assert problems(card) == []
    assert painter.paint(card).complaints == ()
    assert outbound.size(card) <= outbound.MOST_BYTES


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_was_typed(painter: Painter, text: str) -> None:
    shown = text.replace("\x00", "").replace("\x07", "").replace("\ud800", "\ufffd")
    parts = (
        Text(text=text),
        Bullets(items=(text,)),
        Facts(pairs=((text, text),)),
        Table(header=(text,), rows=((text,),)),
        Note(text=text),
        SourceLine(text=text),
    )
    for part in parts:
        painted = painter.paint(outbound.card(message(part)))
        assert shown in painted.text.replace("\u00a0", " ").replace("\u2060", "")
        assert "<img" not in painted.html
        assert "<a " not in painted.html
        assert "<script" not in painted.html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_heading_is_shown_as_it_was_typed(painter: Painter, text: str) -> None:
    painted = painter.paint(outbound.card(message(Heading(text=text))))
    plain = text.replace("\x00", "").replace("\x07", "").replace("\ud800", "\ufffd")
    assert " ".join(painted.text.replace("\u2060", "").split()) == " ".join(plain.split())
    assert "<img" not in painted.html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_labels_and_options_make_no_markup(painter: Painter, text: str) -> None:
    option = Option(label=text, value="1")
    fields = (
        Choice(name="a", label=text, options=(option,)),
        TextField(name="b", label=text, initial=text, hint=text),
    )
    form = Form(form="f", title="Title", fields=fields, submit=text)
    painted = painter.paint(outbound.card(message(form)))
    assert "<img" not in painted.html
    assert "<script" not in painted.html
    assert 'href="http' not in painted.html


def test_a_chart_shows_its_numbers_to_whoever_cannot_see_it(painter: Painter) -> None:
    chart = Chart(kind=ChartKind.BAR, title="Scores", labels=("People",), series=SERIES[:1])
    chart = replace(chart, series=(Series(name="Score", values=(62.5,)),), unit=" %")
    card = outbound.card(message(chart))
    assert card["body"][0]["type"] == "Chart.VerticalBar"
    assert card["body"][0]["data"] == [{"x": "People", "y": 62.5}]
    assert "People: Score 62.5 %" in words(card)
    painted = painter.paint(card)
    assert "62.5 %" in painted.text  # the fallback's table
    assert "Show the numbers" in painted.actions


def test_a_chart_without_any_number_is_words(painter: Painter) -> None:
    chart = Chart(
        kind=ChartKind.BAR,
        title="Scores",
        labels=("People",),
        series=(Series(name="Score", values=(None,)),),
    )
    card = outbound.card(message(chart))
    assert words(card) == "Scores\nPeople: –"


def test_months_in_words_are_bars_because_a_line_wants_dates() -> None:
    (chart,) = [part for part in PARTS if isinstance(part, Chart) and part.title == "Five"]
    card = outbound.card(message(chart))
    assert card["body"][0]["type"] == "Chart.VerticalBar.Grouped"


def test_a_button_is_an_execute_with_a_submit_for_older_clients() -> None:
    action = buttons(outbound.card(message(*PARTS)))["Why?"]
    assert action["type"] == "Action.Execute"
    assert action["fallback"]["type"] == "Action.Submit"
    assert action["data"] == action["fallback"]["data"]
    assert action["data"]["coach"] == {"action": "ask.why", "value": "t"}


def test_a_button_that_opens_a_form_opens_a_dialog() -> None:
    action = buttons(outbound.card(message(*PARTS)))["Answer"]
    assert action["type"] == "Action.Submit"
    assert action["data"]["msteams"] == {"type": "task/fetch"}


def test_in_a_dialog_every_button_submits() -> None:
    card = outbound.card(message(*PARTS), surface=Surface.DIALOG, carried={"on": "card-1"})
    for action in buttons(card).values():
        if action["type"] != "Action.ToggleVisibility":
            assert action["type"] == "Action.Submit"
            assert action["data"]["coach"]["on"] == "card-1"
            assert "msteams" not in action["data"]


def test_more_buttons_than_a_row_holds_make_more_rows(painter: Painter) -> None:
    many = tuple(Button(label=f"B{n}", action="a") for n in range(14))
    card = outbound.card(message(Buttons(buttons=many)))
    assert [len(row["actions"]) for row in card["body"]] == [6, 6, 2]
    assert painter.paint(card).actions == tuple(one.label for one in many)


def test_a_form_has_all_its_inputs_with_labels_and_limits(painter: Painter) -> None:
    card = outbound.card(message(FORM))
    assert painter.paint(card).inputs == tuple(f"field.{f.name}" for f in FORM.fields)
    inputs = {one["id"]: one for one in card["body"] if str(one.get("type")).startswith("Input")}
    assert inputs["field.s1"]["choices"][-1] == {"title": "Don't know", "value": "0"}
    assert inputs["field.s1"]["isRequired"] is True
    assert inputs["field.c2"]["isMultiSelect"] is True
    assert inputs["field.c2"]["isRequired"] is False
    assert inputs["field.c3"]["style"] == "compact"
    assert inputs["field.t2"] | {"value": "First", "maxLength": 80} == inputs["field.t2"]


def test_a_card_that_would_be_too_large_says_what_it_leaves_out(painter: Painter) -> None:
    rows = tuple((f"row {n} " * 20, "x" * 200) for n in range(100))
    big = message(
        Heading(text="Kept"),
        Table(header=("a", "b"), rows=rows),
        Text(text="字" * 7000),
        Text(text="Also kept."),
        SourceLine(text="The source"),
        Buttons(buttons=(Button(label="Kept button", action="a"),)),
    )
    card = outbound.card(big)
    assert outbound.size(card) <= outbound.MOST_BYTES
    shown = words(card)
    assert "Kept" in shown
    assert "The source" in shown
    assert "row 1" not in shown
    assert "too long for one card" in shown
    assert "Kept button" in buttons(card)
    assert painter.paint(card).complaints == ()


def test_a_notification_has_words_and_an_old_client_too() -> None:
    activity = outbound.activity(message(Text(text="Body")))
    assert activity["summary"] == "A summary."
    (attachment,) = activity["attachments"]
    assert attachment["content"]["fallbackText"] == "A summary."
    assert attachment["content"]["version"] == "1.5"
