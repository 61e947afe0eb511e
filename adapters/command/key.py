"""`maturity-coach key`: a new application key."""

import base64
import secrets

import typer


def key() -> None:
    """Print a new application key, for COACH_APPLICATION_KEY.

    To change keys, put the new one before the old: `new,old`. What is stored stays readable, and
    what is written from then on uses the new one.
    """
    typer.echo(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
