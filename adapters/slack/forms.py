"""A Form as a modal, and the modal again with what was typed, so that nothing typed is lost."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import Block, Surface, blocks_of, line, plain, rich, words
from adapters.slack.limits import pieces, shortened
from adapters.slack.outbound import Payload, view_blocks
from bot.messages import (
    Bullets,
    Choice,
    Field,
    Form,
    Message,
    Note,
    Option,
    Scale,
    Text,
    TextField,
    Tone,
)
from bot.wording import language_of, wording
from knowledge.model import Language

WAITING = "waiting"  # callback id of what stands in a modal while an answer is made
READ = "read"  # callback id of a modal that is only read


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """What a modal remembers in `private_metadata`: where it was opened, and the form's context."""

    context: str = ""
    channel: str = ""
    thread: str | None = None
    private: bool = False
    message: str | None = None  # the message whose button opened it
    language: Language = Language.EN

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def unpacked(metadata: str) -> Origin:
    """What `packed` wrote; an empty Origin for what it did not write."""
    try:
        values = json.loads(metadata)
        origin = Origin(
            context=str(values.get("context", "")),
            channel=str(values.get("channel", "")),
            thread=_word(values.get("thread")),
            private=values.get("private") is True,
            message=_word(values.get("message")),
        )
    except (ValueError, AttributeError):
        return Origin()
    return replace(origin, language=language_of(_word(values.get("language"))) or Language.EN)


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def view(message: Message, origin: Origin) -> Payload:
    """The modal of the form in this message; its other parts stand above the fields."""
    form = message.form()
    if form is None:
        raise ValueError("this message holds no form")
    say = wording(message.language)
    packed = replace(origin, context=form.context, language=message.language).packed()
    if len(packed) > limits.METADATA:
        raise ValueError("the context of a form must fit Slack's private_metadata")
    submit = form.submit if len(form.submit) <= limits.MODAL_BUTTON else say.say("slack.send")
    return {
        "type": "modal",
        "callback_id": form.form,
        "private_metadata": packed,
        "title": plain(shortened(form.title, limits.MODAL_TITLE)),
        "submit": plain(submit),
        "close": plain(say.say("slack.cancel")),
        "blocks": [*_above(message, form), *(b for one in form.fields for b in _field(one))],
    }


def outcome(message: Message, origin: Origin) -> Payload:
    """A message that is read in a modal: what came of a form, with its buttons."""
    say = wording(message.language)
    return {
        "type": "modal",
        "callback_id": READ,
        "private_metadata": replace(origin, language=message.language).packed(),
        "title": plain(say.say("slack.title")),
        "close": plain(say.say("slack.close")),
        "blocks": view_blocks(message, Surface.MODAL),
    }


def waiting(language: Language) -> Payload:
    """Stands in the modal while the answer is made."""
    say = wording(language)
    return {
        "type": "modal",
        "callback_id": WAITING,
        "title": plain(say.say("slack.title")),
        "close": plain(say.say("slack.close")),
        "blocks": [rich(line(words(say.say("slack.moment"))))],
    }


def again(sent: Payload, refusal: Message) -> Payload:
    """The modal as it was sent, with what was typed, and above it why it was not taken."""
    state = (sent.get("state") or {}).get("values") or {}
    above = [block for part in refusal.parts for block in blocks_of(part, Surface.MODAL)]
    fields = [_refilled(block, state) for block in sent["blocks"] if block.get("type") != "alert"]
    kept = ("type", "callback_id", "private_metadata", "title", "submit", "close")
    return {**{key: sent[key] for key in kept if sent.get(key)}, "blocks": [*above, *fields]}


def _refilled(block: Block, state: dict[str, Any]) -> Block:
    if block.get("type") != "input":
        return block
    element = dict(block["element"])
    typed = (state.get(str(block.get("block_id"))) or {}).get(str(element.get("action_id"))) or {}
    for source, target in _REFILL:
        if typed.get(source):
            element[target] = typed[source]
    return {**block, "element": element}


_REFILL = (
    ("value", "initial_value"),
    ("selected_option", "initial_option"),
    ("selected_options", "initial_options"),
    ("selected_conversation", "initial_conversation"),
)


def _above(message: Message, form: Form) -> list[Block]:
    long_title = form.title if len(form.title) > limits.MODAL_TITLE else None
    blocks = [
        *([rich(line(words(long_title, strong=True)))] if long_title else []),
        *(b for part in message.parts for b in blocks_of(part, Surface.MODAL)),
    ]
    if form.note:
        blocks += blocks_of(Note(text=form.note, tone=Tone.PLAIN), Surface.MODAL)
    return blocks


def _field(field: Field) -> list[Block]:
    match field:
        case TextField():
            return [_input(field, _text_input(field), hint=field.hint)]
        case Choice(options=options):
            return [*_explained(field, options), _input(field, _choice(field))]
        case Scale(options=options, apart=apart):
            every = (*options, apart) if apart else options
            return [*_explained(field, every), _input(field, _one_of(field.name, every, field))]


def _input(field: Field, element: Block, *, hint: str | None = None) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": plain(shortened(field.label, limits.INPUT_LABEL)),
        "element": element,
        "optional": field.optional,
        **({"hint": plain(shortened(hint, limits.HINT))} if hint else {}),
    }


def _text_input(field: TextField) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.multiline,
        "max_length": min(field.most, limits.INPUT_TEXT),
        **({"initial_value": field.initial} if field.initial else {}),
    }


def _choice(field: Choice) -> Block:
    if not field.many:
        return _one_of(field.name, field.options, field)
    options = _options(field.options)
    chosen = {value for value in (field.initial or "").split(",") if value}
    initial = [one for one in options if one["value"] in chosen]
    return {
        "type": "checkboxes" if len(options) <= limits.RADIOS else "multi_static_select",
        "action_id": field.name,
        **_listed(options),
        **({"initial_options": initial} if initial else {}),
    }


def _one_of(name: str, options: tuple[Option, ...], field: Choice | Scale) -> Block:
    shown = _options(options)
    initial = [one for one in shown if one["value"] == field.initial]
    return {
        "type": "radio_buttons" if len(shown) <= limits.RADIOS else "static_select",
        "action_id": name,
        **_listed(shown),
        **({"initial_option": initial[0]} if initial else {}),
    }


def _options(options: tuple[Option, ...]) -> list[Block]:
    numbered = _too_long(options)
    shown = []
    for number, one in enumerate(options, start=1):
        label = f"{number}. {one.label}" if numbered else one.label
        shown.append({"text": plain(shortened(label, limits.OPTION_LABEL)), "value": one.value})
    return shown


def _listed(options: list[Block]) -> Block:
    """More than a hundred go into groups."""
    if len(options) <= limits.OPTIONS:
        return {"options": options}
    starts = range(0, len(options), limits.OPTIONS)
    groups = [options[start : start + limits.OPTIONS] for start in starts]
    labels = (
        f"{start + 1}–{start + len(part)}" for start, part in zip(starts, groups, strict=True)
    )
    return {
        "option_groups": [
            {"label": plain(label), "options": part}
            for label, part in zip(labels, groups, strict=True)
        ]
    }


def _too_long(options: tuple[Option, ...]) -> bool:
    return any(len(one.label) > limits.OPTION_LABEL for one in options)


def _explained(field: Field, options: tuple[Option, ...]) -> list[Block]:
    """Options too long for a menu stand above it in full, by number."""
    if not _too_long(options):
        return []
    items = tuple(piece for one in options for piece in pieces(one.label, limits.SECTION)[:1])
    return [
        *blocks_of(Text(text=field.label, strong=True), Surface.MODAL),
        *blocks_of(Bullets(items=items, ordered=True), Surface.MODAL),
    ]
