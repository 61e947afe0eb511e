"""Forms as modals: valid, whole, and filled again."""

import json

import pytest

from adapters.slack import forms
from adapters.slack.forms import Origin, unpacked
from bot.messages import Choice, Form, Note, Option, Scale, TextField, Tone
from knowledge.model import Language
from tests.adapters.slack.schemas import wrong_view
from tests.adapters.slack.scripted import said


def view_of(*fields: object, title: str = "Title", **more: object) -> dict[str, object]:
    form = Form(form="f", title=title, fields=fields, submit="Send", **more)  # type: ignore[arg-type]
    return forms.view(said("Form", parts=(form,)), Origin(channel="C1", thread="1.2"))


def options(count: int, label: str = "option {}") -> tuple[Option, ...]:
    return tuple(Option(label=label.format(n), value=f"v{n}") for n in range(count))


@pytest.mark.parametrize(
    "field",
    [
        TextField(name="t", label="Text"),
        TextField(name="t", label="Long", multiline=True, most=99_999, initial="x", hint="h" * 90),
        Choice(name="c", label="One", options=options(3), initial="v1"),
        Choice(name="c", label="One of many", options=options(40)),
        Choice(name="c", label="One of very many", options=options(250), initial="v249"),
        Choice(name="c", label="Some", options=options(5), many=True, initial="v0,v4"),
        Choice(name="c", label="Some of many", options=options(30), many=True, optional=True),
        Scale(name="s", label="Scale", options=options(5), apart=Option(label="No", value="no")),
        Scale(name="s", label="Long scale", options=options(12), initial="v3"),
        Choice(name="c", label="L" * 2500, options=options(4, "x" * 90 + " {}")),
    ],
)
def test_every_field_is_valid(field: object) -> None:
    assert wrong_view(view_of(field)) == []


def test_options_too_long_for_a_menu_stand_above_it_in_full() -> None:
    long = "a statement that nobody could fit into a menu because it goes on and on and on: {}"
    view = view_of(Choice(name="c", label="Which", options=options(3, long)))
    text = json.dumps(view)
    assert all(long.format(number) in text for number in range(3))
    assert "1. a statement" in text


def test_a_title_too_long_for_a_modal_stands_in_it() -> None:
    title = "How do we work together in this team?"
    view = view_of(TextField(name="t", label="x"), title=title)
    assert title in json.dumps(view["blocks"])
    assert wrong_view(view) == []


def test_the_way_back_survives_the_modal() -> None:
    view = view_of(TextField(name="t", label="x"), context="p-1|两")
    origin = unpacked(str(view["private_metadata"]))
    assert origin == Origin(channel="C1", thread="1.2", context="p-1|两")


def test_a_context_that_does_not_fit_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="private_metadata"):
        view_of(TextField(name="t", label="x"), context="x" * 3000)


def test_a_form_sent_again_replaces_the_earlier_alert() -> None:
    view = view_of(TextField(name="t", label="x"), note="Terms")
    sent = {**view, "state": {"values": {"t": {"t": {"type": "plain_text_input", "value": "w"}}}}}
    once = forms.again(sent, said("No", parts=(Note(text="No", tone=Tone.WARNING),)))
    twice = forms.again(
        {**once, "state": sent["state"]},
        said("No", parts=(Note(text="Still no", tone=Tone.WARNING),)),
    )
    assert [block["type"] for block in twice["blocks"]] == ["alert", "context", "input"]
    assert wrong_view(twice) == []


def test_what_stands_while_waiting_is_valid_in_both_languages() -> None:
    assert [wrong_view(forms.waiting(language)) for language in Language] == [[], []]
