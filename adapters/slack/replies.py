"""How an answer reaches the person on Slack: posted, to one alone, in place, or as a modal."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.log import logger
from adapters.slack import forms, outbound, sending
from adapters.slack.api import asked, chat_error
from adapters.slack.forms import Origin
from adapters.slack.inbound import OPEN_FORM
from adapters.slack.outbound import Payload, render
from adapters.slack.sending import Label, page_key
from adapters.slack.ways import Delivery, Surface, Way, is_direct
from adapters.slack.workspaces import Workspaces
from bot.coach import notice
from bot.errors import ChatError, OutcomeUnknown, Refused, SlowDown, Unreachable
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Form,
    Message,
    Note,
    Opened,
    Question,
    Text,
    Tone,
)
from bot.ports.chat import LookupImpossible
from bot.wording import wording
from knowledge.model import Language

LONGEST_WAIT = 30.0  # seconds that an answer waits when Slack says "slow down"
PAUSES = (1.0, 3.0)  # seconds before a send that Slack certainly didn't take is tried again
BACK = timedelta(minutes=30)  # how far a look-up reads: Slack's clock and ours differ
NOT_HERE = frozenset({"channel_not_found", "not_in_channel", "not_a_member"})
NOT_TO_ONE = NOT_HERE | {"user_not_in_channel", "messages_tab_disabled", "user_not_found"}
EXPLAINED = {
    **dict.fromkeys(NOT_HERE, "slack.not_member"),
    "is_archived": "slack.archived",
    **dict.fromkeys(
        ("restricted_action", "restricted_action_read_only_channel", "posting_to_general_channel"),
        "slack.restricted",
    ),
    **dict.fromkeys(
        ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id"), "slack.expired"
    ),
}
log = logger()


class Replies:
    """Sends what the coach answered back the way that a delivery came."""

    def __init__(
        self,
        workspaces: Workspaces,
        session: aiohttp.ClientSession,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._workspaces = workspaces
        self._session = session
        self.sleep = sleep

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Never raises a ChatError: what Slack refuses is said in words, or logged."""
        way = delivery.way
        try:
            client = await self._workspaces.client(way.workspace, way.enterprise)
            try:
                await self._answer(client, delivery, message)
            except ChatError as error:
                log.warning("slack.refused", reason=error.reason, surface=str(way.surface))
                key = f"{delivery.inbound.delivery}/refused"
                await self._alone(client, way, explained(error, message.language), key=key)
        except ChatError as error:
            log.warning("slack.unanswered", reason=error.reason, surface=str(way.surface))

    async def _answer(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        way, inbound = delivery.way, delivery.inbound
        if message.form():
            await self._open(client, delivery, message)
        elif way.surface is Surface.MODAL:
            await self._in_modal(client, way, message, inbound.delivery)
        elif way.surface is Surface.HOME:
            await self._at_home(client, delivery, message)
        elif message.audience is Audience.CHANNEL and not is_direct(way.channel):
            await self._post(client, way.channel, message, thread=None, key=inbound.delivery)
        elif _alone(way, message):
            await self._alone(client, way, message, key=inbound.delivery)
        elif message.replaces and way.message:
            await self._replace(client, way, message, inbound.delivery)
        else:
            await self._post(client, way.channel, message, thread=way.thread, key=inbound.delivery)

    async def _open(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        way = delivery.way
        view = forms.view(message, _origin(way, message.language))
        if way.view and way.view.get("type") == "modal":
            await self._again(lambda: asked(client.views_update(view_id=_id(way), view=view)))
        elif way.trigger:
            await asked(client.views_open(trigger_id=way.trigger, view=view))
        else:
            await self._post(
                client,
                way.channel,
                _button_for(delivery, message),
                thread=way.thread,
                key=delivery.inbound.delivery,
            )

    async def _in_modal(self, client: AsyncWebClient, way: Way, message: Message, key: str) -> None:
        shown = message
        if message.audience is not Audience.ASKER and way.channel:
            if message.replaces and way.message:
                await self._replace(client, way, message, key)
            else:
                thread = way.thread if message.audience is Audience.THREAD else None
                await self._post(client, way.channel, message, thread=thread, key=key)
            shown = notice("slack.posted", message.language, Tone.SUCCESS)
        view = forms.outcome(shown, _origin(way, message.language))
        if way.view and is_refusal(message) and way.view.get("state"):
            view = forms.again(way.view, message)
        await self._again(lambda: asked(client.views_update(view_id=_id(way), view=view)))

    async def _at_home(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        way = delivery.way
        if isinstance(delivery.inbound, Opened) or message.replaces:
            view = outbound.home(message)
            await self._again(lambda: asked(client.views_publish(user_id=way.user, view=view)))
        else:
            await self._post(client, way.user, message, thread=None, key=delivery.inbound.delivery)

    async def _alone(self, client: AsyncWebClient, way: Way, message: Message, *, key: str) -> None:
        """Only the person sees it; where Slack can't do that here, in their own conversation."""
        if way.surface is Surface.MODAL:
            view = forms.outcome(message, _origin(way, message.language))
            await asked(client.views_update(view_id=_id(way), view=view))
        elif way.response_url and way.surface in (Surface.PRIVATE, Surface.EPHEMERAL):
            await self._respond(way, message)
        elif way.surface in (Surface.HOME, Surface.QUIET) or is_direct(way.channel):
            channel = way.channel if is_direct(way.channel) else way.user
            await self._post(client, channel, message, thread=way.thread, key=key)
        else:
            await self._ephemeral(client, way, message, key)

    async def _ephemeral(
        self, client: AsyncWebClient, way: Way, message: Message, key: str
    ) -> None:
        try:
            for page in render(message):
                await self._again(
                    lambda page=page: asked(  # type: ignore[misc]
                        client.chat_postEphemeral(
                            channel=way.channel, user=way.user, thread_ts=way.thread, **page
                        )
                    )
                )
        except Refused as error:
            if error.reason not in NOT_TO_ONE:
                raise
            await self._post(client, way.user, message, thread=None, key=key)

    async def _respond(self, way: Way, message: Message) -> None:
        """By the response_url, which works also where the coach isn't a member."""
        over = message.replaces and way.surface is Surface.EPHEMERAL
        for number, page in enumerate(render(message)):
            body = {**page, "response_type": "ephemeral", "replace_original": over and not number}
            await self._again(lambda body=body: self._to_url(way.response_url or "", body))  # type: ignore[misc]

    async def _to_url(self, url: str, body: Payload) -> None:
        try:
            async with self._session.post(url, json=body) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise chat_error(error) from error
        if response.status == 429:
            raise SlowDown("http_429", seconds=float(response.headers.get("Retry-After") or 30))
        if response.status == 503:
            raise Unreachable("http_503")
        if response.status >= 500:  # of a gateway: Slack may have taken it
            raise OutcomeUnknown(f"http_{response.status}")
        if response.status >= 400:
            raise Refused(_reason(text) or f"http_{response.status}")

    async def _replace(self, client: AsyncWebClient, way: Way, message: Message, key: str) -> None:
        if way.surface is Surface.EPHEMERAL:
            await self._respond(way, message)
            return
        first, *more = render(message)
        await self._again(
            lambda: asked(client.chat_update(channel=way.channel, ts=way.message or "", **first))
        )
        thread = way.thread or way.message
        for number, page in enumerate(more, start=1):
            await self._page(client, way.channel, page, thread, page_key(key, number))

    async def _post(
        self,
        client: AsyncWebClient,
        channel: str,
        message: Message,
        *,
        thread: str | None,
        key: str,
    ) -> None:
        root = thread
        for number, page in enumerate(render(message)):
            posted = await self._page(client, channel, page, root, page_key(key, number))
            root = root or posted

    async def _page(
        self, client: AsyncWebClient, channel: str, page: Payload, thread: str | None, key: str
    ) -> str | None:
        """Posted once: after a connection that broke, we look before sending again."""
        label = Label(key=key)
        try:
            posted = await self._again(
                lambda: sending.post(client, channel, page, thread=thread, label=label)
            )
        except OutcomeUnknown as error:
            since = self._workspaces.now() - BACK
            try:
                found = await sending.find(client, channel, key, thread=thread, since=since)
            except LookupImpossible:
                return None  # taken for arrived: rather once too few than twice
            if found:
                return found
            log.info("slack.sent_again", reason=error.reason)
            posted = await sending.post(client, channel, page, thread=thread, label=label)
        return str(posted["ts"])

    async def _again(self, call: Callable[[], Awaitable[Payload | None]]) -> Payload:
        """Repeats what Slack certainly didn't take, and obeys its "slow down"."""
        for pause in PAUSES:
            try:
                return await call() or {}
            except SlowDown as error:
                if error.seconds > LONGEST_WAIT:
                    raise
                await self.sleep(error.seconds)
            except Unreachable:
                await self.sleep(pause)
        return await call() or {}


def explained(error: ChatError, language: Language) -> Message:
    """What the platform's refusal means and what to do about it."""
    reason, _, detail = error.reason.partition(":")
    if reason == "missing_scope":
        return notice("slack.missing_scope", language, Tone.WARNING, scope=detail)
    if isinstance(error, SlowDown):
        return notice("slack.slow", language, Tone.WARNING)
    key = EXPLAINED.get(reason)
    if key:
        return notice(key, language, Tone.WARNING)
    return notice("slack.not_sent", language, Tone.ERROR, reason=reason)


def is_refusal(message: Message) -> bool:
    """One sentence of warning: what was sent wasn't taken."""
    tones = [part.tone for part in message.parts if isinstance(part, Note)]
    return len(message.parts) == 1 and tones[:1] in ([Tone.WARNING], [Tone.ERROR])


def _alone(way: Way, message: Message) -> bool:
    if way.surface in (Surface.PRIVATE, Surface.EPHEMERAL):
        return True
    return message.audience is Audience.ASKER and not is_direct(way.channel)


def _origin(way: Way, language: Language) -> Origin:
    return Origin(
        channel=way.channel,
        thread=way.thread,
        private=is_direct(way.channel) or way.surface is Surface.HOME,
        message=way.message if way.surface in (Surface.MESSAGE, Surface.MODAL) else None,
        language=language,
    )


def _id(way: Way) -> str:
    return str((way.view or {}).get("id", ""))


def _button_for(delivery: Delivery, message: Message) -> Message:
    """Slack opens a modal only on a click, so words that lead to a form get a button first."""
    form, say = message.form(), wording(message.language)
    inbound = delivery.inbound
    said = inbound.text if isinstance(inbound, Question) else ""
    button = Button(label=say.say("slack.open"), action=OPEN_FORM, value=said[:1900])
    title = form.title if isinstance(form, Form) else ""
    return replace(
        message,
        parts=(
            Text(text=title, strong=True),
            Text(text=say.say("slack.open_form")),
            Buttons(buttons=(button,)),
        ),
    )


def _reason(text: str) -> str:
    try:
        answer = json.loads(text)
    except ValueError:
        return ""
    return str(answer.get("error", "")) if isinstance(answer, dict) else ""
