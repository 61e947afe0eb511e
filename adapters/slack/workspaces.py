"""Which token speaks in a workspace: one from the settings, or the installed one, cached."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from adapters.log import logger
from adapters.slack.api import read, read_with_headers
from bot.errors import Denied
from bot.messages import Platform, Workspace
from bot.ports.installations import Installation, InstallationStore

LIFETIME = timedelta(minutes=10)  # until another process's change is seen here
MOST_CACHED = 5_000
log = logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """A workspace that the coach can speak in."""

    client: AsyncWebClient
    coach: str  # the coach's own user id
    scopes: tuple[str, ...]
    authorized: AuthorizeResult
    until: datetime


class Source(Protocol):
    """Where tokens come from."""

    async def find(
        self, workspace: Workspace, *, organisation: Workspace | None = None
    ) -> Installation | None: ...


class OneToken:
    """The one workspace of a token in the settings."""

    def __init__(
        self, token: str, make: Callable[[str], AsyncWebClient], clock: Callable[[], datetime]
    ) -> None:
        self._token = token
        self._make = make
        self._clock = clock
        self._known: Installation | None = None

    async def find(
        self, workspace: Workspace, *, organisation: Workspace | None = None
    ) -> Installation | None:
        """Raises a ChatError when Slack can't be asked whose token this is."""
        known = self._known or await self._ask()
        return known if known.workspace in (workspace, organisation) else None

    async def _ask(self) -> Installation:
        data, headers = await read_with_headers(self._make(self._token).auth_test())
        scopes = headers.get("x-oauth-scopes", "")
        whole = data.get("is_enterprise_install") is True
        self._known = Installation(
            workspace=slack(str(data["enterprise_id"] if whole else data["team_id"])),
            token=self._token,
            coach=str(data["user_id"]),
            scopes=tuple(scope for scope in scopes.split(",") if scope),
            installer="",
            since=self._clock(),
        )
        return self._known


class Workspaces:
    """Authorisation of Bolt, and clients for what the coach starts by itself."""

    def __init__(
        self,
        source: Source,
        make: Callable[[str], AsyncWebClient],
        clock: Callable[[], datetime],
        *,
        lifetime: timedelta = LIFETIME,
    ) -> None:
        self._source = source
        self._make = make
        self._clock = clock
        self._lifetime = lifetime
        self._cached: dict[tuple[str, str | None], Connected] = {}

    async def of(self, team: str, enterprise: str | None = None) -> Connected | None:
        """None where the coach isn't installed."""
        found = self._cached.get((team, enterprise))
        if found and found.until > self._clock():
            return found
        organisation = slack(enterprise) if enterprise else None
        installation = await self._source.find(slack(team), organisation=organisation)
        if installation is None:
            self._cached.pop((team, enterprise), None)
            return None
        if len(self._cached) >= MOST_CACHED:
            self._cached.clear()
        connected = self._connected(installation, team, enterprise)
        self._cached[(team, enterprise)] = connected
        return connected

    async def client(self, workspace: Workspace, enterprise: str | None = None) -> AsyncWebClient:
        """Raises Denied where the coach isn't installed."""
        connected = await self.of(workspace.id, enterprise)
        if connected is None:
            raise Denied("not_installed")
        return connected.client

    def now(self) -> datetime:
        return self._clock()

    def forget(self, team: str) -> None:
        """Look again: installed anew, or gone. `team` may be an organisation."""
        for key in [key for key in self._cached if team in key]:
            del self._cached[key]

    def _connected(
        self, installation: Installation, team: str, enterprise: str | None
    ) -> Connected:
        return Connected(
            client=self._make(installation.token),
            coach=installation.coach,
            scopes=installation.scopes,
            authorized=AuthorizeResult(
                enterprise_id=enterprise,
                team_id=team,
                bot_user_id=installation.coach,
                bot_token=installation.token,
            ),
            until=self._clock() + self._lifetime,
        )


class Authorize(AsyncAuthorize):
    """Bolt's question whether a request's workspace is known."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        try:
            connected = await self._workspaces.of(team_id or enterprise_id or "", enterprise_id)
        except Denied as error:  # any other ChatError is answered 500, and Slack tries again
            log.error("slack.denied", reason=error.reason)  # noqa: TRY400
            return None
        return connected.authorized if connected else None


def slack(team: str) -> Workspace:
    return Workspace(platform=Platform.SLACK, id=team)


async def remove(store: InstallationStore, workspaces: Workspaces, team: str) -> None:
    """Uninstalled or revoked: the token goes at once."""
    workspaces.forget(team)
    await store.remove(slack(team))


async def whose(client: AsyncWebClient) -> str:
    """The name of the workspace of this token, to show an operator. Raises a ChatError."""
    return str((await read(client.auth_test())).get("team", ""))
