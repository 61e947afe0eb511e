"""The one address that Teams calls: admits, acknowledges, and lets the coach answer."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from adapters.log import logger
from adapters.teams import outbound
from adapters.teams.auth import Gate, NotAdmitted
from adapters.teams.events import What
from adapters.teams.inbound import Arrived, UnknownInvoke, Way, again, read
from adapters.teams.keys import KeysUnavailable
from adapters.teams.memory import Memory
from adapters.teams.payload import Malformed
from adapters.teams.pipeline import Pipeline
from adapters.teams.registration import Registration
from adapters.teams.replies import Replies, filled, reopening
from adapters.teams.sender import Payload
from adapters.teams.standing import Standings
from bot.coach import notice
from bot.errors import ChatError, Refused
from bot.messages import Inbound, Message, Submission, Tone
from bot.wording import language_of, wording
from knowledge.model import Language

PATH = "/api/messages"
MOST_BYTES = 262_144  # of a request; Teams sends at most some 100 KB
INVOKE_SECONDS = 4.0  # Teams waits 5 for the answer to an invoke
MOST_IN_HAND = 1000  # requests acknowledged and not answered yet; then Teams is asked to wait
log = logger()


class Handles(Protocol):
    """The coach, or what stands for it."""

    async def handle(self, inbound: Inbound) -> Message | None: ...


class Library(Protocol):
    """What the compose box searches."""

    def search(self, text: str, locale: str | None) -> tuple[tuple[Message, str], ...]:
        """Cards, best first, each with a line of its text."""
        ...


class TeamsApp:
    """Requests in, answers out; whoever mounts it gives the session's things and closes it."""

    def __init__(
        self,
        *,
        registration: Registration,
        gate: Gate,
        coach: Handles,
        library: Library,
        memory: Memory,
        standings: Standings,
        replies: Replies,
        clock: Callable[[], datetime],
    ) -> None:
        self._registration = registration
        self._gate = gate
        self._coach = coach
        self._library = library
        self._memory = memory
        self._standings = standings
        self._replies = replies
        self._clock = clock
        self._pipeline = Pipeline(registration.app_id)
        self._in_hand: set[asyncio.Task[None]] = set()

    def mount(self, application: web.Application) -> None:
        application.router.add_post(PATH, self.receive)

    async def close(self, seconds: float = 10.0) -> None:
        """Finish what is in hand."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=seconds)

    async def receive(self, request: web.Request) -> web.Response:
        payload = await _object(request)
        if isinstance(payload, int):
            return web.Response(status=payload)
        try:
            await self._gate.admit(request.headers.get("Authorization"), payload)
            arrived = read(payload, self._clock())
        except NotAdmitted:
            return web.Response(status=401)
        except KeysUnavailable:
            return web.Response(status=503, headers={"Retry-After": "10"})
        except Malformed as error:
            log.warning("teams.malformed", problem=str(error))
            return web.Response(status=400)
        except UnknownInvoke:
            return web.Response(status=501)
        if arrived is None:
            return web.Response(status=200)
        if not self._registration.serves(arrived.person.workspace.id):
            log.warning("teams.tenant_refused")
            return web.Response(status=403)
        return await self._respond(payload, arrived)

    async def _respond(self, payload: Mapping[str, Any], arrived: Arrived) -> web.Response:
        if arrived.way in (Way.MESSAGE, Way.EVENT):
            if len(self._in_hand) >= MOST_IN_HAND:
                return web.Response(status=503, headers={"Retry-After": "5"})
            self._start(self._pipeline.run(payload, lambda: self._quietly(arrived)))
            return web.Response(status=202)
        body = await self._pipeline.run(payload, lambda: self._invoked(arrived))
        return web.Response(body=outbound.written(body or {}), content_type="application/json")

    def _start(self, work: Awaitable[object]) -> asyncio.Task[None]:
        async def finish() -> None:
            await work

        task = asyncio.create_task(finish())
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        return task

    # ── turns ────────────────────────────────────────────────────────────────

    async def _quietly(self, arrived: Arrived) -> None:
        """A turn whose request is answered already: what goes wrong is logged, and said."""
        try:
            await self._turn(arrived)
        except Refused as error:
            log.warning("teams.refused", reason=error.reason)
            if "BotNotInConversationRoster" in error.reason:
                await self._memory.mark(arrived.place, gone=True)
        except ChatError as error:
            log.warning("teams.unsent", reason=error.reason, kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001  the one place of this entry point
            await self._apologise(error, arrived)

    async def _apologise(self, error: Exception, arrived: Arrived) -> None:
        message = _unexpected(error, arrived)
        try:
            await self._replies.say(message, arrived)
        except ChatError as unsent:
            log.warning("teams.unsent", reason=unsent.reason)

    async def _turn(self, arrived: Arrived) -> None:
        await self._memory.note(arrived, self._clock())
        if arrived.event is not None:
            arrived = await self._of_event(arrived)
        for inbound in arrived.inbounds:
            message = await self._handled(inbound, arrived)
            if message is not None:
                await self._replies.say(message, arrived)

    async def _handled(self, inbound: Inbound, arrived: Arrived) -> Message | None:
        return await self._coach.handle(await self._standings.completed(inbound, arrived))

    async def _of_event(self, arrived: Arrived) -> Arrived:
        """Keep the references true; what happens to a team happens to each of its channels."""
        event = arrived.event
        assert event is not None
        inbounds: list[Inbound] = []
        for inbound in arrived.inbounds:
            places = [inbound.place]
            if event.whole_team and arrived.reference.team:
                team = await self._memory.team(inbound.place, arrived.reference.team)
                places += [one for one in team if one.channel != inbound.place.channel]
            for place in places:
                delivery = f"{inbound.delivery}|{place.channel}"
                inbounds.append(replace(inbound, place=place, delivery=delivery))
        await self._keep_true(arrived, inbounds)
        return replace(arrived, inbounds=tuple(inbounds))

    async def _keep_true(self, arrived: Arrived, inbounds: list[Inbound]) -> None:
        event = arrived.event
        assert event is not None
        places = [inbound.place for inbound in inbounds] or [arrived.place]
        for place in places:
            if event.what is What.RENAMED:
                await self._memory.renamed(place, event.name, self._clock())
            elif event.what in (What.COACH_LEFT, What.ARCHIVED, What.DELETED):
                await self._memory.mark(place, gone=True)
            elif event.what is What.BACK:
                await self._memory.mark(place, gone=False)

    # ── invokes ──────────────────────────────────────────────────────────────

    async def _invoked(self, arrived: Arrived) -> Payload:
        if arrived.way is Way.QUERY:
            await self._memory.note(arrived, self._clock())
            found = self._library.search(arrived.query, arrived.locale)
            return outbound.results(found, _said(arrived, "teams.nothing_found"))
        answering = asyncio.ensure_future(self._answer(arrived))
        if not await _in_time(answering):
            self._start(self._say_later(answering, arrived))
            return _spoken(_said(arrived, "teams.slow"), arrived)
        giving = asyncio.ensure_future(self._give(answering.result(), arrived))
        if not await _in_time(giving):
            self._start(giving)
            return _spoken(_said(arrived, "teams.slow"), arrived)
        return giving.result()

    async def _answer(self, arrived: Arrived) -> Message | None:
        try:
            await self._memory.note(arrived, self._clock())
            inbound = arrived.inbounds[0]
            message = await self._handled(inbound, arrived)
            opener = reopening(message, arrived)
            if message is not None and opener and isinstance(inbound, Submission):
                return await self._again(opener, inbound, arrived, message)
            return message
        except Exception as error:  # noqa: BLE001  the one place of this entry point
            return _unexpected(error, arrived)

    async def _give(self, message: Message | None, arrived: Arrived) -> Payload:
        try:
            return await self._replies.give(message, arrived) or {}
        except ChatError as error:
            log.warning("teams.unsent", reason=error.reason, kind=type(error).__name__)
            return _spoken(_said(arrived, "teams.unsent"), arrived)
        except Exception as error:  # noqa: BLE001  the one place of this entry point
            return _spoken(_unexpected(error, arrived).summary, arrived)

    async def _say_later(
        self, answering: "asyncio.Future[Message | None]", arrived: Arrived
    ) -> None:
        message = await answering
        if message is not None:
            await self._give(message, replace(arrived, way=Way.MESSAGE))

    async def _again(
        self, opener: tuple[str, str], refused: Submission, arrived: Arrived, refusal: Message
    ) -> Message:
        """The form that was refused, once more, with what was filled in."""
        form = await self._handled(again(refused, *opener), arrived)
        return filled(form, refusal, refused.values) if form and form.form() else refusal


async def _in_time(work: "asyncio.Future[Any]") -> bool:
    """Whether it ends while Teams still waits; if not, it goes on."""
    done, _ = await asyncio.wait({work}, timeout=INVOKE_SECONDS / 2)
    return bool(done)


def _said(arrived: Arrived, key: str) -> str:
    return wording(_language(arrived)).say(key)


def _spoken(text: str, arrived: Arrived) -> Payload:
    return outbound.noticed(text) if arrived.way is Way.CARD else outbound.closing(text)


def _unexpected(error: Exception, arrived: Arrived) -> Message:
    """Told with a reference, logged with it; never with the error's text."""
    reference = secrets.token_hex(4)
    log.error("teams.unexpected", reference=reference, exc_info=error, way=str(arrived.way))
    return notice("errors.unexpected", _language(arrived), Tone.ERROR, reference=reference)


def _language(arrived: Arrived) -> Language:
    return language_of(arrived.locale) or Language.EN


async def _object(request: web.Request) -> dict[str, Any] | int:
    """The activity, or the status that refuses it."""
    if request.content_type != "application/json":
        return 415
    if (request.content_length or 0) > MOST_BYTES:
        return 413
    try:
        body = await request.content.read(MOST_BYTES + 1)
        while len(body) <= MOST_BYTES and not request.content.at_eof():
            body += await request.content.read(MOST_BYTES + 1 - len(body))
        if len(body) > MOST_BYTES:
            return 413
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return 400
    return payload if isinstance(payload, dict) else 400
