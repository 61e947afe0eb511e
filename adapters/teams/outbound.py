"""A Message as Teams takes it: an activity, the answer to an invoke, or a dialog."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.teams.blocks import Element
from adapters.teams.cards import Painter, Surface
from adapters.teams.plain import sendable, shortened
from bot.messages import (
    Bullets,
    Chart,
    Facts,
    Heading,
    Message,
    Note,
    Part,
    Table,
    Text,
)
from bot.wording import wording

CARD = "application/vnd.microsoft.card.adaptive"
SHOWN = "application/vnd.microsoft.activity.message"
VERSION = "1.5"
MOST_BYTES = 26_000  # of a card; Teams refuses a message above about 28 KB
MOST_SUMMARY = 400  # characters of a notification
MOST_NOTICE = 250  # characters of what a client shows beside a card
MOST_TITLE = 60  # characters of a dialog's title
DROPPABLE = (Chart, Table, Bullets, Facts, Text, Note, Heading)

Payload = dict[str, Any]
Carried = Mapping[str, str]


def card(
    message: Message, *, surface: Surface = Surface.CHAT, carried: Carried | None = None
) -> Payload:
    """The whole card. When it would be too large, the largest parts are left out, and it says so.

    `carried` goes along with every action of the card and comes back with it.
    """
    parts = list(message.parts)
    whole = _card(message, parts, surface, carried)
    while size(whole) > MOST_BYTES and _drop_largest(parts, message):
        note = Note(text=wording(message.language).say("teams.shortened"))
        whole = _card(message, [*parts, note], surface, carried)
    return whole


def _card(
    message: Message, parts: Sequence[Part], surface: Surface, carried: Carried | None
) -> Payload:
    painter = Painter(wording(message.language), surface, dict(carried or {}))
    body: list[Element] = [element for part in parts for element in painter.elements(part)]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "lang": str(message.language),
        "fallbackText": shortened(message.summary, MOST_SUMMARY),
        "msteams": {"width": "Full"},
        "body": body,
    }


def _drop_largest(parts: list[Part], message: Message) -> bool:
    painter = Painter(wording(message.language), Surface.CHAT, {})
    droppable = [part for part in parts if isinstance(part, DROPPABLE)]
    if not droppable:
        return False
    parts.remove(max(droppable, key=lambda part: size(painter.elements(part))))
    return True


def size(payload: object) -> int:
    """Bytes on the wire."""
    return len(written(payload))


def written(payload: object) -> bytes:
    """As it goes out: in UTF-8, because escapes would make Chinese twice as large."""
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")


def activity(message: Message, *, carried: Carried | None = None) -> Payload:
    """A new message: the card, and the words of the notification."""
    return {
        "type": "message",
        "summary": shortened(message.summary, MOST_SUMMARY),
        "attachments": [attachment(card(message, carried=carried))],
    }


def attachment(content: Payload) -> Payload:
    return {"contentType": CARD, "content": content}


def replaced(message: Message) -> Payload:
    """The answer to a card's action: this card in place of the one clicked, for this person."""
    return {"statusCode": 200, "type": CARD, "value": card(message)}


def noticed(text: str) -> Payload:
    """The answer to a card's action: one sentence beside the card, which stays."""
    return {"statusCode": 200, "type": SHOWN, "value": shortened(text, MOST_NOTICE)}


def dialog(message: Message, title: str, *, carried: Carried | None = None) -> Payload:
    """A dialog that only the person who opened it sees."""
    form = message.form()
    shown = card(message, surface=Surface.DIALOG, carried=carried)
    value = {
        "title": shortened(form.title if form else title, MOST_TITLE),
        "height": "large" if form and len(form.fields) > 2 else "medium",
        "width": "medium",
        "card": attachment(shown),
    }
    return {"task": {"type": "continue", "value": value}}


def closing(text: str) -> Payload:
    """The last word of a dialog."""
    return {"task": {"type": "message", "value": sendable(text)}}


def is_notice(message: Message) -> bool:
    """One sentence and nothing to click: shown beside a card, not instead of it."""
    return len(message.parts) == 1 and isinstance(message.parts[0], Note | Text)


def results(found: Sequence[tuple[Message, str]], none_found: str) -> Payload:
    """What the compose box offers: cards to insert, each with the words of its preview."""
    if not found:
        return {"composeExtension": {"type": "message", "text": sendable(none_found)}}
    listed = [_result(message, preview) for message, preview in found]
    return {
        "composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": listed}
    }


def _result(message: Message, preview: str) -> Payload:
    shown = {
        "title": shortened(message.summary, MOST_TITLE),
        "text": shortened(preview, MOST_NOTICE),
    }
    thumbnail = {"contentType": "application/vnd.microsoft.card.thumbnail", "content": shown}
    return {**attachment(card(message)), "preview": thumbnail}
