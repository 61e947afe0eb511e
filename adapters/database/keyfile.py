"""The application key of a coach that nobody gave one: made once, kept beside the SQLite file."""

import base64
import os
import secrets
from pathlib import Path

from bot.settings import WrongSettings, is_key


def kept_keys(file: Path) -> tuple[str, ...]:
    """The keys in this file, newest first; a new one if there is no file.

    Raises WrongSettings for a file that can't be read or holds no key.
    """
    try:
        if not file.exists():
            _make(file)
        keys = tuple(file.read_text("ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings((f"the application key in {file} can't be read or made",)) from error
    if not keys or not all(is_key(key) for key in keys):
        said = (
            f"{file} holds no application key: put the right file back; without it, stored tokens "
            "and open pulses can't be read. To begin anew, move it away"
        )
        raise WrongSettings((said,))
    return keys


def _make(file: Path) -> None:
    """Whole or not at all, and the first one stays if two processes begin at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(base64.urlsafe_b64encode(secrets.token_bytes(32)) + b"\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
