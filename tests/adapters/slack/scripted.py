"""A coach that answers as a test tells it to, and keeps what it was given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.messages import Inbound, Message, Text
from knowledge.model import Language

Script = Callable[[Inbound], Awaitable[Message | None] | Message | None]


def said(text: str, **more: object) -> Message:
    """A message of one sentence."""
    values = {"summary": text, "parts": (Text(text=text),), "language": Language.EN, **more}
    return Message(**values)  # type: ignore[arg-type]


@dataclass(kw_only=True)
class Scripted:
    """Implements adapters.slack.app.Coach."""

    script: Script = lambda _inbound: said("Hello")
    given: list[Inbound] = field(default_factory=list)

    async def handle(self, inbound: Inbound) -> Message | None:
        self.given.append(inbound)
        answer = self.script(inbound)
        if answer is None or isinstance(answer, Message):
            return answer
        return await answer
