"""The pieces of the Teams adapter, put together on one HTTP session."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import aiohttp
from aiohttp import web

from adapters.teams.app import Handles, Library, TeamsApp
from adapters.teams.auth import AppTokens, Gate, Tokens, credentials
from adapters.teams.chat import TeamsChat
from adapters.teams.keys import METADATA, Keys
from adapters.teams.memory import Memory
from adapters.teams.registration import Registration
from adapters.teams.replies import Replies
from adapters.teams.sender import Pause, Sender
from adapters.teams.standing import Standings
from bot.messages import Platform
from bot.ports.references import ReferenceStore


class Teams:
    """Implements adapters.web.app.Mount. First it lends its Chat, then it is given the coach."""

    platform = Platform.TEAMS

    def __init__(
        self,
        registration: Registration,
        session: aiohttp.ClientSession,
        references: ReferenceStore,
        clock: Callable[[], datetime],
        *,
        metadata: str = METADATA,
        tokens: Tokens | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._registration = registration
        self._clock = clock
        self._memory = Memory(references)
        tokens = tokens or AppTokens(credentials(registration), clock)
        self._sender = Sender(session, tokens, pause)
        self._gate = Gate(registration, Keys(session, clock, metadata), clock)
        self.chat = TeamsChat(self._sender, references, clock)
        self.app: TeamsApp | None = None

    def connect(self, coach: Handles, library: Library) -> TeamsApp:
        """From now on requests go to this coach."""
        self.app = TeamsApp(
            registration=self._registration,
            gate=self._gate,
            coach=coach,
            library=library,
            memory=self._memory,
            standings=Standings(self._sender, self._clock),
            replies=Replies(self._sender, self.chat),
            clock=self._clock,
        )
        return self.app

    def mount(self, application: web.Application) -> None:
        if self.app is None:
            raise RuntimeError("connect the coach before mounting")
        self.app.mount(application)

    async def close(self, seconds: float) -> None:
        if self.app:
            await self.app.close(seconds)
