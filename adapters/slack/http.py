"""Slack's requests over HTTP: the signature first, then everything else."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock, SignatureVerifier

from adapters.log import logger
from adapters.slack.app import SlackApp
from adapters.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

MOST_BYTES = 1_000_000  # Slack's own payloads stay far below
log = logger()


class _SlackClock(Clock):
    """The verifier's clock is ours."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock().timestamp()


class SlackHttp:
    """The routes of Slack, to be mounted on the one application."""

    def __init__(
        self,
        app: SlackApp,
        *,
        signing_secret: str,
        clock: Callable[[], datetime],
        consent: AsyncOAuthFlow | None = None,
    ) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret, _SlackClock(clock))
        self._consent = consent

    def routes(self) -> list[web.RouteDef]:
        routes = [web.post(EVENTS_PATH, self.events)]
        if self._consent:
            routes += [web.get(INSTALL_PATH, self.install), web.get(REDIRECT_PATH, self.redirect)]
        return routes

    async def events(self, request: web.Request) -> web.Response:
        """401 for what Slack didn't sign, 413 for what is too big, 400 for what can't be read."""
        if (request.content_length or 0) > MOST_BYTES:
            return _refused("too_large", 413)
        body = await _read(request)
        if body is None:
            return _refused("too_large", 413)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return _refused("unreadable", 400)
        if not self._signed(text, request):
            return _refused("bad_signature", 401)
        try:
            read = AsyncBoltRequest(
                body=text,
                query=request.query_string,
                headers=_headers(request),
            )
            if not _has_shape(read.body):
                return _refused("unreadable", 400)
            answer = await self._app.bolt.async_dispatch(read)
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            # Bolt reads parts of the payload before any listener.
            return _refused("unreadable", 400, error=type(error).__name__)
        return await to_aiohttp_response(answer)

    async def install(self, request: web.Request) -> web.Response:
        if self._consent is None:
            raise web.HTTPNotFound
        return await _as_page(await self._consent.handle_installation(_bare(request)))

    async def redirect(self, request: web.Request) -> web.Response:
        if self._consent is None:
            raise web.HTTPNotFound
        return await _as_page(await self._consent.handle_callback(_bare(request)))

    def _signed(self, body: str, request: web.Request) -> bool:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not timestamp.isascii() or not timestamp.isdigit() or not signature.isascii():
            return False
        return self._verifier.is_valid(body, timestamp, signature)


def _has_shape(body: object) -> bool:
    """An object; an event is one too, and says its type."""
    if not isinstance(body, dict) or not body:
        return False
    if body.get("type") != "event_callback":
        return True
    event = body.get("event")
    return isinstance(event, dict) and isinstance(event.get("type"), str)


async def _read(request: web.Request) -> bytes | None:
    """None if there are more bytes than we take, however they are sent."""
    body = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _refused(why: str, status: int, **more: str) -> web.Response:
    log.warning("slack.request_refused", why=why, status=status, **more)
    return web.Response(status=status)


def _bare(request: web.Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.query_string, headers=_headers(request))


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return dict(request.headers)


async def _as_page(answer: BoltResponse) -> web.Response:
    return await to_aiohttp_response(answer)
