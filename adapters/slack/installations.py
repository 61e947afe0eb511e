"""Installing into several workspaces: Slack's consent page, over our store of installations."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from logging import Logger
from typing import Any

import aiohttp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.api import SILENT, SLACK, client
from adapters.slack.manifest import INSTALL_PATH, OPTIONAL_SCOPES, REDIRECT_PATH, SCOPES
from adapters.slack.workspaces import Workspaces, slack
from bot.ports.installations import Installation, InstallationStore

CONSENT = "https://slack.com/oauth/v2/authorize"
STATE_SECONDS = 600  # to press "Allow"
PLATFORM = slack("")


class SdkInstallations(AsyncInstallationStore):
    """What the SDK's consent flow saves, into our encrypted store."""

    def __init__(
        self, store: InstallationStore, workspaces: Workspaces, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._workspaces = workspaces
        self._clock = clock

    @property
    def logger(self) -> Logger:
        return SILENT

    async def async_save(self, installation: SlackInstallation) -> None:
        whole = bool(installation.is_enterprise_install)
        team = (installation.enterprise_id if whole else installation.team_id) or ""
        await self._store.save(
            Installation(
                workspace=slack(team),
                token=installation.bot_token or "",
                coach=installation.bot_user_id or "",
                scopes=tuple(installation.bot_scopes or ()),
                installer=installation.user_id,
                since=self._clock(),
            )
        )
        self._workspaces.forget(team)

    async def async_save_bot(self, bot: Bot) -> None:
        raise NotImplementedError("tokens are not rotated: there is no bot to save alone")


class ConsentStates(AsyncOAuthStateStore):
    """States of the consent page: each works once, for ten minutes, on every replica."""

    def __init__(self, store: InstallationStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    @property
    def logger(self) -> Logger:
        return SILENT

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state = secrets.token_urlsafe(32)
        await self._store.issue(PLATFORM, state, self._clock())
        return state

    async def async_consume(self, state: str) -> bool:
        after = self._clock() - timedelta(seconds=STATE_SECONDS)
        return await self._store.consume(PLATFORM, state, issued_after=after)


class Uninstalling:
    """A workspace took the coach out, or revoked its token: the token goes at once."""

    def __init__(self, store: InstallationStore, workspaces: Workspaces) -> None:
        self._store = store
        self._workspaces = workspaces

    async def uninstalled(self, team: str) -> None:
        self._workspaces.forget(team)
        await self._store.remove(slack(team))


def consent_flow(
    store: InstallationStore,
    workspaces: Workspaces,
    session: aiohttp.ClientSession,
    clock: Callable[[], datetime],
    *,
    client_id: str,
    client_secret: str,
    public_url: str,
    api: str = SLACK,
    consent: str = CONSENT,
) -> AsyncOAuthFlow:
    """Bolt's own flow: `/slack/install` and `/slack/oauth_redirect`."""
    return AsyncOAuthFlow(
        client=client("", session, base=api),
        logger=SILENT,
        settings=AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=[*SCOPES, *OPTIONAL_SCOPES],
            redirect_uri=f"{public_url.rstrip('/')}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=consent,
            installation_store=SdkInstallations(store, workspaces, clock),
            state_store=ConsentStates(store, clock),
            state_expiration_seconds=STATE_SECONDS,
            logger=SILENT,
        ),
    )
