"""From what a lead chose to a pulse that is open: audience, frozen statements, all sends."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import ChatError, Invalid
from bot.instrument import Instrument
from bot.invitations import at_launch
from bot.messages import Person, Place
from bot.ports.chat import Chat, Member
from bot.ports.pulses import Invitee, Pulse, PulseStore
from bot.scoring import Limits
from bot.slots import instant_of
from knowledge.model import Language

NOWHERE = "UTC"  # the zone of people whose platform tells none


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What the lead decides; the rest follows from the channel and the bank."""

    place: Place
    lead: Person
    language: Language
    pillar: str
    with_lead: bool = True
    days: int = 7
    invites: bool = True
    reminders: bool = True
    repeat_weeks: int = 0


class Launching:
    def __init__(
        self, pulses: PulseStore, chat: Chat, instrument: Instrument, limits: Limits
    ) -> None:
        self._pulses = pulses
        self._chat = chat
        self._instrument = instrument
        self.limits = limits

    async def prepared(self, draft: Draft, now: datetime) -> tuple[Pulse, tuple[Invitee, ...]]:
        """The pulse as it would open now. Raises Invalid if its result could never be shown, or
        if nobody can tell who is in the channel."""
        zone = await self.zone(draft.lead)
        audience = await self._audience(draft, zone)
        if len(audience) < self.limits.scores:
            raise Invalid(
                "pulse.too_few" if audience else "pulse.nobody",
                n=len(audience),
                least=self.limits.scores,
            )
        past = await self._pulses.asked_in(draft.place.workspace, draft.place.channel)
        local = now.astimezone(ZoneInfo(zone))
        pulse = Pulse(
            workspace=draft.place.workspace,
            id=secrets.token_hex(8),
            channel=draft.place.channel,
            pillar=draft.pillar,
            statements=self._instrument.statements(draft.pillar, past),
            language=draft.language,
            zone=zone,
            lead=draft.lead.id,
            with_lead=draft.with_lead,
            opened=now,
            closes=instant_of(local.date() + timedelta(days=draft.days), local.time(), zone),
            days=draft.days,
            invites=draft.invites,
            reminders=draft.reminders,
            repeat_weeks=draft.repeat_weeks,
            invited=len(audience),
        )
        return pulse, audience

    async def launch(
        self, pulse: Pulse, audience: Sequence[Invitee], *, follows: str | None = None
    ) -> bool:
        """False if one of the same pillar is open already (or the series has gone on)."""
        return await self._pulses.launch(
            pulse, audience, at_launch(pulse, audience), follows=follows
        )

    async def zone(self, person: Person) -> str:
        try:
            return _valid((await self._chat.profile(person)).zone, NOWHERE)
        except ChatError:
            return NOWHERE

    async def _audience(self, draft: Draft, zone: str) -> tuple[Invitee, ...]:
        try:
            members = await self._chat.members(draft.place)
        except ChatError as error:
            raise Invalid("pulse.members_unknown") from error
        return tuple(
            Invitee(person=one.person, zone=_valid(one.zone, zone))
            for one in members
            if _is_asked(one, draft)
        )


def _is_asked(member: Member, draft: Draft) -> bool:
    """Neither bots nor guests; the lead only by their own choice."""
    if member.bot or member.standing.guest or member.standing.external:
        return False
    return draft.with_lead or member.person != draft.lead


def _valid(zone: str | None, otherwise: str) -> str:
    try:
        return ZoneInfo(zone).key if zone else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise
