"""The Chat port on Teams: what the coach starts by itself, and what it looks up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.teams import outbound
from adapters.teams.memory import kept
from adapters.teams.reference import THREAD, Kind, Reference
from adapters.teams.sender import Payload, Sender
from adapters.teams.standing import standing
from bot.errors import OutcomeUnknown, Refused, Unreachable
from bot.messages import Message, Person, Place, Workspace
from bot.ports.chat import Begun, LookupImpossible, Member, Posted, Profile
from bot.ports.references import Known, ReferenceStore

# Teams takes 50 requests a second of an app in a tenant, reads included, and 60 posts in 30 s in
# one conversation (the store spaces those by a second). The first message to a person needs three
# requests: their profile, the new conversation, the post. So 15 sends are 45 requests at worst.
# Source: learn.microsoft.com, "Optimize your bot with rate limiting in Teams"; read 2026-11.
PACE = 15.0
NOT_THERE = "BotNotInConversationRoster"


class TeamsChat:
    """Implements bot.ports.chat.Chat. Reaches only conversations that the coach has been in."""

    def __init__(
        self, sender: Sender, references: ReferenceStore, clock: Callable[[], datetime]
    ) -> None:
        self._sender = sender
        self._references = references
        self._clock = clock

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        reference = (await self._reference(place)).at(place.thread)
        return await self._post(reference, place, message, patient=False)

    async def announce(self, reference: Reference, place: Place, message: Message) -> Posted:
        """A post of its own, not a reply in the thread; waits when Teams asks for it."""
        return await self._post(reference.at(None), place, message, patient=True)

    async def _post(
        self, reference: Reference, place: Place, message: Message, *, patient: bool
    ) -> Posted:
        activity = outbound.activity(message)
        service = reference.service_url
        if reference.kind is not Kind.CHANNEL or reference.thread:
            conversation = reference.conversation
            id = await self._sender.post(service, conversation, activity, patient=patient)
            return Posted(place=replace(place, thread=reference.thread), message=id)
        parameters = {
            "isGroup": True,
            "bot": {"id": reference.bot},
            "tenantId": reference.tenant,
            "channelData": {
                "channel": {"id": reference.channel},
                "tenant": {"id": reference.tenant},
            },
            "activity": activity,
        }
        conversation, id = await self._sender.create(service, parameters, patient=patient)
        _, _, thread = conversation.partition(THREAD)
        root = thread or id
        return Posted(place=replace(place, thread=root or None), message=id or root)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        known = await self._references.known(person)
        if known and known.channel:
            place = Place(workspace=person.workspace, channel=known.channel, private=True)
            found = await self._references.find(place)
            if found and not found.gone:
                reference = Reference.from_json(found.reference)
                return await self._post(reference, place, message, patient=False)
        beside = await self._any(person.workspace)
        return await self.to_person(beside, person, message, patient=False)

    async def to_person(
        self, beside: Reference, person: Person, message: Message, *, patient: bool
    ) -> Posted:
        """In their personal chat, which is begun if there is none, from where they were met."""
        reference = await self._personal(beside, person, patient=patient)
        place = Place(workspace=person.workspace, channel=reference.channel, private=True)
        return await self._post(reference, place, message, patient=patient)

    async def _personal(self, beside: Reference, person: Person, *, patient: bool) -> Reference:
        known = await self._references.known(person)
        base = replace(beside, kind=Kind.PERSONAL, thread=None, team=None, own_roster=False)
        base = replace(base, person=person.id, name=None)
        if known and known.channel:
            return replace(base, channel=known.channel)
        parameters = {
            "isGroup": False,
            "bot": {"id": beside.bot},
            "members": [{"id": person.id}],
            "tenantId": beside.tenant,
            "channelData": {"tenant": {"id": beside.tenant}},
        }
        try:
            channel, _ = await self._sender.create(beside.service_url, parameters, patient=patient)
        except OutcomeUnknown as error:  # an empty chat, if any: no message was sent
            raise Unreachable(error.reason) from error
        reference = replace(base, channel=channel)
        await self._keep_personal(reference, person)
        return reference

    async def _keep_personal(self, reference: Reference, person: Person) -> None:
        now = self._clock()
        place = Place(workspace=person.workspace, channel=reference.channel, private=True)
        await self._references.keep(kept(reference, place), now)
        known = Known(person=person, channel=reference.channel, seen=now)
        await self._references.know(known)

    async def update(self, posted: Posted, message: Message) -> None:
        reference = (await self._reference(posted.place)).at(posted.place.thread)
        activity = outbound.activity(message)
        await self._sender.update(
            reference.service_url, reference.conversation, posted.message, activity
        )

    async def find(self, where: Place | Person, send_key: str, *, since: datetime) -> Posted | None:
        """A bot can't read a conversation back without rights that we don't ask for."""
        raise LookupImpossible

    async def members(self, place: Place) -> tuple[Member, ...]:
        reference = await self._reference(place)
        found = await self._sender.members(reference.service_url, reference.roster)
        people = [one for one in found if _id(one) and not _id(one).startswith("28:")]
        in_team = reference.kind is Kind.CHANNEL
        return tuple([await self._profile(one, place.workspace, in_team) for one in people])

    async def profile(self, person: Person) -> Profile:
        known = await self._references.known(person)
        reference = None
        if known and known.channel:
            place = Place(workspace=person.workspace, channel=known.channel)
            found = await self._references.find(place)
            reference = Reference.from_json(found.reference) if found else None
        if reference is None:
            reference = await self._any(person.workspace)
        member = await self._sender.member(reference.service_url, reference.roster, person.id)
        return await self._profile(member | {"id": person.id}, person.workspace, in_team=False)

    async def _profile(self, member: Payload, workspace: Workspace, in_team: bool) -> Profile:
        person = Person(workspace=workspace, id=_id(member))
        known = await self._references.known(person)
        return Profile(
            person=person,
            name=_name(member),
            zone=known.zone if known else None,
            locale=known.locale if known else None,
            standing=standing(member, workspace, in_team=in_team),
        )

    async def channel_name(self, place: Place) -> str | None:
        found = await self._references.find(place)
        if found is None:
            return None
        reference = Reference.from_json(found.reference)
        if reference.name or not reference.team:
            return reference.name
        for one in await self._sender.channels(reference.service_url, reference.team):
            if one.get("id") == place.channel:
                return one.get("name") or None
        return None

    def pace(self, workspace: Workspace) -> float:
        return PACE

    async def _reference(self, place: Place) -> Reference:
        found = await self._references.find(place)
        if found is None or found.gone:
            raise Refused(NOT_THERE, gone=True)
        return Reference.from_json(found.reference)

    async def _any(self, workspace: Workspace) -> Reference:
        found = await self._references.any_of(workspace)
        if found is None:
            raise Refused(NOT_THERE, gone=True)
        return Reference.from_json(found.reference)


def _id(member: Payload) -> str:
    return str(member.get("id") or "")


def _name(member: dict[str, Any]) -> str:
    full = f"{member.get('givenName') or ''} {member.get('surname') or ''}".strip()
    return str(member.get("name") or full or member.get("userPrincipalName") or "")
