"""Each part of a Message as elements of an Adaptive Card 1.5."""

from enum import StrEnum
from typing import Any

from adapters.teams.blocks import MOST_TEXT, Element, paragraphs, run, table
from adapters.teams.charts import chart
from adapters.teams.plain import escaped, sendable, shortened
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Choice,
    Facts,
    Feedback,
    Field,
    Form,
    Heading,
    Note,
    Option,
    Part,
    Scale,
    SourceLine,
    Style,
    Table,
    Text,
    TextField,
    Tone,
)
from bot.wording import Wording

MOST_ACTIONS = 6  # Teams shows no more in one row of actions
ROW = 60  # Latin letters that fit beside each other, in the narrow cards of a channel
MOST_LABEL = 120  # characters of a button
EXPANDED = 6  # a choice with more options is a list that unfolds

STYLES = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}
TONES = {
    Tone.INFO: ("accent", "ⓘ"),
    Tone.SUCCESS: ("good", "✓"),
    Tone.WARNING: ("warning", "⚠"),
    Tone.ERROR: ("attention", "✕"),
}


class Surface(StrEnum):
    """Where a card is shown: a dialog knows Action.Submit only."""

    CHAT = "chat"
    DIALOG = "dialog"


class Painter:
    """Turns parts into elements; one a card, so that ids in it are unique."""

    def __init__(self, words: Wording, surface: Surface, carried: dict[str, str]) -> None:
        self._words = words
        self._surface = surface
        self._carried = carried  # goes along with every action of this card
        self._charts = 0

    def elements(self, part: Part) -> list[Element]:
        match part:
            case Heading(text=text):
                return [_heading(text)]
            case Text(text=text, strong=strong):
                return paragraphs(text, weight="bolder" if strong else "default")
            case Bullets():
                return _bullets(part)
            case Facts(pairs=pairs):
                return [table((), pairs)] if pairs else []
            case Table():
                return [*_titled(part.title), table(part.header, part.rows)]
            case Chart():
                self._charts += 1
                return chart(part, self._charts, self._words)
            case Note():
                return [_note(part)]
            case SourceLine(text=text):
                return paragraphs(text, size="small", isSubtle=True)
            case _:
                return self._acting(part)

    def _acting(self, part: Buttons | Feedback | Form) -> list[Element]:
        match part:
            case Buttons(buttons=buttons):
                return action_sets([self._button(button) for button in buttons])
            case Feedback():
                labels = (("ask.helpful", part.helpful), ("ask.unhelpful", part.unhelpful))
                pair = [Button(label=label, action=a, value=part.value) for a, label in labels]
                return action_sets([self._button(button) for button in pair])
            case Form():
                return self._form(part)

    def _button(self, button: Button) -> Element:
        data = {"action": button.action, "value": button.value}
        return self.action(button.label, data, style=button.style, opens=button.opens)

    def _form(self, form: Form) -> list[Element]:
        note = paragraphs(form.note, size="small", isSubtle=True) if form.note else []
        fields = [self._field(field) for field in form.fields]
        send = self.action(
            form.submit, {"form": form.form, "context": form.context}, style=Style.PRIMARY
        )
        return [_heading(form.title), *note, *fields, *action_sets([send])]

    def action(
        self, label: str, data: dict[str, str], *, style: Style = Style.PLAIN, opens: bool = False
    ) -> Element:
        """A button that comes back with `data` under the key `coach`."""
        carried: dict[str, Any] = {"coach": {**self._carried, **data}}
        if opens and self._surface is Surface.CHAT:
            carried["msteams"] = {"type": "task/fetch"}
        shown: Element = {"title": shortened(label, MOST_LABEL), "data": carried}
        if style in STYLES:
            shown["style"] = STYLES[style]
        submit = {"type": "Action.Submit", **shown}
        if opens or self._surface is Surface.DIALOG:
            return submit
        return {"type": "Action.Execute", "verb": "coach", **shown, "fallback": submit}

    def _field(self, field: Field) -> Element:
        element: Element = {
            "id": f"field.{field.name}",
            "label": sendable(field.label),
            "isRequired": not field.optional,
            "errorMessage": self._words.say("teams.required"),
        }
        if field.initial is not None:
            element["value"] = sendable(field.initial)
        match field:
            case TextField():
                return element | _text_input(field)
            case Scale(options=options, apart=apart):
                return element | _choices((*options, apart) if apart else options, expanded=True)
            case Choice(options=options, many=many):
                expanded = many or len(options) <= EXPANDED
                return element | _choices(options, expanded=expanded, many=many)


def _text_input(field: TextField) -> Element:
    element: Element = {
        "type": "Input.Text",
        "isMultiline": field.multiline,
        "maxLength": field.most,
    }
    if field.hint:
        element["placeholder"] = sendable(field.hint)
    return element


def _choices(options: tuple[Option, ...], *, expanded: bool, many: bool = False) -> Element:
    shown = escaped if expanded else sendable  # only the unfolded ones read Markdown
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if expanded else "compact",
        "isMultiSelect": many,
        "wrap": True,
        "choices": [{"title": shown(one.label), "value": one.value} for one in options],
    }


def action_sets(actions: list[Element]) -> list[Element]:
    """Rows of as many buttons as fit side by side; what overflows a row is cut off."""
    rows: list[list[Element]] = []
    room = 0
    for action in actions:
        width = _width(action["title"])
        if not rows or len(rows[-1]) == MOST_ACTIONS or width > room:
            rows.append([])
            room = ROW
        rows[-1].append(action)
        room -= width
    return [{"type": "ActionSet", "actions": row} for row in rows]


def _width(title: str) -> int:
    """Latin letters that a button takes; a Chinese one is as wide as two."""
    return 4 + sum(2 if one >= "\u2e80" else 1 for one in title)


def _heading(text: str) -> Element:
    look = {"style": "heading", "size": "large", "weight": "bolder", "wrap": True}
    return {"type": "TextBlock", "text": escaped(shortened(text, MOST_TEXT)) or " ", **look}


def _titled(title: str | None) -> list[Element]:
    return [run(title, weight="bolder")] if title else []


def _bullets(part: Bullets) -> list[Element]:
    rows = []
    for number, item in enumerate(part.items, start=1):
        sign = f"{number}." if part.ordered else "•"
        rows.append(run(f"{sign}  {item}") | {"spacing": "small"})
    return [*_titled(part.title), *rows]


def _note(note: Note) -> Element:
    if note.tone not in TONES:
        items = paragraphs(note.text, size="small", isSubtle=True)
        return {"type": "Container", "items": items or [run(" ")]}
    style, sign = TONES[note.tone]
    items = paragraphs(f"{sign} {note.text}")
    return {"type": "Container", "style": style, "items": items}
