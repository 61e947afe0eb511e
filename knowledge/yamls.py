"""YAML with the line of every value, so that a problem can be shown where it stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE_OR_ALIAS = "anchors, aliases and tags are not used here: write the value out"
MOST_CHARACTERS = 5_000_000  # of one file

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Problem:
    """Something wrong in a file, and where; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class KnowledgeError(Exception):
    """A base that can't be used; holds every problem found, not just the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each value of one document begins."""

    at: dict[tuple[str | int, ...], int]

    def of(self, path: tuple[str | int, ...]) -> int:
        """The line of this value, or of the nearest one around it."""
        for length in range(len(path), -1, -1):
            line = self.at.get(path[:length])
            if line is not None:
                return line
        return 1


def read(path: Path, shape: type[Shape], name: str) -> tuple[Shape, Lines]:
    """One file as one model. Raises KnowledgeError with all its problems; `name` is shown."""
    data, lines = parse(_text(path, name), name)
    try:
        return shape.model_validate(data), lines
    except ValidationError as error:
        raise KnowledgeError(
            [
                Problem(file=name, line=lines.of(one["loc"]), message=_in_words(one))
                for one in error.errors(include_url=False)
            ]
        ) from error


def parse(text: str, name: str) -> tuple[Any, Lines]:
    """Plain data and where it stands. Raises KnowledgeError."""
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "can't be read as YAML"
        line = mark.line + 1 if mark else 1
        raise KnowledgeError([Problem(file=name, line=line, message=str(what))]) from error
    lines: dict[tuple[str | int, ...], int] = {}
    problems: list[Problem] = []
    data = _plain(node, (), lines, problems, name) if node is not None else None
    if problems:
        raise KnowledgeError(problems)
    return data, Lines(lines)


def _text(path: Path, name: str) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise KnowledgeError(
            [Problem(file=name, line=1, message="is not UTF-8 text: save it as UTF-8")]
        ) from error
    except OSError as error:
        message = f"can't be read: {error.strerror}"
        raise KnowledgeError([Problem(file=name, line=1, message=message)]) from error
    if len(text) > MOST_CHARACTERS:
        message = f"has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        raise KnowledgeError([Problem(file=name, line=1, message=message)])
    return text


def _plain(
    node: yaml.Node,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
    name: str,
) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, problems, name)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*path, place), lines, problems, name)
            for place, item in enumerate(node.value)
        ]
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    problems: list[Problem],
    name: str,
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in data:
            problems.append(Problem(file=name, line=line, message=f"`{key}` is written twice"))
        data[key] = _plain(value_node, (*path, key), lines, problems, name)
        lines[(*path, key)] = line
    return data


def _scalar(node: yaml.Node) -> Any:
    if node.tag == "tag:yaml.org,2002:int":
        try:
            return int(node.value)
        except ValueError:
            return node.value
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return node.value  # yes, no and dates stay the text that was written


def _in_words(error: Any) -> str:
    where = ".".join(str(step) for step in error["loc"])
    kind = error["type"]
    if kind == "missing":
        return f"`{where}` is missing"
    if kind == "extra_forbidden":
        return f"`{where}` is not a field: remove it or correct its name"
    return f"`{where}` {error['msg'].removeprefix('Value error, ')}"
