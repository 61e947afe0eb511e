"""Writes docs/reference.md: every setting and every command, from the code itself.

`python -m tools.reference` writes it, `--check` tells whether it is stale.
"""

import argparse
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.main import get_command

from adapters.command.app import app
from bot.settings import Settings, variable

FILE = Path(__file__).parents[1] / "docs" / "reference.md"
INTRODUCTION = """# Reference

Made from the code by `make reference`; a test fails when it is stale.
"""


def reference() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *settings(), *commands()]
    return "\n".join(parts).rstrip() + "\n"


def settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "From the environment, or from a file `.env` in the folder where the command is started."
    yield "`maturity-coach doctor` checks them, all problems at once.\n"
    yield "| variable | kind | default | what it is |"
    yield "|---|---|---|---|"
    for name, field in Settings.model_fields.items():
        cells = (f"`{variable(name, field)}`", kind(field), default(field), field.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def kind(field: FieldInfo) -> str:
    """The type in a reader's words, with its bounds."""
    name = str(getattr(field.annotation, "__name__", field.annotation))
    if "Literal" in str(field.annotation):
        name = " or ".join(str(field.annotation).partition("[")[2].rstrip("]").split(", "))
        return name.replace("'", "")
    if "Path" in str(field.annotation):
        return "path"
    words = {"str": "text", "SecretStr": "secret", "bool": "true or false", "int": "whole number"}
    limits = [
        f"{word} {getattr(limit, bound)}"
        for limit in field.metadata
        for bound, word in (("ge", "from"), ("gt", "over"), ("le", "to"), ("lt", "under"))
        if hasattr(limit, bound)
    ]
    return " ".join([words.get(name, name), *limits])


def default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        value = str(value).lower()
    return "" if value in (None, "", ()) else f"`{value}`"


def commands() -> Iterator[str]:
    yield "## Commands\n"
    yield from command_tree(get_command(app), "maturity-coach")


def command_tree(command: Any, path: str) -> Iterator[str]:
    """One section a command, sub-commands after it."""
    children = getattr(command, "commands", {})
    if path != "maturity-coach":
        yield f"### `{path}`\n"
        yield inspect.cleandoc(command.help or "") + "\n"
        rows = [row for parameter in command.params if (row := parameter_row(parameter))]
        if rows:
            yield "| argument or option | default | what it is |"
            yield "|---|---|---|"
            yield from rows
            yield ""
    for name, child in children.items():
        if not child.hidden:
            yield from command_tree(child, f"{path} {name}")


def parameter_row(parameter: Any) -> str | None:
    """None for what every command has."""
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return None
    is_argument = parameter.param_type_name == "argument"
    names = (
        [parameter.name.upper()] if is_argument else [*parameter.opts, *parameter.secondary_opts]
    )
    shown = ", ".join(f"`{name}`" for name in names)
    value = parameter.default
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    default = f"`{value}`" if plain else ("required" if parameter.required else "")
    text = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    return f"| {shown} | {default} | {text} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if parser.parse_args().check:
        if FILE.exists() and FILE.read_text("utf-8") == reference():
            print("docs/reference.md is current.")
            return 0
        print("docs/reference.md is stale: run `make reference`")
        return 1
    FILE.write_text(reference(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
