"""Every part on every surface: valid for Slack, whole, and literal."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack import forms, limits, outbound
from adapters.slack.blocks import Surface, blocks_of
from adapters.slack.forms import Origin
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    ChartKind,
    Facts,
    Feedback,
    Heading,
    Message,
    Note,
    Part,
    Series,
    SourceLine,
    Style,
    Table,
    Text,
    Tone,
)
from knowledge.model import Language
from tests.adapters.slack.schemas import wrong_message, wrong_view
from tests.adapters.slack.scripted import said

HOSTILE = "<!channel> <@U1> & <https://evil.test|x> *b* _i_ `c` ~s~ :smile: \u202e"
CHART = Chart(
    kind=ChartKind.BAR,
    title="Scores",
    labels=("People", "Process"),
    series=(Series(name="Now", values=(62.5, 48.0)), Series(name="Before", values=(50.0, 51.0))),
    unit=" points",
)
EVERY_PART: tuple[Part, ...] = (
    Heading(text="Heading"),
    Text(text="Plain text"),
    Text(text="Strong text", strong=True),
    Bullets(items=("one", "two"), title="Steps", ordered=True),
    Bullets(items=("three",)),
    Facts(pairs=(("Owner", "Ada"), ("Due", "week 47"))),
    Table(header=("Topic", "Score"), rows=(("CI/CD", "62"), ("Security", "")), title="Topics"),
    CHART,
    Buttons(
        buttons=(
            Button(label="Go", action="a.b", value="v", style=Style.PRIMARY),
            Button(label="Stop", action="a.b", value="w", style=Style.DANGER),
        )
    ),
    Feedback(value="answer-1", helpful="Helpful", unhelpful="Not helpful"),
    *(Note(text=f"A {tone} note", tone=tone) for tone in Tone),
    SourceLine(text="Source: People › CKA, edition 2026"),
)


def shown(payload: dict[str, Any]) -> str:
    return json.dumps(payload["blocks"], ensure_ascii=False)


def test_a_message_of_every_part_is_one_valid_page() -> None:
    pages = outbound.render(said("All", parts=EVERY_PART))
    assert [wrong_message(page) for page in pages] == [[]]
    kinds = {block["type"] for block in pages[0]["blocks"]}
    assert kinds == {
        "header",
        "rich_text",
        "table",
        "data_visualization",
        "actions",
        "context_actions",
        "context",
    }


def modal(message: Message) -> dict[str, Any]:
    return forms.outcome(message, Origin(channel="C1"))


@pytest.mark.parametrize("view", [outbound.home, modal])
def test_a_view_of_every_part_is_valid_and_says_the_same(view: Any) -> None:
    made = view(said("All", parts=EVERY_PART))
    assert wrong_view(made) == []
    for word in ("Heading", "Strong text", "two", "Ada", "CI/CD", "62.5", "Helpful", "CKA"):
        assert word in shown(made)


@pytest.mark.parametrize("part", EVERY_PART, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("surface", list(Surface))
def test_no_part_disappears(part: Part, surface: Surface) -> None:
    assert blocks_of(part, surface) != []


def test_a_charts_numbers_are_in_the_fallback_text() -> None:
    [page] = outbound.render(said("Result", parts=(CHART,)))
    assert "People: Now 62.5 points, Before 50 points" in page["text"]


def test_a_series_with_a_gap_is_told_in_words_beside_the_chart() -> None:
    series = (*CHART.series, Series(name="Long ago", values=(None, 40.0)))
    chart = Chart(kind=ChartKind.LINE, title="T", labels=CHART.labels, series=series)
    native, words = blocks_of(chart, Surface.MESSAGE)
    assert [one["name"] for one in native["chart"]["series"]] == ["Now", "Before"]
    assert "Process: Long ago 40" in json.dumps(words)
    assert "Now" not in json.dumps(words)


def test_a_chart_that_slack_cannot_draw_is_told_in_words() -> None:
    labels = tuple(f"L{number}" for number in range(30))
    chart = Chart(
        kind=ChartKind.BAR, title="T", labels=labels, series=(Series(name="S", values=(1.0,) * 30),)
    )
    blocks = blocks_of(chart, Surface.MESSAGE)
    assert [block["type"] for block in blocks] == ["rich_text"]
    assert "L29: S 1" in json.dumps(blocks)


def test_shortened_chart_labels_are_told_in_full() -> None:
    long = ("a very long label that ends in x", "a very long label that ends in y")
    chart = Chart(
        kind=ChartKind.BAR,
        title="T" * 80,
        labels=long,
        series=(Series(name="S" * 40, values=(1.0, 2.0)),),
    )
    page = outbound.render(said("R", parts=(chart,)))[0]
    assert wrong_message(page) == []
    assert all(label in shown(page) for label in long)


def test_only_the_fallback_text_is_read_as_markup_and_it_is_escaped() -> None:
    [page] = outbound.render(said(HOSTILE))
    assert page["text"].startswith("&lt;!channel&gt; &lt;@U1&gt; &amp; &lt;https")
    kinds = {node["type"] for node in nodes(page["blocks"]) if "text" in node}
    assert "mrkdwn" not in kinds
    assert kinds <= {"text", "plain_text", "rich_text_section", "header", "raw_text", "button"}


def nodes(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for one in node for found in nodes(one)]
    if not isinstance(node, dict):
        return []
    return [node, *(found for value in node.values() for found in nodes(value))]


def test_more_buttons_than_a_block_takes_go_into_several() -> None:
    many = tuple(Button(label=str(n), action="x", value=str(n)) for n in range(60))
    [page] = outbound.render(said("B", parts=(Buttons(buttons=many),)))
    assert wrong_message(page) == []
    assert [len(block["elements"]) for block in page["blocks"]] == [25, 25, 10]


def test_a_second_table_and_a_third_chart_go_to_the_next_page() -> None:
    table = Table(header=("a",), rows=(("1",),))
    pages = outbound.render(said("T", parts=(table, table, CHART, CHART, CHART)))
    assert [wrong_message(page) for page in pages] == [[], [], []]


def test_a_table_too_large_for_slack_is_written_out() -> None:
    rows = tuple((f"row {number}", "x" * 50) for number in range(400))
    pages = outbound.render(said("T", parts=(Table(header=("a", "b"), rows=rows),)))
    assert [wrong_message(page) for page in pages] == [[]] * len(pages)
    text = "".join(shown(page) for page in pages)
    assert all(f"row {number} " in text for number in range(400))


def test_a_view_with_more_than_slack_takes_says_how_much_is_missing() -> None:
    parts = tuple(Text(text=f"part {number}") for number in range(150))
    view = outbound.home(said("H", parts=parts))
    assert len(view["blocks"]) == limits.VIEW_BLOCKS
    assert "51 more parts" in json.dumps(view["blocks"][-1])


words = st.text(max_size=90) | st.sampled_from([HOSTILE, "", "x" * 3100, "字" * 13_000])
buttons = st.builds(
    Button,
    label=words,
    action=st.just("ask.why"),
    value=st.text(max_size=50),
    style=st.sampled_from(Style),
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        Table,
        header=st.tuples(*[words] * width),
        rows=st.lists(st.tuples(*[words] * width), max_size=8).map(tuple),
        title=st.none() | words,
    )
)
charts = st.integers(0, 25).flatmap(
    lambda width: st.builds(
        Chart,
        kind=st.sampled_from(ChartKind),
        title=words,
        labels=st.tuples(*[words] * width),
        series=st.lists(
            st.builds(
                Series,
                name=words,
                values=st.tuples(
                    *[st.none() | st.floats(allow_nan=False, allow_infinity=False)] * width
                ),
            ),
            max_size=8,
        ).map(tuple),
    )
)
anything = st.one_of(
    st.builds(Heading, text=words),
    st.builds(Text, text=words, strong=st.booleans()),
    st.builds(Bullets, items=st.lists(words, max_size=8).map(tuple), title=st.none() | words),
    st.builds(Facts, pairs=st.lists(st.tuples(words, words), max_size=6).map(tuple)),
    tables,
    charts,
    st.builds(Buttons, buttons=st.lists(buttons, max_size=27).map(tuple)),
    st.builds(Feedback, value=st.text(max_size=50), helpful=words, unhelpful=words),
    st.builds(Note, text=words, tone=st.sampled_from(Tone)),
    st.builds(SourceLine, text=words),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(anything, max_size=5).map(tuple), words)
def test_whatever_the_coach_says_slack_takes_it(parts: tuple[Part, ...], summary: str) -> None:
    message = Message(parts=parts, summary=summary or "s", language=Language.ZH)
    for page in outbound.render(message):
        assert not wrong_message(page), wrong_message(page)[0][:300]
    for view in (outbound.home(message), modal(message)):
        assert not wrong_view(view), wrong_view(view)[0][:300]
