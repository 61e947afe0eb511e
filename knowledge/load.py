"""Reads a folder of the base once, and refuses it with every problem at once."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from knowledge.base import KnowledgeBase
from knowledge.check import Sheet, cross_check
from knowledge.model import Negatives, Pillar, Questions
from knowledge.yamls import KnowledgeError, Problem, read

SHIPPED = Path(__file__).parent / "level2"
ORDER = ("people", "process", "policy", "technology", "business-outcomes")

Shape = TypeVar("Shape", bound=BaseModel)


def load(folder: Path = SHIPPED, *, examples: bool = True) -> KnowledgeBase:
    """The base in this folder: one file a pillar, `negatives.yaml`, `questions/`.

    Without `examples` the questions and negatives are left unread: the compiled index has them.
    Raises KnowledgeError with all problems of all files.
    """
    problems: list[Problem] = []
    names = _pillar_files(folder)
    pillars = _all(names, Pillar, folder, problems)
    if not names and not problems:
        message = "no pillar files (*.yaml) in this folder: name the folder that holds them"
        problems.append(Problem(file=str(folder), line=1, message=message))
    questions: list[Sheet[Questions]] = []
    negatives: list[Sheet[Negatives]] = []
    if examples:
        questions = _all(sorted((folder / "questions").glob("*.yaml")), Questions, folder, problems)
        if (folder / "negatives.yaml").exists():
            negatives = _all([folder / "negatives.yaml"], Negatives, folder, problems)
    pillars.sort(key=lambda sheet: _rank(sheet.data.pillar))
    problems += cross_check(pillars, questions)
    if problems:
        raise KnowledgeError(problems)
    topics = [topic for sheet in pillars for topic in sheet.data.topics]
    statements = [one for sheet in pillars for one in sheet.data.statements]
    return KnowledgeBase(
        pillars=tuple(sheet.data for sheet in pillars),
        topics={topic.id: topic for topic in topics},
        statements={one.id: one for one in statements},
        questions=tuple(sheet.data for sheet in questions),
        negatives=tuple(sheet.data for sheet in negatives),
    )


def sheets(folder: Path = SHIPPED) -> list[Sheet[Pillar]]:
    """The pillar files with their lines, for checks that go further. Raises KnowledgeError."""
    problems: list[Problem] = []
    found = _all(_pillar_files(folder), Pillar, folder, problems)
    if problems:
        raise KnowledgeError(problems)
    return found


def _pillar_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.yaml")) if path.stem != "negatives"]


def _all(
    paths: list[Path], shape: type[Shape], folder: Path, problems: list[Problem]
) -> list[Sheet[Shape]]:
    sheets = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            data, lines = read(path, shape, name)
        except KnowledgeError as error:
            problems += error.problems
        else:
            sheets.append(Sheet(name=name, data=data, lines=lines))
    return sheets


def _rank(pillar: str) -> tuple[int, str]:
    return (ORDER.index(pillar) if pillar in ORDER else len(ORDER), pillar)
