"""`maturity-coach backup`: a copy of the database while the coach keeps working."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from adapters.command.application import application_of


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
) -> None:
    """Write a copy of the database to FILE while the coach keeps working.

    SQLite: a database file; put it back by copying it over the old one while the coach is stopped.
    PostgreSQL: an archive of pg_dump; put it back with `pg_restore --clean --dbname URL FILE`.
    The application key is not in the copy: keep it apart, both are needed to read the tokens.
    """
    application = application_of(context)

    async def backed_up() -> None:
        try:
            await application.backup(file)
        finally:
            await application.close()

    asyncio.run(backed_up())
    typer.echo(f"{application.database_name} is copied to {file} ({file.stat().st_size:,} bytes).")
