"""What must hold between the files of a base, beyond the shape of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from knowledge.model import AlsoAbout, Language, Phrasings, Pillar, Questions, Topic
from knowledge.yamls import Lines, Problem

FEWEST_STATEMENTS = 5  # a pillar, so that a pulse can rotate
FEWEST_PHRASINGS = 15  # a topic and language
FEWEST_ANSWERS = 8  # a topic
MOST_UNEVEN = 3.0  # times the median number of phrasings of all topics

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet(Generic[Shape]):
    """One file that was read, with its lines."""

    name: str
    data: Shape
    lines: Lines

    def problem(self, path: tuple[str | int, ...], message: str) -> Problem:
        return Problem(file=self.name, line=self.lines.of(path), message=message)


def cross_check(pillars: list[Sheet[Pillar]], questions: list[Sheet[Questions]]) -> list[Problem]:
    """Ids unique, references that lead somewhere, every topic in its own pillar's file."""
    known = {topic.id for sheet in pillars for topic in sheet.data.topics}
    problems: list[Problem] = []
    seen: set[str] = set()
    for sheet in pillars:
        for place, topic in enumerate(sheet.data.topics):
            path = ("topics", place)
            problems += _topic(sheet, topic, path, known)
            problems += _repeated(sheet, (*path, "id"), topic.id, seen)
        for place, statement in enumerate(sheet.data.statements):
            path = ("statements", place)
            problems += _repeated(sheet, (*path, "id"), statement.id, seen)
            problems += _unknown(sheet, (*path, "topic"), (statement.topic,), known)
    for asked in questions:
        problems += _questions(asked, known)
    return problems


def _topic(
    sheet: Sheet[Pillar], topic: Topic, path: tuple[str | int, ...], known: set[str]
) -> Iterator[Problem]:
    if topic.pillar != sheet.data.pillar:
        where = (
            f"`{topic.id}` belongs to pillar `{topic.pillar}`, this file is `{sheet.data.pillar}`"
        )
        yield sheet.problem((*path, "id"), where)
    yield from _unknown(sheet, (*path, "related"), topic.related, known)
    if topic.part_of is not None:
        yield from _unknown(sheet, (*path, "part_of"), (topic.part_of,), known)
    if topic.id in topic.related:
        yield sheet.problem((*path, "related"), f"`{topic.id}` is related to itself")
    seen: set[str] = set()
    for place, answer in enumerate(topic.answers):
        yield from _repeated(sheet, (*path, "answers", place, "id"), answer.id, seen)


def _questions(sheet: Sheet[Questions], known: set[str]) -> Iterator[Problem]:
    for topic, asked in sheet.data.questions.items():
        path = ("questions", topic)
        yield from _unknown(sheet, path, (topic,), known)
        for one in (*asked.en, *asked.zh):
            if isinstance(one, AlsoAbout):
                yield from _unknown(sheet, path, one.also, known)


def _unknown(
    sheet: Sheet[Shape], path: tuple[str | int, ...], ids: tuple[str, ...], known: set[str]
) -> Iterator[Problem]:
    for one in ids:
        if one not in known:
            yield sheet.problem(path, f"`{one}` is no topic of this base")


def _repeated(
    sheet: Sheet[Shape], path: tuple[str | int, ...], id: str, seen: set[str]
) -> Iterator[Problem]:
    if id in seen:
        yield sheet.problem(path, f"`{id}` is used twice")
    seen.add(id)


def thin_spots(sheets: list[Sheet[Pillar]]) -> list[Problem]:
    """What the shipped base promises beyond being usable: enough of everything, evenly spread."""
    problems: list[Problem] = []
    counts = {
        (topic.id, language): phrasings(topic, language)
        for sheet in sheets
        for topic in sheet.data.topics
        for language in Language
    }
    usual = sorted(counts.values())[len(counts) // 2] if counts else 0
    for sheet in sheets:
        if len(sheet.data.statements) < FEWEST_STATEMENTS:
            few = f"has {len(sheet.data.statements)} statements; a pulse needs {FEWEST_STATEMENTS}"
            problems.append(sheet.problem(("statements",), few))
        for place, topic in enumerate(sheet.data.topics):
            problems += _thin(sheet, ("topics", place), topic, counts, usual)
    return problems


def _thin(
    sheet: Sheet[Pillar],
    path: tuple[str | int, ...],
    topic: Topic,
    counts: dict[tuple[str, Language], int],
    usual: int,
) -> Iterator[Problem]:
    if len(topic.answers) < FEWEST_ANSWERS:
        few = f"`{topic.id}` has {len(topic.answers)} answers; at least {FEWEST_ANSWERS} are needed"
        yield sheet.problem((*path, "answers"), few)
    for language in Language:
        count = counts[topic.id, language]
        if count < FEWEST_PHRASINGS:
            few = f"`{topic.id}` has {count} phrasings in {language}; at least {FEWEST_PHRASINGS}"
            yield sheet.problem((*path, "asks"), few)
        if count * MOST_UNEVEN < usual or count > usual * MOST_UNEVEN:
            uneven = f"`{topic.id}` has {count} phrasings in {language}, the usual is {usual}"
            yield sheet.problem((*path, "asks"), f"{uneven}: questions lean to topics with more")
    for answer in topic.answers:
        yield from _one_sided(sheet, path, topic, answer.asks)


def _one_sided(
    sheet: Sheet[Pillar], path: tuple[str | int, ...], topic: Topic, asks: Phrasings
) -> Iterator[Problem]:
    for language in Language:
        if not asks.of(language):
            yield sheet.problem(path, f"an answer of `{topic.id}` has no phrasing in {language}")


def phrasings(topic: Topic, language: Language) -> int:
    """How many ways of asking the topic has in this language."""
    own = len(topic.asks.of(language))
    return own + sum(len(answer.asks.of(language)) for answer in topic.answers)
