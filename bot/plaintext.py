"""A message in plain text alone: for histories, and wherever nothing else can be kept."""

from bot.messages import (
    Bullets,
    Chart,
    Facts,
    Heading,
    Message,
    Note,
    Part,
    SourceLine,
    Table,
    Text,
    labelled,
)
from knowledge.normalise import visible


def plain(message: Message) -> str:
    """Everything that is said, one line after the other; what can be clicked is left out."""
    return "\n".join(line for part in message.parts for line in _lines(part))


def _lines(part: Part) -> list[str]:
    match part:
        case Heading() | Text() | Note() | SourceLine():
            return [part.text]
        case Bullets():
            head = [part.title] if part.title else []
            return [*head, *(f"- {item}" for item in part.items)]
        case Facts():
            return [labelled(label, value) for label, value in part.pairs]
        case Table():
            head = [part.title] if part.title else []
            return [*head, *(" | ".join(row) for row in (part.header, *part.rows))]
        case Chart():
            return [part.as_text()]
    return []


def one_line(text: str, most: int) -> str:
    """At most so many characters of what somebody wrote, an ellipsis where something is missing;
    nothing in it turns or hides what stands beside it."""
    even = " ".join(visible(text).split())
    return even if len(even) <= most else even[: most - 1] + "…"
