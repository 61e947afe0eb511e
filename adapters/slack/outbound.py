"""A Message as whole Slack payloads: pages of blocks with their fallback text, modals, the home."""

from dataclasses import dataclass
from typing import Any

from adapters.slack import limits
from adapters.slack.blocks import (
    Block,
    Surface,
    blocks_of,
    context,
)
from adapters.slack.limits import shortened
from bot.messages import (
    Chart,
    Message,
)
from bot.wording import Wording, wording

Payload = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """How much of a message's limits some blocks use up."""

    blocks: int
    characters: int
    tables: int
    charts: int

    def with_more(self, other: "Weight") -> "Weight":
        return Weight(
            blocks=self.blocks + other.blocks,
            characters=self.characters + other.characters,
            tables=self.tables + other.tables,
            charts=self.charts + other.charts,
        )

    def fits(self) -> bool:
        return (
            self.blocks < limits.MESSAGE_BLOCKS  # one is kept for the page's number
            and self.characters <= limits.MESSAGE_CHARACTERS
            and self.tables <= limits.TABLES
            and self.charts <= limits.CHARTS
        )


NOTHING = Weight(blocks=0, characters=0, tables=0, charts=0)


def escaped(text: str) -> str:
    """For the places where Slack reads its own markup. Source: docs.slack.dev, formatting text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(message: Message) -> list[Payload]:
    """The whole message; more than one page where it is longer than Slack takes at once.

    Every page but the last says that it goes on, so nothing is cut without a word.
    """
    pages = _pages([block for part in message.parts for block in blocks_of(part, Surface.MESSAGE)])
    say = wording(message.language)
    payloads = []
    for number, blocks in enumerate(pages, start=1):
        if number < len(pages):
            blocks.extend(context(say.say("slack.goes_on", page=number, pages=len(pages))))
        text = fallback(message) if number == 1 else message.summary
        payloads.append({"text": escaped(shortened(text, limits.FALLBACK)), "blocks": blocks})
    return payloads


def fallback(message: Message) -> str:
    """The summary and every chart in words: read aloud, and where no blocks can be shown."""
    charts = [part.as_text() for part in message.parts if isinstance(part, Chart)]
    return "\n\n".join([message.summary, *charts])


def home(message: Message) -> Payload:
    return {"type": "home", "blocks": view_blocks(message, Surface.HOME)}


def view_blocks(message: Message, surface: Surface) -> list[Block]:
    blocks = [block for part in message.parts for block in blocks_of(part, surface)]
    return _within_view(blocks, wording(message.language))


def _within_view(blocks: list[Block], say: Wording) -> list[Block]:
    if len(blocks) <= limits.VIEW_BLOCKS:
        return blocks
    kept = blocks[: limits.VIEW_BLOCKS - 1]
    return [*kept, *context(say.say("slack.more_in_chat", n=len(blocks) - len(kept)))]


def _pages(blocks: list[Block]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    weight = NOTHING
    for block in blocks:
        together = weight.with_more(_weigh(block))
        if pages[-1] and not together.fits():
            pages.append([])
            together = _weigh(block)
        pages[-1].append(block)
        weight = together
    return pages


def _weigh(block: Block) -> Weight:
    return Weight(
        blocks=1,
        characters=_characters(block),
        tables=block["type"] == "table",
        charts=block["type"] == "data_visualization",
    )


def _characters(node: Any) -> int:
    if isinstance(node, str):
        return len(node)
    if isinstance(node, dict):
        return sum(_characters(value) for key, value in node.items() if key in _TEXTUAL)
    return sum(_characters(one) for one in node) if isinstance(node, list) else 0


_TEXTUAL = frozenset({"text", "elements", "rows", "chart", "series", "data", "label", "title"})
