"""`maturity-coach manifest`: what a platform needs to know of the app before it lets it in."""

import json
from pathlib import Path
from typing import Annotated

import typer

from adapters.command.application import application_of

manifest = typer.Typer(
    help="Make the app manifest of a platform, filled with your addresses.", no_args_is_help=True
)


@manifest.command("slack")
def slack(
    url: Annotated[
        str | None,
        typer.Option(help="The https address of `serve`; default: COACH_PUBLIC_URL."),
    ] = None,
    *,
    socket: Annotated[
        bool, typer.Option("--socket", help="For Socket Mode: no public address is needed.")
    ] = False,
    several: Annotated[
        bool, typer.Option("--several", help="To be installed in several workspaces.")
    ] = False,
    name: Annotated[str, typer.Option(help="How the app is called.")] = "Maturity Coach",
    context: typer.Context,
) -> None:
    """Print the app manifest for Slack, as JSON.

    Paste it at api.slack.com/apps, Create New App, From a manifest. docs/slack.md goes through it
    step by step, and says why each permission is asked for.
    """
    public = None if socket else url or application_of(context).settings.public_url or None
    if public is None and (several or not socket):
        raise typer.BadParameter("give --url https://…, or --socket for one workspace")
    if public is not None and not public.startswith("https://"):
        raise typer.BadParameter(f"{public} must begin with https://")
    application = application_of(context)
    made = application.slack_manifest(public_url=public, several=several, name=name)
    typer.echo(json.dumps(made, indent=2, ensure_ascii=False))


@manifest.command("teams")
def teams(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The zip to write.")] = Path("maturity-coach.zip"),
    *,
    company: Annotated[str, typer.Option(help="Who publishes the app: your organisation.")],
    website: Annotated[str, typer.Option(help="Its page, https.")],
    privacy: Annotated[str, typer.Option(help="Your privacy page; default: the website.")] = "",
    terms: Annotated[str, typer.Option(help="Your terms of use; default: the website.")] = "",
    app_version: Annotated[
        str, typer.Option(help="Raise it whenever you upload a changed package.")
    ] = "1.0.0",
) -> None:
    """Write the app package for Microsoft Teams: manifest, Chinese words and icons in a zip.

    Needs COACH_TEAMS_APP_ID. Upload the zip in Teams (Apps, Manage your apps, Upload an app) or in
    the Teams admin center. docs/teams.md goes through it step by step.
    """
    pages = [website, privacy or website, terms or website]
    wrong = [page for page in pages if not page.startswith("https://")]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]} must begin with https://")
    data = application_of(context).teams_package(
        company=company,
        website=pages[0],
        privacy=pages[1],
        terms=pages[2],
        app_version=app_version,
    )
    file.write_bytes(data)
    typer.echo(f"{file} is written ({len(data):,} bytes): upload it in Teams.")
