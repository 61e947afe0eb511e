"""How conversations and people are reached again, where a platform needs more than an id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.messages import Person, Place, Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A conversation's address in the platform's own JSON; the adapter alone reads it."""

    place: Place  # the channel; the thread is not kept
    reference: Mapping[str, Any]
    group: str | None = None  # what the channel belongs to, for example a team of Teams
    gone: bool = False  # the coach was removed, or the channel archived or deleted


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What was seen of a person, to reach them and to speak their language at their hours."""

    person: Person
    channel: str | None = None  # their personal conversation with the coach
    zone: str | None = None  # IANA
    locale: str | None = None  # BCP 47
    seen: datetime


class ReferenceStore(Protocol):
    async def keep(self, kept: Kept, now: datetime) -> None:
        """Add it, or replace what was kept of this channel."""
        ...

    async def find(self, place: Place) -> Kept | None: ...

    async def any_of(self, workspace: Workspace) -> Kept | None:
        """One conversation that is not gone, the latest seen first."""
        ...

    async def of_group(self, workspace: Workspace, group: str) -> tuple[Kept, ...]: ...

    async def mark(self, place: Place, *, gone: bool) -> None:
        """The coach can no longer speak there, or can again."""
        ...

    async def know(self, known: Known) -> None:
        """Add or complete what is known: None leaves what was kept before."""
        ...

    async def known(self, person: Person) -> Known | None: ...

    async def forget(self, person: Person) -> None:
        """Their row, and their personal conversation."""
        ...
