"""All of Slack, from its settings to its routes on the one application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import SLACK, client
from adapters.slack.app import Coach, SlackApp
from adapters.slack.chat import SlackChat
from adapters.slack.http import SlackHttp
from adapters.slack.installations import CONSENT, Uninstalling, consent_flow
from adapters.slack.people import People
from adapters.slack.replies import Replies
from adapters.slack.socket import SlackSocket
from adapters.slack.workspaces import OneToken, Workspaces
from bot.messages import Platform
from bot.ports.installations import InstallationStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How Slack and we know each other: a token, or client id and secret to be installed with."""

    bot_token: str = ""
    app_token: str = ""  # set: Socket Mode
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    public_url: str = ""
    api: str = SLACK
    consent: str = CONSENT

    def problems(self) -> tuple[str, ...]:
        """What is missing, each with what to do; empty if Slack can be served."""
        found = []
        if not self.bot_token and not (self.client_id and self.client_secret):
            found.append(
                "COACH_SLACK_BOT_TOKEN (one workspace), or COACH_SLACK_CLIENT_ID and "
                "COACH_SLACK_CLIENT_SECRET (several)"
            )
        if not self.bot_token and self.client_id and not self.public_url:
            found.append("COACH_PUBLIC_URL, the https address that Slack can reach")
        if not self.app_token and not self.signing_secret:
            found.append(
                "COACH_SLACK_SIGNING_SECRET (HTTP), or COACH_SLACK_APP_TOKEN (Socket Mode)"
            )
        return tuple(found)


class Slack:
    """Implements adapters.web.app.Mount. First it lends its Chat, then it is given the coach."""

    platform = Platform.SLACK

    def __init__(
        self,
        access: Access,
        store: InstallationStore,
        session: aiohttp.ClientSession,
        clock: Callable[[], datetime],
    ) -> None:
        def make(token: str) -> AsyncWebClient:
            return client(token, session, base=access.api)

        self._access = access
        self._store = store
        self._session = session
        self._clock = clock
        source = OneToken(access.bot_token, make, clock) if access.bot_token else store
        self.workspaces = Workspaces(source, make, clock)
        self.chat = SlackChat(self.workspaces, People(self.workspaces, clock))
        self.app: SlackApp | None = None
        self._socket: SlackSocket | None = None

    def connect(self, coach: Coach) -> SlackApp:
        """From now on deliveries go to this coach."""
        several = not self._access.bot_token
        self.app = SlackApp(
            coach,
            workspaces=self.workspaces,
            chat=self.chat,
            replies=Replies(self.workspaces, self._session),
            uninstalls=Uninstalling(self._store, self.workspaces) if several else None,
            clock=self._clock,
        )
        return self.app

    def mount(self, application: web.Application) -> None:
        if self.app is None:
            raise RuntimeError("connect the coach before mounting")
        if self._access.app_token:
            self._socket = self._to_socket(self.app)
            application.on_startup.append(self._start_socket)
        if self._access.signing_secret:
            application.router.add_routes(self._to_http(self.app).routes())

    async def close(self, seconds: float) -> None:
        if self._socket:
            await self._socket.stop()
        if self.app:
            await self.app.stop(seconds)

    def _to_http(self, app: SlackApp) -> SlackHttp:
        access = self._access
        consent = None
        if access.client_id and access.client_secret and access.public_url:
            consent = consent_flow(
                self._store,
                self.workspaces,
                self._session,
                self._clock,
                client_id=access.client_id,
                client_secret=access.client_secret,
                public_url=access.public_url,
                api=access.api,
                consent=access.consent,
            )
        return SlackHttp(
            app, signing_secret=access.signing_secret, clock=self._clock, consent=consent
        )

    def _to_socket(self, app: SlackApp) -> SlackSocket:
        access = self._access
        return SlackSocket(app, self._session, app_token=access.app_token, api=access.api)

    async def _start_socket(self, _application: web.Application) -> None:
        if self._socket:
            await self._socket.start()
