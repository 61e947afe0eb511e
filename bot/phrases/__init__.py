"""Ways of saying things that the coach recognises word for word, kept as text, one a line."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
NAMED = re.compile(r"([a-z_]+) = (.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One way of saying something of this kind; matches a whole message."""

    kind: str
    pattern: re.Pattern[str]


def phrases(name: str, *, frame: str = "(?:{})") -> tuple[Phrase, ...]:
    """The phrases of a file in their order; `frame` is put around each, its `{}` is the phrase."""
    named: dict[str, str] = {}
    found: list[Phrase] = []
    kind = ""
    for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        definition = NAMED.fullmatch(line)
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]") and line[1:-1].isalpha():
            kind = line[1:-1]
        elif not kind and definition:
            named[definition.group(1)] = _filled(definition.group(2), named)
        else:
            whole = _filled(frame.replace("{}", line), named)
            found.append(Phrase(kind=kind, pattern=re.compile(whole)))
    return tuple(found)


def _filled(pattern: str, named: dict[str, str]) -> str:
    for name, meaning in named.items():
        pattern = pattern.replace("{" + name + "}", meaning)
    return pattern
