"""What the sub-commands get from the composition root."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import typer

if TYPE_CHECKING:  # the command line must start without the weight of these
    from datetime import datetime

    from bot.assembly import Assembled
    from bot.ports import Chat, Store
    from bot.sending import Sending
    from bot.settings import Settings
    from knowledge.base import KnowledgeBase
    from knowledge.overlay import Overlay
    from knowledge.search import Finder


class Jobs(Protocol):
    """Tasks beside a conversation."""

    async def run(self) -> None:
        """Until cancelled; then finishes what is in hand."""
        ...


class Application(Protocol):
    """The wired parts, each built when it is first asked for."""

    @property
    def settings(self) -> Settings:
        """Raises WrongSettings."""
        ...

    @property
    def stray_settings(self) -> tuple[str, ...]:
        """Variables that look like settings and are none."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def zone(self) -> str | None:
        """The system's time zone (IANA), if it has one of those names."""
        ...

    @property
    def serves_platforms(self) -> bool:
        """Whether the settings are those of a coach on Slack or Teams, too."""
        ...

    @property
    def data_folder(self) -> Path: ...

    @property
    def database_name(self) -> str:
        """Which database it is, without a password."""
        ...

    @property
    def database_is_new(self) -> bool:
        """True for a SQLite file that isn't there yet: the first start makes it."""
        ...

    @property
    def store(self) -> Store:
        """Raises WrongSettings."""
        ...

    @property
    def base(self) -> KnowledgeBase:
        """Raises KnowledgeError."""
        ...

    @property
    def overlay(self) -> Overlay: ...

    @property
    def finder(self) -> Finder:
        """Raises StaleIndex."""
        ...

    def coach(self, chat: Chat, clock: Callable[[], datetime]) -> Assembled:
        """The whole coach on this chat. Raises WrongSettings, KnowledgeError, StaleIndex."""
        ...

    def teams_package(
        self, *, company: str, website: str, privacy: str, terms: str, app_version: str
    ) -> bytes:
        """The app package for Teams, a zip. Raises WrongSettings."""
        ...

    def slack_manifest(
        self, *, public_url: str | None, several: bool, name: str
    ) -> dict[str, object]:
        """The app manifest for Slack."""
        ...

    async def slack_checkup(self) -> list[tuple[bool, str, str]]:
        """Fine or not, what was found, what to do; empty if Slack isn't served.

        Raises WrongSettings.
        """
        ...

    def embedded_jobs(self, sending: Sending) -> Jobs:
        """What is sent by itself, sent by tasks of this process."""
        ...

    async def serve(self, *, host: str | None, port: int | None) -> None:
        """Until told to stop. Raises WrongSettings, and what `prepare` and `coach` raise."""
        ...

    async def work(self) -> None:
        """As `serve`, but only what is sent by itself."""
        ...

    def sample(self) -> Application:
        """The same with a fresh database of its own, for sample data."""
        ...

    async def migrate(self) -> bool:
        """Bring the schema up to date; False if it was. Raises StoreUnavailable."""
        ...

    async def prepare(self) -> None:
        """Make the store usable: SQLite is migrated, PostgreSQL must be.

        Raises StoreUnavailable, OldSchema.
        """
        ...

    async def backup(self, target: Path) -> None:
        """Write a copy of the database while it is in use. Raises BackupFailed."""
        ...

    def report_failure(self, error: Exception, *, reference: str) -> None:
        """Write an unexpected error to the log, without any text that a person wrote."""
        ...

    async def close(self) -> None: ...


def application_of(context: typer.Context) -> Application:
    return cast(Application, context.obj)
