"""Where a conversation is shown: plain lines for a pipe, cards for a person."""

from typing import Protocol, TextIO

from rich.console import Console
from rich.text import Text as Words

from adapters.terminal.outbound import Numbers, card, plain, safe
from bot.messages import Message


class Screen(Protocol):
    """What the terminal shows; `title` says who speaks to whom."""

    def show(self, message: Message, numbers: Numbers, title: str) -> None: ...

    def word(self, text: str) -> None:
        """Something the terminal itself says."""
        ...


class Cards:
    """For a person at a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, message: Message, numbers: Numbers, title: str) -> None:
        self._console.print(card(message, numbers, title, width=self._console.width))

    def word(self, text: str) -> None:
        self._console.print(Words(safe(text), style="dim"))


class Lines:
    """For pipes, scripts and transcripts."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, message: Message, numbers: Numbers, title: str) -> None:
        self._write(f"{title}> {plain(message, numbers)}")

    def word(self, text: str) -> None:
        self._write(f"-- {safe(text)}")

    def _write(self, text: str) -> None:
        encoding = self._out.encoding or "utf-8"
        self._out.write(text.encode(encoding, "replace").decode(encoding, "replace") + "\n")
        self._out.flush()
