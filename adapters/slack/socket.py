"""Slack without a public address: the same listeners over Socket Mode."""

import asyncio

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from adapters.log import logger
from adapters.slack.api import SILENT, SLACK, client
from adapters.slack.app import SlackApp

PING_SECONDS = 10.0
log = logger()


class SlackSocket:
    """Connects, keeps connected, and says whether it is."""

    def __init__(
        self,
        app: SlackApp,
        session: aiohttp.ClientSession,
        *,
        app_token: str,
        api: str = SLACK,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._app = app
        self._session = session
        self._app_token = app_token
        self._api = api
        self._ping_seconds = ping_seconds
        self._handler: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Returns once connected. Raises ChatError or TimeoutError where that isn't possible."""
        handler = AsyncSocketModeHandler(
            self._app.bolt,
            self._app_token,
            logger=SILENT,
            web_client=client(self._app_token, self._session, base=self._api),
            ping_interval=self._ping_seconds,
        )
        self._handler = handler
        connecting = handler.client.connect()  # type: ignore[no-untyped-call]
        await asyncio.wait_for(connecting, timeout=30)
        log.info("slack.connected", mode="socket")

    async def connected(self) -> bool:
        return self._handler is not None and await self._handler.client.is_connected()

    async def stop(self) -> None:
        """No more deliveries are taken; those in hand are the app's to finish."""
        if self._handler:
            await self._handler.client.close()  # type: ignore[no-untyped-call]
            self._handler = None
