"""`maturity-coach ask`: one question, or many as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from adapters.command.application import Application, application_of
from adapters.command.chat import warn_of_additions

if TYPE_CHECKING:
    from bot.answering import Answering, Local, Reply

CANDIDATES = 5


def ask(
    context: typer.Context,
    question: Annotated[
        str | None, typer.Argument(help="What you want to know, in English or Chinese.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as one JSON line.")] = False,
    jsonl: Annotated[
        bool,
        typer.Option("--jsonl", help='Many questions from stdin, a line each: {"q": "…"}.'),
    ] = False,
    locale: Annotated[
        str | None, typer.Option(help="Your language where the text doesn't tell: en or zh.")
    ] = None,
) -> None:
    """Ask one question and read the answer; nothing is kept.

    With --jsonl each line of stdin is {"id": …, "q": "…", "locale": "…"}, id and locale optional.
    """
    if jsonl == (question is not None):
        raise typer.BadParameter("give one question, or --jsonl and lines on stdin")
    warn_of_additions(application_of(context))
    asking = Asking(application_of(context))
    if jsonl:
        for line in asking.lines(sys.stdin.buffer):
            _write(line)
    elif question is not None and as_json:
        _write(asking.answered({"q": question, "locale": locale}))
    elif question is not None:
        _show(asking.answering, asking.reply(question, locale))


class Asking:
    """The base, the search and the overlay, without a store."""

    def __init__(self, application: Application) -> None:
        from bot.answering import Answering

        self.answering: Answering = Answering(
            application.base, application.finder, application.overlay
        )
        self._local: Local = self.answering.overlay_only()

    def reply(self, question: str, locale: str | None = None) -> Reply:
        return self.answering.reply(question, locale=locale, local=self._local)

    def lines(self, source: BinaryIO | Iterable[bytes]) -> Iterator[dict[str, Any]]:
        """One result a line; what can't be read gives a result with an `error`."""
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            yield self._line(line, number)

    def _line(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            asked = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return {"id": None, "line": number, "error": "the line is not UTF-8 text"}
        except (ValueError, RecursionError):
            return {"id": None, "line": number, "error": "the line is not JSON"}
        if not isinstance(asked, dict):
            return {"id": None, "line": number, "error": 'the line must be {"q": "…"}'}
        id = asked.get("id")
        if not isinstance(asked.get("q"), str):
            return {"id": id, "line": number, "error": "`q` is missing or is no text"}
        if not isinstance(asked.get("locale", ""), str | None):
            return {"id": id, "line": number, "error": "`locale` is no text"}
        return self.answered(asked)

    def answered(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The result for one question, as it is promised to stay."""
        begun = perf_counter()
        question, locale = asked["q"], asked.get("locale")
        reply = self.reply(question, locale)
        finding = reply.finding or self.answering.finder.find(question, locale=locale)
        return {
            "id": asked.get("id"),
            "q": question,
            "language": str(reply.language),
            "outcome": str(reply.kind),
            "topic": reply.topic,
            "candidates": [
                {"topic": one.topic, "score": one.score} for one in finding.candidates[:CANDIDATES]
            ],
            "confidence": finding.confidence,
            "answer": _text(reply),
            "source": _source(self.answering, reply),
            "ms": round((perf_counter() - begun) * 1000, 2),
        }


def _text(reply: Reply) -> str:
    """What a person would see; choices belong to it, the other sides of an answer don't."""
    from adapters.terminal.outbound import Numbers, plain
    from bot.answering import Kind

    return plain(reply.message(), None if reply.kind is Kind.ANSWER else Numbers())


def _source(answering: Answering, reply: Reply) -> dict[str, str | None] | None:
    if reply.topic is None:
        return None
    topic = answering.base.topics[reply.topic]
    pillar = answering.base.pillar(topic.pillar)
    language = reply.language
    return {
        "document": pillar.document.name.say(language),
        "level": pillar.document.level.say(language),
        "edition": pillar.document.edition,
        "pillar": pillar.title.say(language),
        "section": topic.title.say(language),
        "heading": topic.source.heading,
        "part": topic.source.part,
    }


def _write(result: dict[str, Any]) -> None:
    line = json.dumps(result, ensure_ascii=False)
    try:
        data = line.encode("utf-8")
    except UnicodeEncodeError:  # half of a pair, which UTF-8 can't carry: \udXXX instead
        data = json.dumps(result).encode("ascii")
    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.buffer.flush()


def _show(answering: Answering, reply: Reply) -> None:
    from rich.console import Console

    from adapters.terminal.outbound import Numbers
    from adapters.terminal.screen import Cards, Lines
    from bot.wording import wording

    title = wording(reply.language).say("terminal.coach")
    if sys.stdout.isatty():
        Cards(Console()).show(reply.message(), Numbers(), title)
    else:
        Lines(sys.stdout).show(reply.message(), Numbers(), title)
