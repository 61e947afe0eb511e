"""`maturity-coach serve`: the coach on Slack and Teams, and the jobs beside it."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from adapters.command.application import application_of


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; default: COACH_HOST.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port; default: COACH_PORT.")] = None,
) -> None:
    """Serve the platforms that are set up, until SIGTERM or Ctrl-C.

    `/healthz` says that the process lives, `/readyz` that it can answer, `/metrics` is for
    Prometheus: requests, and what was sent by itself. Slack needs COACH_SLACK_… (docs/slack.md),
    Teams COACH_TEAMS_… (docs/teams.md).
    """
    asyncio.run(application_of(context).serve(host=host, port=port))
