"""A copy of the database while it is in use, whole or not at all."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from adapters.database.engine import Database
from bot.errors import BackupFailed


async def backup(database: Database, target: Path, environment: Mapping[str, str]) -> None:
    """Write `target`, which must not exist. `environment` is for pg_dump.

    Raises BackupFailed.
    """
    draft = _draft(target)
    try:
        if database.file is not None:
            await asyncio.to_thread(_copy, database.file, draft)
        else:
            await _dump(database, draft, environment)
        draft.rename(target)
    except OSError as error:
        raise BackupFailed(f"{target} can't be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _draft(target: Path) -> Path:
    """Where to write until the copy is whole."""
    if target.exists():
        raise BackupFailed(f"{target} is there already: name another file.")
    if not target.parent.is_dir():
        raise BackupFailed(f"There is no folder {target.parent}: make it first.")
    return target.absolute().with_name(f".{target.name}.part")


def _copy(source: Path, draft: Path) -> None:
    if not source.is_file():
        raise BackupFailed(f"There is no database at {source} yet.")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(draft)) as new:
            old.backup(new)
            sound = new.execute("PRAGMA integrity_check").fetchone()[0]
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} can't be copied: {error}.") from error
    if sound != "ok":
        raise BackupFailed(f"The copy of {source} is damaged, as the database may be: {sound}.")


async def _dump(database: Database, draft: Path, environment: Mapping[str, str]) -> None:
    program = shutil.which("pg_dump", path=environment.get("PATH"))
    if program is None:
        raise BackupFailed(
            "pg_dump is not installed here: install PostgreSQL's client programs, "
            "or run pg_dump where they are."
        )
    secret = {"PGPASSWORD": database.url.password} if database.url.password else {}
    address = database.url.set(drivername="postgresql", password=None)
    done = await asyncio.create_subprocess_exec(
        program,
        "--format=custom",
        f"--file={draft}",
        f"--dbname={address.render_as_string(hide_password=False)}",
        env={**environment, **{name: str(value) for name, value in secret.items()}},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await done.communicate()
    if done.returncode:
        raise BackupFailed(f"pg_dump failed: {said.decode(errors='replace').strip()}")
