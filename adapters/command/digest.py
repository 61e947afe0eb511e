"""`maturity-coach digest preview`: what a channel's digest would say now."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from adapters.command.application import Application, application_of
from adapters.command.pulse import TERMINAL, Where, run, workspace_of

digest = typer.Typer(no_args_is_help=True)


@digest.callback()
def digests() -> None:
    """Weekly digests."""


@digest.command()
def preview(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel's id (in the terminal: its name).")],
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
    asked = Command(
        person=Person(workspace=where, id="operator"),
        place=Place(workspace=where, channel=channel),
        delivery=f"preview-{secrets.token_hex(8)}",
        received=application.clock(),
        standing=Standing(admin=True),  # who can run this can read the database
        name="digest",
        text="preview",
    )
    assembled = application.coach(TerminalChat(), application.clock)
    message = await assembled.coach.handle(asked)
    return plain(message) if message else ""
