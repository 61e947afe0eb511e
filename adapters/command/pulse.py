"""`maturity-coach pulse export` and `forget`: results as files, and people who left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from adapters.command.application import Application, application_of

if TYPE_CHECKING:
    from bot.messages import Workspace
    from bot.ports.pulses import Pulse

T = TypeVar("T")
MOST = 500  # pulses of one channel
TERMINAL = "terminal:local"

pulse = typer.Typer(help="Results of pulses.", no_args_is_help=True)


class Kind(StrEnum):
    CSV = "csv"
    JSON = "json"
    PNG = "png"
    SVG = "svg"


class Spoken(StrEnum):
    EN = "en"
    ZH = "zh"


Where = Annotated[
    str, typer.Option(help="Platform and workspace, for example slack:T0123 or teams:TENANT.")
]


@pulse.command()
def export(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel's id (in the terminal: its name).")],
    file: Annotated[Path, typer.Argument(help="The file to write: .csv, .json, .png or .svg.")],
    workspace: Where = TERMINAL,
    language: Annotated[Spoken, typer.Option(help="Of the names in a picture.")] = Spoken.EN,
) -> None:
    """Write what is shown of a channel's pulses, nothing finer, as a table, a tree or a picture.

    The kind follows from the file's name. Pictures need matplotlib: install the extra `plots`.
    """
    kind = _kind(file)
    application = application_of(context)
    place = workspace_of(workspace)
    pulses = run(application, lambda: application.store.pulses.closed_in(place, channel, MOST))[
        ::-1
    ]
    if not pulses:
        raise typer.BadParameter(f"{workspace} has no result for the channel {channel!r}.")
    _write(application, kind, file, pulses, language)
    typer.echo(f"{len(pulses)} results are written to {file}.")


def forget(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="The person's id on the platform.")],
    workspace: Where = TERMINAL,
) -> None:
    """Delete what is kept of a person, as `/coach forget me` does.

    Answers in closed pulses stay: nobody can tell whose they are.
    """
    from bot.forgetting import forget_person
    from bot.messages import Person

    application = application_of(context)
    who = Person(workspace=workspace_of(workspace), id=person)
    ballots = run(application, lambda: forget_person(application.store, who, person))
    typer.echo(f"What was kept of {person} is deleted; answers in open pulses: {ballots}.")


def _kind(file: Path) -> Kind:
    try:
        return Kind(file.suffix.removeprefix(".").lower())
    except ValueError:
        raise typer.BadParameter("name the file .csv, .json, .png or .svg") from None


def workspace_of(key: str) -> Workspace:
    from bot.messages import Platform, Workspace

    platform, colon, name = key.partition(":")
    if not colon or not name or platform not in set(Platform):
        raise typer.BadParameter("say --workspace as slack:ID, teams:ID or terminal:local")
    return Workspace(platform=Platform(platform), id=name)


def _write(
    application: Application,
    kind: Kind,
    file: Path,
    pulses: tuple[Pulse, ...],
    language: Spoken,
) -> None:
    from bot.export import as_csv, as_json

    if kind is Kind.CSV:
        file.write_text(as_csv(pulses), encoding="utf-8-sig")  # spreadsheets need the mark
    elif kind is Kind.JSON:
        file.write_text(as_json(pulses), encoding="utf-8")
    else:
        from adapters.command.plots import NoPlots, plot
        from bot.instrument import Instrument
        from knowledge.model import Language

        try:
            plot(pulses, Instrument(application.base), Language(language), file)
        except NoPlots as error:
            raise typer.BadParameter(str(error)) from error


def run(application: Application, work: Callable[[], Awaitable[T]]) -> T:
    async def prepared() -> T:
        try:
            await application.prepare()
            return await work()
        finally:
            await application.close()

    return asyncio.run(prepared())
