"""What was sent, what failed and why: told to leads, who can have it sent again."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.coach import Routes, language_for
from bot.errors import ChatError, Invalid, NotAllowed, NotFound
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Command,
    Message,
    Note,
    Part,
    Person,
    Table,
    Text,
    Tone,
)
from bot.outcomes import why
from bot.ports.channels import ChannelStore, SlotKind
from bot.ports.chat import Chat, Posted
from bot.ports.roles import RoleStore
from bot.ports.sends import TRACELESS, Delivery, Send, SendState, SendStore, Unknown
from bot.replies import to_asker, word
from bot.roles import Roles
from bot.subjects import is_week, kind_of
from bot.weekly import LATE
from bot.wording import Wording, language_of, wording
from bot.zones import is_zone
from knowledge.model import Language

WORD = "word"  # a word to a lead about a send that came to a bad end
AGAIN = "deliveries.again"
MOST = 15
BACK = timedelta(days=35)
BAD = (SendState.FAILED, SendState.LATE, SendState.UNKNOWN)


class Deliveries:
    """`/coach deliveries`. Implements bot.sending.Trouble and bot.ports.sends.Sender."""

    def __init__(
        self,
        *,
        sends: SendStore,
        channels: ChannelStore,
        rights: RoleStore,
        roles: Roles,
        chat: Chat,
        clock: Callable[[], datetime],
    ) -> None:
        self._sends = sends
        self._channels = channels
        self._rights = rights
        self._roles = roles
        self._chat = chat
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"coach deliveries": self._show, "coach 发送": self._show},
            clicks={AGAIN: self._again},
        )

    # ── for people ──

    async def _show(self, command: Command) -> Message:
        if command.place.private:
            raise Invalid("deliveries.in_channel")
        await self._roles.require_lead(command)
        said = wording(language_for(command))
        place = command.place
        found = await self._sends.of_channel(
            place.workspace, place.channel, since=self._clock() - BACK, most=MOST
        )
        if not found:
            return word(said, said.say("deliveries.none"))
        zone = await self._zone(command)
        title = said.say("deliveries.title")
        header = ("what", "due", "state", "why")
        table = Table(
            header=tuple(said.say(f"deliveries.{name}", zone=zone) for name in header),
            rows=tuple(_row(one, said, zone) for one in found),
            title=title,
        )
        pause = await self._pause(command, said, zone)
        return to_asker(said, title, table, *pause, *_offers(found, said))

    async def _zone(self, command: Command) -> str:
        """The channel's, as its posts are set to; else that of who asks."""
        place = command.place
        for kind in SlotKind:
            slot = await self._channels.slot(place.workspace, place.channel, kind)
            if slot is not None:
                return slot.zone
        try:
            zone = (await self._chat.profile(command.person)).zone
        except ChatError:
            zone = None
        return zone if zone and is_zone(zone) else "UTC"

    async def _pause(self, command: Command, said: Wording, zone: str) -> list[Part]:
        paused = await self._sends.paused(command.place.workspace)
        if paused is None:
            return []
        until, _ = paused
        text = said.say("deliveries.paused", until=said.moment(until, zone), zone=zone)
        return [Note(text=text, tone=Tone.WARNING)]

    async def _again(self, click: Click) -> Message:
        workspace = click.place.workspace
        delivery = await self._sends.one(workspace, click.value)
        if delivery is None or delivery.send.person is not None:
            raise NotFound("errors.stale_button")
        await self._roles.require_lead(click)
        channel = delivery.send.place.channel
        if click.place.private and channel not in await self._roles.channels(click.person):
            raise NotAllowed("roles.leads_only_private")
        if not click.place.private and channel != click.place.channel:
            raise NotFound("errors.stale_button")
        now = self._clock()
        if not await self._sends.again(workspace, click.value, due=now, late=now + LATE):
            raise Invalid("deliveries.not_again")
        await self._roles.note(click, "deliveries.again", click.value)
        said = wording(language_for(click))
        return word(said, said.say("deliveries.sending_again"), Tone.SUCCESS)

    # ── for jobs ──

    async def words(
        self, send: Send, state: SendState, reason: str, *, gone: bool
    ) -> tuple[Send, ...]:
        """A channel that refuses for good is left alone, and its leads hear of what failed."""
        if send.person is not None or send.kind == WORD or state not in BAD:
            return ()
        if send.kind in TRACELESS:  # nothing that people miss, or could send again
            return ()
        workspace, channel = send.place.workspace, send.place.channel
        if gone:
            await self._channels.gone(workspace, channel, reason)
        if state is SendState.LATE:
            return ()  # counted and listed; after a long stop nobody wants a word for each
        now = self._clock()
        leads = await self._rights.leads(workspace, channel)
        return tuple(_word(send, lead, now) for lead in leads)

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {WORD: Unknown.SEND_AGAIN}

    async def plan(self, now: datetime) -> int:
        return 0

    async def compose(self, send: Send, now: datetime) -> Message | None:
        delivery = await self._sends.one(send.place.workspace, send.subject)
        if delivery is None or delivery.state not in BAD or send.person is None:
            return None
        team = await self._channels.team(send.place.workspace, send.place.channel)
        said = wording(await self._language(send.person))
        text = said.say(
            f"deliveries.word_{delivery.state.value}",
            what=_what(delivery.send, said),
            channel=team.name or team.channel,
            reason=why(delivery, said),
        )
        return Message(
            parts=(Text(text=text), Buttons(buttons=(_offer(delivery, said),))),
            summary=text,
            language=said.language,
            audience=Audience.ASKER,
        )

    async def _language(self, person: Person) -> Language:
        try:
            return language_of((await self._chat.profile(person)).locale) or Language.EN
        except ChatError:
            return Language.EN

    async def posted(self, send: Send, posted: Posted) -> None:
        """Nothing refers to it later."""


def _word(send: Send, lead: Person, now: datetime) -> Send:
    return Send(
        key=f"{WORD}:{send.key}:{lead.id}:{now:%Y%m%d%H%M}",
        kind=WORD,
        place=send.place,
        person=lead,
        subject=send.key,
        due=now,
        late_after=now + LATE,
    )


def _what(send: Send, said: Wording) -> str:
    """Its kind, and the week that it is about, if any."""
    week = send.subject if is_week(send.subject) else ""
    return f"{kind_of(send.kind, said)} {week}".rstrip()


def _row(one: Delivery, said: Wording, zone: str) -> tuple[str, ...]:
    return (
        _what(one.send, said),
        said.moment(one.send.due, zone),
        said.say(f"deliveries.state_{one.state.value}"),
        why(one, said),
    )


def _offers(found: tuple[Delivery, ...], said: Wording) -> list[Part]:
    """A button for each of the newest that did not get through."""
    bad = [one for one in found if one.state in BAD][:3]
    return [Buttons(buttons=tuple(_offer(one, said) for one in bad))] if bad else []


def _offer(one: Delivery, said: Wording) -> Button:
    label = said.say("deliveries.button_again", what=_what(one.send, said))
    return Button(label=label, action=AGAIN, value=one.send.key)
