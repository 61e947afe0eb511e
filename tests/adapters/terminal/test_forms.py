"""Forms filled in line by line."""

import pytest

from adapters.terminal.forms import Filling, Unusable
from adapters.terminal.inbound import private_place
from bot.messages import Choice, Field, Form, Option, Scale, TextField
from bot.wording import wording
from knowledge.model import Language

SAID = wording(Language.EN)
YES_NO = (Option(label="Yes", value="y"), Option(label="No", value="n"))
PLACE = private_place("anna")


def filled(field: Field, line: str) -> dict[str, str]:
    form = Form(form="f", title="t", fields=(field,), submit="s")
    filling = Filling(form=form, place=PLACE)
    filling.take(line, SAID)
    assert filling.current is None
    return filling.values


@pytest.mark.parametrize(
    ("field", "line", "values"),
    [
        (Choice(name="c", label="C", options=YES_NO), "2", {"c": "n"}),
        (Choice(name="c", label="C", options=YES_NO), "Yes", {"c": "y"}),
        (Choice(name="c", label="C", options=YES_NO), "n", {"c": "n"}),
        (Choice(name="c", label="C", options=YES_NO, many=True), "1，2", {"c": "y,n"}),
        (Choice(name="c", label="C", options=YES_NO, initial="y"), "", {"c": "y"}),
        (Choice(name="c", label="C", options=YES_NO, optional=True), "  ", {}),
        (Scale(name="s", label="S", options=YES_NO), "1", {"s": "y"}),
        (
            Scale(name="s", label="S", options=YES_NO, apart=Option(label="?", value="na")),
            "0",
            {"s": "na"},
        ),
        (TextField(name="t", label="T", multiline=True), "a\\nb", {"t": "a\nb"}),
        (TextField(name="t", label="T"), "a\\nb", {"t": "a\\nb"}),
        (TextField(name="t", label="T", initial="x"), "", {"t": "x"}),
    ],
)
def test_a_line_becomes_the_value_of_the_field(
    field: Field, line: str, values: dict[str, str]
) -> None:
    assert filled(field, line) == values


@pytest.mark.parametrize(
    ("field", "line", "word"),
    [
        (Choice(name="c", label="C", options=YES_NO), "3", "1–2"),
        (Choice(name="c", label="C", options=YES_NO), "1,2", "1–2"),
        (Choice(name="c", label="C", options=YES_NO), "", "needed"),
        (Scale(name="s", label="S", options=YES_NO), "0", "1–2"),
        (TextField(name="t", label="T", most=3), "abcd", "At most 3"),
        (TextField(name="t", label="T"), " ", "needed"),
    ],
)
def test_a_line_that_does_not_fit_says_what_does_and_the_field_stays(
    field: Field, line: str, word: str
) -> None:
    filling = Filling(form=Form(form="f", title="t", fields=(field,), submit="s"), place=PLACE)
    with pytest.raises(Unusable, match=word):
        filling.take(line, SAID)
    assert filling.current is field
    assert filling.values == {}


def test_the_prompt_lists_what_can_be_chosen() -> None:
    field = Scale(name="s", label="Agree?", options=YES_NO, apart=Option(label="?", value="na"))
    form = Form(form="f", title="t", fields=(field,), submit="s")
    assert Filling(form=form, place=PLACE).prompt(SAID) == "Agree?\n  1) Yes\n  2) No\n  0) ?"
