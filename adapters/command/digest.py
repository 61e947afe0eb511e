"""`maturity-coach digest preview`: what a channel's digest would say now."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.command.application import Application, application_of
from adapters.command.pulse import TERMINAL, Where, run, workspace_of

if TYPE_CHECKING:
    from bot.messages import Workspace
    from bot.ports import Store
    from bot.ports.channels import Team

MOST_KNOWN = 20  # channels named where one is unknown

digest = typer.Typer(no_args_is_help=True)


@digest.callback()
def digests() -> None:
    """Weekly digests."""


@digest.command()
def preview(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel, by its name or its id.")],
    workspace: Where = TERMINAL,
) -> None:
    """Show what a channel's digest would say now, in the channel's language; nothing is sent."""
    application = application_of(context)
    said = run(application, lambda: _preview(application, workspace, channel))
    typer.echo(said)


async def _preview(application: Application, workspace: str, channel: str) -> str:
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.outbound import plain
    from bot.messages import Command, Person, Place, Standing

    where = workspace_of(workspace)
    known = await _known(application.store, where, channel)
    asked = Command(
        person=Person(workspace=where, id="operator"),
        place=Place(workspace=where, channel=known),
        delivery=f"preview-{secrets.token_hex(8)}",
        received=application.clock(),
        standing=Standing(admin=True),  # who can run this can read the database
        name="digest",
        text="preview",
    )
    assembled = application.coach(TerminalChat(), application.clock)
    message = await assembled.coach.handle(asked)
    return plain(message) if message else ""


async def _known(store: Store, workspace: Workspace, given: str) -> str:
    """The id of the channel that is meant. Raises BadParameter, naming those that are known."""
    teams = await store.channels.teams(workspace)
    if any(one.channel == given for one in teams):
        return given
    wanted = given.removeprefix("#").casefold()
    found = [one.channel for one in teams if wanted == (one.name or one.channel).casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise typer.BadParameter(f"several channels are called so; say which: {', '.join(found)}")
    closed = await store.pulses.closed_in(workspace, given, 1)
    if closed or await store.pulses.open_in(workspace, given):  # asked, and never set up
        return given
    names = [_shown(one) for one in teams[:MOST_KNOWN]]
    more = ["…"] if len(teams) > MOST_KNOWN else []
    raise typer.BadParameter(
        f"I don't know this channel; known: {', '.join(names + more)}"
        if names
        else f"I don't know this channel; {workspace.key} has none yet"
    )


def _shown(team: Team) -> str:
    if team.name in (None, team.channel):
        return f"#{team.channel}"
    return f"#{team.name} ({team.channel})"
