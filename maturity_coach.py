"""Composition root: the one place that reads the environment and the wall clock, and wires."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each part is imported when it is first asked for: the command starts fast
    from aiohttp import ClientSession

    from adapters.database.engine import Database
    from adapters.jobs import Jobs
    from adapters.slack.mount import Access, Slack
    from adapters.teams.assembly import Teams
    from adapters.teams.registration import Registration
    from bot.assembly import Assembled
    from bot.ports import Chat, Store
    from bot.sending import Sending
    from bot.settings import Settings
    from knowledge.base import KnowledgeBase
    from knowledge.overlay import Overlay
    from knowledge.search import Finder

NAME = "maturity-coach"
MOST_SKEW = timedelta(minutes=5)  # between this machine's clock and the database's


class Application:
    """Implements adapters.command.application.Application."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock

    @cached_property
    def settings(self) -> Settings:
        from adapters import log
        from bot.settings import read_settings

        settings = read_settings()
        log.set_up(json=settings.log_json, level=settings.log_level)
        return settings

    @property
    def stray_settings(self) -> tuple[str, ...]:
        from dotenv import dotenv_values

        from bot.settings import strangers

        return strangers([*os.environ, *dotenv_values(".env")])

    @property
    def zone(self) -> str | None:
        from babel.dates import LOCALTZ

        key: str | None = getattr(LOCALTZ, "key", None)
        return "UTC" if key == "Etc/UTC" else key

    @property
    def serves_platforms(self) -> bool:
        from bot.settings import WrongSettings

        try:
            platforms = self.slack_access() or self.teams_registration
        except WrongSettings:  # half set up is set up, here
            return True
        return bool(platforms) or not self.database.is_sqlite

    @cached_property
    def data_folder(self) -> Path:
        return self.settings.data_dir or _data_home() / NAME

    @cached_property
    def database_url(self) -> str:
        return self.settings.database_url or f"sqlite:///{self.data_folder / 'coach.sqlite3'}"

    @cached_property
    def database(self) -> Database:
        from adapters.database.engine import Database
        from bot.settings import WrongSettings

        try:
            return Database(self.database_url)
        except ValueError as error:
            raise WrongSettings((str(error),)) from error

    @property
    def database_name(self) -> str:
        return str(self.database.file or self.database.url.render_as_string())

    @property
    def database_is_new(self) -> bool:
        return self.database.file is not None and not self.database.file.exists()

    @cached_property
    def application_keys(self) -> tuple[str, ...]:
        from adapters.database.keyfile import kept_keys
        from bot.settings import WrongSettings

        if self.settings.application_keys:
            return self.settings.application_keys
        if self.database.file is None:
            said = "COACH_APPLICATION_KEY: PostgreSQL needs one; `maturity-coach key` makes one"
            raise WrongSettings((said,))
        return kept_keys(self.database.file.with_suffix(".key"))

    @cached_property
    def store(self) -> Store:
        from adapters.database.store import DatabaseStore

        return DatabaseStore(self.database, application_keys=self.application_keys)

    @cached_property
    def base(self) -> KnowledgeBase:
        from knowledge.load import SHIPPED, load

        return load(self.settings.knowledge_dir or SHIPPED, examples=False)

    @cached_property
    def overlay(self) -> Overlay:
        from knowledge.overlay import load_overlay

        return load_overlay(self.settings.overlay_dir, self.base.topics)

    @cached_property
    def finder(self) -> Finder:
        from knowledge.engine import Engine

        return Engine.open(self.settings.knowledge_dir, encoder=self.settings.encoder)

    def coach(
        self,
        chat: Chat,
        clock: Callable[[], datetime],
        *,
        most_skew: timedelta | None = None,
    ) -> Assembled:
        from adapters import log
        from bot.assembly import Surroundings, assembled
        from bot.scoring import Limits

        return assembled(
            Surroundings(
                base=self.base,
                finder=self.finder,
                overlay=self.overlay,
                store=self.store,
                chat=chat,
                clock=clock,
                report=log.report_unexpected,
                job_report=log.report_job,
                gaps_days=self.settings.gaps_days,
                limits=Limits(
                    scores=self.settings.least_for_scores,
                    comments=self.settings.least_for_comments,
                ),
                late=timedelta(hours=self.settings.late_hours),
                most_skew=most_skew,
            )
        )

    def jobs(self, sending: Sending) -> Jobs:
        """Raises WrongSettings."""
        from adapters import log
        from bot.settings import WrongSettings

        if self.settings.jobs == "embedded":
            return self.embedded_jobs(sending)
        if self.database.is_sqlite:
            said = "COACH_JOBS: `queue` needs PostgreSQL; set DATABASE_URL, or use `embedded`"
            raise WrongSettings((said,))
        from adapters.jobs.procrastinate import Queue, check

        address = self.database.url.set(drivername="postgresql")
        url = address.render_as_string(hide_password=False)
        try:
            check(url)
        except ValueError as error:
            raise WrongSettings((str(error),)) from error
        return Queue(sending, url, log.report_job)

    def embedded_jobs(self, sending: Sending) -> Jobs:
        from adapters import log
        from adapters.jobs.embedded import Embedded

        return Embedded(sending, log.report_job)

    def slack_access(self) -> Access | None:
        from adapters.slack.settings import access
        from bot.settings import WrongSettings

        try:
            return access(self.settings)
        except ValueError as error:
            raise WrongSettings(tuple(str(error).split("\n"))) from error

    def slack_manifest(
        self, *, public_url: str | None, several: bool, name: str
    ) -> dict[str, object]:
        from adapters.slack.manifest import manifest

        return manifest(public_url=public_url, several_workspaces=several, name=name)

    async def slack_checkup(self) -> list[tuple[bool, str, str]]:
        import aiohttp

        from adapters.slack.checkup import examined

        access = self.slack_access()
        if access is None:
            return []
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            return [said async for said in examined(access, session)]

    def slack(self, session: ClientSession) -> Slack | None:
        """Imports the SDK only where Slack is served."""
        access = self.slack_access()
        if access is None:
            return None
        from adapters.slack.mount import Slack

        return Slack(access, self.store.installations, session, self.clock)

    @property
    def teams_registration(self) -> Registration | None:
        """None if Teams is not to be served. Raises WrongSettings."""
        from adapters.teams.registration import registration
        from bot.settings import WrongSettings

        try:
            return registration(self.settings)
        except ValueError as error:
            raise WrongSettings(tuple(str(error).split("\n"))) from error

    def teams(self, session: ClientSession) -> Teams | None:
        """Imports the SDK, which takes half a second: only where Teams is served."""
        registration = self.teams_registration
        if registration is None:
            return None
        from adapters.teams.assembly import Teams

        return Teams(registration, session, self.store.references, self.clock)

    def teams_package(
        self, *, company: str, website: str, privacy: str, terms: str, app_version: str
    ) -> bytes:
        from adapters.teams.manifest import Publisher, package
        from bot.settings import WrongSettings

        if not self.settings.teams_app_id:
            raise WrongSettings(("COACH_TEAMS_APP_ID: the manifest names the bot; set it first",))
        publisher = Publisher(name=company, website=website, privacy=privacy, terms=terms)
        return package(self.settings.teams_app_id, publisher, app_version)

    async def serve(self, *, host: str | None, port: int | None) -> None:
        await self._with_session(lambda session: self._serve(session, host, port))

    async def work(self) -> None:
        await self._with_session(self._work)

    async def _with_session(self, run: Callable[[ClientSession], Awaitable[None]]) -> None:
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                await run(session)
            finally:
                await self.close()

    async def _work(self, session: ClientSession) -> None:
        """The jobs alone: posts, and answers nobody."""
        from adapters.jobs import until_told
        from bot.chats import Chats
        from bot.settings import WrongSettings

        platforms = [one for one in (self.slack(session), self.teams(session)) if one]
        if not platforms:
            said = "set up Slack (docs/slack.md) or Teams (docs/teams.md) before working"
            raise WrongSettings((said,))
        await self.prepare()
        chats = Chats({one.platform: one.chat for one in platforms})
        whole = self.coach(chats, self.clock, most_skew=MOST_SKEW)
        await until_told(self.jobs(whole.sending))

    async def _serve(self, session: ClientSession, host: str | None, port: int | None) -> None:
        from adapters.web import app, metrics, readiness, serve
        from bot.chats import Chats
        from bot.settings import WrongSettings

        slack, teams = self.slack(session), self.teams(session)
        platforms = [one for one in (slack, teams) if one]
        if not platforms:
            said = "set up Slack (docs/slack.md) or Teams (docs/teams.md) before serving"
            raise WrongSettings((said,))
        await self.prepare()
        chats = Chats({one.platform: one.chat for one in platforms})
        whole = self.coach(chats, self.clock, most_skew=MOST_SKEW)
        if slack:
            slack.connect(whole.coach)
        if teams:
            teams.connect(whole.coach, whole.lookup)
        ready = readiness.Readiness(self.store, len(self.base.topics))
        await serve.serve(
            app.application(platforms, ready, metrics.Metrics(self.store.sends)),
            host=host or self.settings.host,
            port=self.settings.port if port is None else port,
            beside=self.jobs(whole.sending).run,
        )

    def sample(self) -> Application:
        other = Application(self.clock)
        other.data_folder = self.data_folder / "sample"
        for file in other.data_folder.glob("sample.sqlite3*"):
            file.unlink()
        other.database_url = f"sqlite:///{other.data_folder / 'sample.sqlite3'}"
        return other

    async def migrate(self) -> bool:
        from adapters.database import migrate

        self.database.make_file()
        current = await migrate.is_current(self.database)
        await migrate.upgrade(self.database)
        return not current

    async def prepare(self) -> None:
        if self.database.is_sqlite:
            await self.migrate()
        await self.store.ready()

    async def backup(self, target: Path) -> None:
        from adapters.database.backup import backup

        await backup(self.database, target, os.environ)

    def report_failure(self, error: Exception, *, reference: str) -> None:
        from adapters import log

        log.report_failure(error, reference=reference)

    async def close(self) -> None:
        await self.database.close()


def _data_home() -> Path:
    """Where this operating system keeps the data of a user's programs."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def main() -> None:
    from adapters.command.app import run

    sys.exit(run(Application()))


if __name__ == "__main__":
    main()
