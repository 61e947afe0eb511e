"""`maturity-coach worker`: what the coach sends by itself, without a web server."""

from __future__ import annotations

import asyncio

import typer

from adapters.command.application import application_of


def worker(context: typer.Context) -> None:
    """Send digests, invitations, reminders and results, until SIGTERM or Ctrl-C.

    Any number may run on one PostgreSQL, beside any number of `serve`: nothing is sent twice.
    """
    asyncio.run(application_of(context).work())
