"""Slack's listeners: each acknowledges at once and hands a Delivery over; nothing else."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from traceback import extract_tb
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.log import logger
from adapters.slack import events, forms, inbound, welcome
from adapters.slack.api import SILENT, client
from adapters.slack.chat import SlackChat
from adapters.slack.forms import unpacked
from adapters.slack.replies import Replies
from adapters.slack.ways import Delivery, Payload, Seen, Surface
from adapters.slack.workspaces import Authorize, Workspaces
from bot.coach import notice
from bot.errors import ChatError
from bot.messages import Inbound, Joined, Leaving, Left, Message, Opened, Standing, Tone
from bot.ports.chat import Profile
from bot.wording import language_of
from knowledge.model import Language

NOBODY = "USLACKBOT"  # stands for the coach where Slack no longer tells who it was
PATIENCE = 0.4  # seconds before a direct conversation shows that we are at work
EVERYTHING = re.compile(".*", re.DOTALL)
log = logger()


class Coach(Protocol):
    async def handle(self, inbound: Inbound) -> Message | None: ...


class Uninstalls(Protocol):
    """Told when a workspace takes the coach out."""

    async def uninstalled(self, team: str) -> None: ...


class SlackApp:
    """Bolt with one listener a kind of payload, and the work that they start."""

    def __init__(
        self,
        coach: Coach,
        *,
        workspaces: Workspaces,
        chat: SlackChat,
        replies: Replies,
        uninstalls: Uninstalls | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._coach = coach
        self._workspaces = workspaces
        self._chat = chat
        self.replies = replies
        self._uninstalls = uninstalls
        self._clock = clock
        self._at_work: set[asyncio.Task[None]] = set()
        self.bolt = self._listening()

    def _listening(self) -> AsyncApp:
        bolt = AsyncApp(
            name="maturity-coach",
            logger=SILENT,
            client=client("", None),
            authorize=Authorize(self._workspaces),  # type: ignore[arg-type]  # Bolt takes its own class
            # Listeners answer within a millisecond and start the work themselves: Bolt needs no
            # task of its own to poll every 10 ms, and an error after the ack can't lose the ack.
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            request_verification_enabled=False,  # adapters.slack.http does it, before any parsing
            ignoring_self_assistant_message_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        bolt.event(EVERYTHING)(self._event)
        bolt.command(EVERYTHING)(self._command)
        bolt.action(EVERYTHING)(self._action)
        bolt.view(EVERYTHING)(self._view)
        bolt.shortcut(EVERYTHING)(self._shortcut)
        bolt.error(self._unhandled)
        return bolt

    async def stop(self, seconds: float) -> None:
        """Finish what is in hand; what takes longer is given up, and logged."""
        if self._at_work:
            _, late = await asyncio.wait(self._at_work, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                log.warning("slack.given_up", deliveries=len(late))

    async def idle(self) -> None:
        """Until nothing is in hand."""
        while self._at_work:
            await asyncio.wait(self._at_work)

    # ── listeners ────────────────────────────────────────────────────────────

    async def _event(self, body: Payload, context: AsyncBoltContext) -> BoltResponse | None:
        if body["event"].get("type") == "user_change":
            self._changed(body, context)
            return None
        return self._take(events.event, body, context)

    async def _command(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext
    ) -> BoltResponse | None:
        refused = self._take(inbound.command, body, context)
        return refused or await ack()

    async def _action(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext
    ) -> BoltResponse | None:
        if body.get("type") != "block_actions" or body["actions"][0].get("type") in _STATE_ONLY:
            return await ack()
        refused = self._take(inbound.click, body, context)
        return refused or await ack()

    async def _view(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext
    ) -> BoltResponse | None:
        """The modal stays open and says "one moment" until the answer takes its place."""
        refused = self._take(inbound.submission, body, context)
        if refused:
            return refused
        language = unpacked(body["view"].get("private_metadata") or "").language
        return await ack(response_action="update", view=forms.waiting(language))

    async def _shortcut(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext
    ) -> BoltResponse | None:
        if body.get("callback_id") == inbound.START_PULSE:
            seen = self._seen(context)
            self._start(self._open_pulse(seen, body["user"]["id"], body["trigger_id"]))
            return await ack()
        refused = self._take(inbound.shortcut, body, context)
        return refused or await ack()

    async def _unhandled(self, error: Exception, body: Payload) -> BoltResponse:
        """A kind of payload that we don't know, or a listener's own mistake."""
        unknown = isinstance(error, BoltUnhandledRequestError)
        kind = str(body.get("type") or body.get("command") or "none")[:40]
        log.warning(
            "slack.unknown_payload" if unknown else "slack.listener_failed",
            kind=kind,
            error=type(error).__name__,
        )
        return BoltResponse(status=404 if unknown else 500, body="")

    # ── work ─────────────────────────────────────────────────────────────────

    def _take(
        self,
        read: Callable[[Payload, Seen], Delivery | None],
        body: Payload,
        context: AsyncBoltContext,
    ) -> BoltResponse | None:
        """Start on what was delivered; a response only where it can't be read."""
        try:
            delivery = read(body, self._seen(context))
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            kind = str(body.get("type") or "command")[:40]
            log.warning("slack.malformed_payload", kind=kind, error=type(error).__name__)
            return BoltResponse(status=400, body="")
        if delivery is not None:
            self._start(self._handle(delivery))
        return None

    def _seen(self, context: AsyncBoltContext) -> Seen:
        team = context.team_id or context.enterprise_id or ""
        return Seen(
            team=team,
            enterprise=context.enterprise_id,
            coach=context.bot_user_id or NOBODY,
            now=self._clock(),
        )

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _handle(self, delivery: Delivery) -> None:
        try:
            await self._answer(delivery)
        except Exception as error:  # noqa: BLE001  the entry point's one place
            reference = secrets.token_hex(4)
            # The error's own text may quote what somebody wrote: its place is enough.
            log.error(  # noqa: TRY400
                "slack.failed",
                reference=reference,
                error=type(error).__name__,
                at=[f"{at.filename}:{at.lineno}" for at in extract_tb(error.__traceback__)[-4:]],
            )
            language = language_of(delivery.inbound.locale) or Language.EN
            sorry = notice("errors.unexpected", language, Tone.ERROR, reference=reference)
            if delivery.way.surface is not Surface.QUIET:
                await self.replies.send(delivery, sorry)

    async def _answer(self, delivery: Delivery) -> None:
        known = await self._known(delivery)
        if isinstance(known.inbound, Opened) and known.inbound.view == "messages":
            await welcome.prompts(self._workspaces, known)
            return
        showing = self._show_work(known)
        try:
            message = await self._coach.handle(known.inbound)
        finally:
            if showing:
                showing.cancel()
        if isinstance(known.inbound, Left) and known.inbound.why is Leaving.UNINSTALLED:
            if self._uninstalls:
                await self._uninstalls.uninstalled(known.way.workspace.id)
        elif message is not None:
            await self.replies.send(known, message)

    async def _known(self, delivery: Delivery) -> Delivery:
        """With what Slack tells of the person and the channel; without, where it won't tell."""
        read = delivery.inbound
        profile = await self._profile(delivery)
        if profile:
            standing = Standing(
                admin=profile.standing.admin,
                guest=profile.standing.guest,
                external=profile.standing.external or read.standing.external,
            )
            read = replace(read, locale=profile.locale, standing=standing)
        if isinstance(read, Joined) and read.coach:
            read = replace(read, channel_name=await self._chat.channel_name(read.place))
        return replace(delivery, inbound=read)

    async def _profile(self, delivery: Delivery) -> Profile | None:
        way, person = delivery.way, delivery.inbound.person
        if way.surface is Surface.QUIET and not isinstance(delivery.inbound, Joined):
            return None
        try:
            return await self._chat.people.profile(person, way.enterprise)
        except ChatError as error:
            log.info("slack.no_profile", reason=error.reason)
            return None

    def _show_work(self, delivery: Delivery) -> asyncio.TimerHandle | None:
        if delivery.way.surface is not Surface.DIRECT:
            return None
        return asyncio.get_running_loop().call_later(
            PATIENCE, lambda: self._start(welcome.status(self._workspaces, delivery))
        )

    async def _open_pulse(self, seen: Seen, user: str, trigger: str) -> None:
        try:
            profile = await self._chat.people.profile(seen.person(user), seen.enterprise)
            await welcome.open_pulse(self._workspaces, seen, trigger, profile.locale)
        except ChatError as error:
            log.warning("slack.refused", reason=error.reason, surface="shortcut")

    def _changed(self, body: Payload, context: AsyncBoltContext) -> None:
        user: Any = body["event"].get("user")
        if isinstance(user, dict) and user.get("id"):
            self._chat.people.forget(self._seen(context).person(str(user["id"])))


# Menus inside a modal: Slack tells each choice, the form is sent later as a whole.
_STATE_ONLY = frozenset(
    {
        "radio_buttons",
        "checkboxes",
        "static_select",
        "multi_static_select",
        "conversations_select",
        "plain_text_input",
    }
)
