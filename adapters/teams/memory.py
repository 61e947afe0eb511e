"""Remembers conversations and people as they speak, and writes down only what is new."""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Generic, TypeVar

from adapters.teams.events import Event, What
from adapters.teams.inbound import Arrived
from adapters.teams.reference import Kind, Reference
from bot.errors import StoreUnavailable
from bot.messages import Place
from bot.ports.references import Kept, Known, ReferenceStore

MOST = 4096
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The latest entries, the oldest dropped."""

    def __init__(self, most: int = MOST) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._most = most

    def get(self, key: K) -> V | None:
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        self._entries.pop(key, None)


class Memory:
    """Keeps references in the store; what is the same as last time is not written again."""

    def __init__(self, store: ReferenceStore) -> None:
        self._store = store
        self._places: Recent[tuple[str, str], Reference] = Recent()
        self._people: Recent[tuple[str, str], tuple[str | None, ...]] = Recent()

    async def note(self, arrived: Arrived, now: datetime) -> None:
        """A store that is away is no reason to stay silent: then the next message is noted."""
        with suppress(StoreUnavailable):
            await self._note_place(arrived, now)
            await self._note_person(arrived, now)

    async def _note_place(self, arrived: Arrived, now: datetime) -> None:
        reference = arrived.reference.at(None)
        key = (arrived.place.workspace.key, reference.channel)
        if _says_goodbye(arrived.event) or self._places.get(key) == reference:
            return
        await self._store.keep(kept(reference, arrived.place), now)
        self._places.put(key, reference)

    async def _note_person(self, arrived: Arrived, now: datetime) -> None:
        person, reference = arrived.person, arrived.reference
        if person.id == reference.bot:
            return
        channel = reference.channel if reference.kind is Kind.PERSONAL else None
        seen = (channel, arrived.zone, arrived.locale)
        key = (person.workspace.key, person.id)
        before = self._people.get(key) or (None, None, None)
        merged = tuple(new or old for new, old in zip(seen, before, strict=True))
        if merged == before:
            return
        known = Known(person=person, channel=channel, zone=seen[1], locale=seen[2], seen=now)
        await self._store.know(known)
        self._people.put(key, merged)

    async def renamed(self, place: Place, name: str | None, now: datetime) -> None:
        found = await self._store.find(place)
        if found is not None:
            reference = replace(Reference.from_json(found.reference), name=name)
            await self._store.keep(kept(reference, place), now)
        self._places.drop((place.workspace.key, place.channel))

    async def mark(self, place: Place, *, gone: bool) -> None:
        await self._store.mark(place, gone=gone)
        self._places.drop((place.workspace.key, place.channel))

    async def team(self, place: Place, team: str) -> tuple[Place, ...]:
        """The channels of a team that the coach has been in."""
        found = await self._store.of_group(place.workspace, team)
        return tuple(one.place for one in found)


def kept(reference: Reference, place: Place) -> Kept:
    at = replace(place, channel=reference.channel, thread=None)
    return Kept(place=at, reference=reference.to_json(), group=reference.team)


def _says_goodbye(event: Event | None) -> bool:
    return event is not None and event.what in (
        What.COACH_LEFT,
        What.ARCHIVED,
        What.DELETED,
        What.RENAMED,
    )
