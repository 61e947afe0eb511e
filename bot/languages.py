"""One message in the languages of its readers."""

from collections.abc import Callable
from dataclasses import replace

from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Chart,
    Facts,
    Heading,
    Message,
    Note,
    Part,
    Table,
    Text,
)
from bot.ports.channels import Languages
from knowledge.model import Language


def in_languages(languages: Languages, make: Callable[[Language], Message]) -> Message:
    """In one language, or English with Chinese beside it part by part."""
    if languages is not Languages.BOTH:
        return make(Language(languages.value))
    first, second = make(Language.EN), make(Language.ZH)
    parts = tuple(_both(one, other) for one, other in zip(first.parts, second.parts, strict=True))
    return replace(first, parts=parts, summary=f"{first.summary} / {second.summary}")


def _both(one: Part, other: Part) -> Part:
    match one, other:
        case (Heading(), Heading()):
            return Heading(text=_beside(one.text, other.text))
        case (Text(), Text()):
            return replace(one, text=_below(one.text, other.text))
        case (Note(), Note()):
            return replace(one, text=_below(one.text, other.text))
        case (Bullets(), Bullets()):
            items = zip(one.items, other.items, strict=True)
            title = _beside(one.title or "", other.title or "") or None
            return replace(one, items=tuple(_beside(*pair) for pair in items), title=title)
        case (Facts(), Facts()):
            return Facts(pairs=_facts(one, other))
        case (Table(), Table()):
            header = zip(one.header, other.header, strict=True)
            return replace(one, header=tuple(_beside(*pair) for pair in header))
        case (Chart(), Chart()):
            return _chart(one, other)
        case (Buttons(), Buttons()):
            pairs = zip(one.buttons, other.buttons, strict=True)
            return Buttons(buttons=tuple(_button(*pair) for pair in pairs))
    return one


def _facts(one: Facts, other: Facts) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_beside(label, label_2), _below(value, value_2))
        for (label, value), (label_2, value_2) in zip(one.pairs, other.pairs, strict=True)
    )


def _chart(one: Chart, other: Chart) -> Chart:
    series = tuple(
        replace(first, name=_beside(first.name, second.name))
        for first, second in zip(one.series, other.series, strict=True)
    )
    return replace(one, title=_beside(one.title, other.title), series=series)


def _button(one: Button, other: Button) -> Button:
    return replace(one, label=_beside(one.label, other.label))


def _beside(one: str, other: str) -> str:
    return one if one == other else f"{one} · {other}"


def _below(one: str, other: str) -> str:
    return one if one == other else f"{one}\n{other}"
