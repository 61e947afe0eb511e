"""The Teams adapter on the wire: a connector on one side, a coach with the real store behind."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.database.store import DatabaseStore
from adapters.teams.app import PATH, Handles, Library
from adapters.teams.assembly import Teams
from adapters.teams.registration import Registration
from bot.coach import Answered, Coach, Routes
from bot.messages import (
    Click,
    Command,
    Inbound,
    Joined,
    Left,
    Message,
    Opened,
    Question,
    Renamed,
    Submission,
    Text,
)
from bot.ports.asking import AtHand
from knowledge.model import Language
from tests.adapters.teams.activities import Payload, Sends
from tests.adapters.teams.connector import APP, NOW, TENANT, Connector
from tests.adapters.teams.painter import problems


def says(text: str, **more: Any) -> Message:
    return Message(parts=(Text(text=text),), summary=text, language=Language.EN, **more)


CLICKS = ("ask.why", "ask.topic", "pulse.answer", "gaps.close", "ask.share", "ask.helpful")
FORMS = ("pulse.ballot", "pulse.start", "teach.entry")


class Stage:
    """A conversation that keeps what it was given and says what it is told."""

    def __init__(self) -> None:
        self.heard: list[Inbound] = []
        self.answer: Message | Exception | None = says("Yes.")
        self.answers: dict[str, Message | Exception] = {}  # by click, form or command
        self.before: Callable[[], Awaitable[None]] | None = None

    @property
    def routes(self) -> Routes:
        return Routes(
            commands=dict.fromkeys(("coach", "pulse", "digest"), self._command),
            clicks=dict.fromkeys(CLICKS, self._click),
            forms=dict.fromkeys(FORMS, self._form),
        )

    async def _command(self, command: Command) -> Message:
        return await self._say(command, self.answers.get(command.name))

    async def _click(self, click: Click) -> Message:
        return await self._say(click, self.answers.get(click.action))

    async def _form(self, form: Submission) -> Message:
        return await self._say(form, self.answers.get(form.form))

    async def question(
        self, question: Question, *, at_hand: AtHand | None = None, memory: bool = True
    ) -> Answered:
        return Answered(message=await self._say(question, None))

    async def opened(self, opened: Opened) -> Message:
        return await self._say(opened, None)

    async def _say(self, inbound: Inbound, answer: Message | Exception | None) -> Message:
        self.heard.append(inbound)
        if self.before:
            await self.before()
        answer = answer or self.answer
        if isinstance(answer, Exception):
            raise answer
        assert answer is not None
        return answer

    async def joined(self, joined: Joined) -> Message | None:
        self.heard.append(joined)
        return self.answer if joined.coach and isinstance(self.answer, Message) else None

    async def left(self, left: Left) -> None:
        self.heard.append(left)

    async def renamed(self, renamed: Renamed) -> None:
        self.heard.append(renamed)


class StageLibrary:
    """Two cards for anything but `nothing`."""

    def search(self, text: str, locale: str | None) -> tuple[tuple[Message, str], ...]:
        if text == "nothing":
            return ()
        return tuple(
            (
                says(
                    f"{text} {n}",
                ),
                f"About {text}, {n}.",
            )
            for n in (1, 2)
        )


class FixedTokens:
    """Credentials that are always there; `forget` is counted."""

    def __init__(self) -> None:
        self.forgotten = 0

    async def token(self) -> str:
        return f"our-token-{self.forgotten}"

    def forget(self) -> None:
        self.forgotten += 1


@dataclass(kw_only=True, slots=True)
class Reply:
    status: int
    body: Payload


class Wire:
    """One running adapter, spoken to as Microsoft does."""

    def __init__(self, store: DatabaseStore, coach: Handles | None = None) -> None:
        self.store = store
        self.stage = Stage()
        self.reported: list[Exception] = []
        self.paused: list[float] = []
        self.now = NOW
        self.tokens = FixedTokens()
        self.connector = Connector()
        self.registration = Registration(app_id=APP, tenant=TENANT, password="secret")
        self.library: Library = StageLibrary()
        self.answered: list[Payload] = []  # bodies of invokes
        self._coach = coach

    async def start(self) -> None:
        await self.connector.start()
        self.sends = Sends(self.connector.service)
        self.session = aiohttp.ClientSession()
        self.teams = Teams(
            self.registration,
            self.session,
            self.store.references,
            lambda: self.now,
            metadata=self.connector.metadata,
            tokens=self.tokens,
            pause=self.pause,
        )
        await self.use(self._coach or Coach(self.stage, (), self.store, self._report))

    async def use(self, coach: Handles, library: Library | None = None) -> None:
        """This coach from now on."""
        if library is not None:
            self.library = library
        self.app = self.teams.connect(coach, self.library)
        application = web.Application()
        self.app.mount(application)
        self.client = TestClient(TestServer(application))
        await self.client.start_server()

    async def stop(self) -> None:
        await self.app.close()
        await self.client.close()
        await self.session.close()
        await self.connector.server.close()

    def _report(self, error: Exception, *, reference: str, inbound: Inbound) -> None:
        self.reported.append(error)

    async def pause(self, seconds: float) -> None:
        self.paused.append(seconds)

    async def post(
        self, activity: object, token: str | None = None, *, header: str | None = None
    ) -> Reply:
        """One request as given, without waiting for what follows it."""
        if header is None:
            now = int(self.now.timestamp())
            times = {"exp": now + 3600, "nbf": now - 60}
            token = token or self.connector.signer.token(self.connector.service, **times)
            header = f"Bearer {token}"
        raw = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": header} if header else {}
        )
        async with self.client.post(PATH, data=raw, headers=headers) as response:
            text = await response.text()
            body = json.loads(text) if text and response.status == 200 else {}
            if body:
                self.answered.append(body)
            return Reply(status=response.status, body=body)

    async def say(self, activity: object) -> Reply:
        """One request, and all that it leads to."""
        reply = await self.post(activity)
        await self.app.close()
        return reply

    def cards(self) -> list[Payload]:
        """Every card that left the bot, as a message or in the answer to an invoke."""
        found = self.connector.cards()
        for body in self.answered:
            found += _cards(body)
        return found

    def complaints(self) -> list[str]:
        """Of Microsoft's schema, about any card."""
        return [problem for card in self.cards() for problem in problems(card)]


def _cards(body: object) -> list[Payload]:
    if isinstance(body, list):
        return [card for one in body for card in _cards(one)]
    if not isinstance(body, dict):
        return []
    if body.get("type") == "AdaptiveCard":
        return [body]
    return [card for one in body.values() for card in _cards(one)]
