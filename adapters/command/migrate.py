"""`maturity-coach migrate`: the database gets the schema of this version."""

import asyncio

import typer

from adapters.command.application import application_of


def migrate(context: typer.Context) -> None:
    """Bring the database to the schema of this version.

    All or nothing, and safe to repeat. SQLite is migrated at every start by itself; PostgreSQL
    only by this command. Make a backup first: `maturity-coach backup FILE`.
    """
    application = application_of(context)

    async def migrated() -> bool:
        try:
            return await application.migrate()
        finally:
            await application.close()

    changed = asyncio.run(migrated())
    said = "has the schema of this version now" if changed else "was up to date already"
    typer.echo(f"{application.database_name} {said}.")
