"""What is kept of rights: the leads of a channel, the admins of a workspace, the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.messages import Person, Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One line of the audit trail: what a lead or an admin did, never what a member answered."""

    workspace: Workspace
    channel: str | None  # None: about the whole workspace
    by: str  # person id
    what: str  # a word of the catalogue, `audit.<what>`, for example `lead.added`
    subject: str = ""  # whom or what it was done to: a person id, a pulse's id
    at: datetime


class RoleStore(Protocol):
    async def leads(self, workspace: Workspace, channel: str) -> tuple[Person, ...]:
        """Longest in the role first."""
        ...

    async def led_by(self, person: Person) -> tuple[str, ...]:
        """The channels that this person leads."""
        ...

    async def add_lead(self, person: Person, channel: str, *, by: Person, now: datetime) -> bool:
        """False if the person is one already; otherwise also a line in the audit trail."""
        ...

    async def add_first_lead(self, person: Person, channel: str, *, now: datetime) -> bool:
        """As `add_lead`, by themselves, but only where there is no lead yet."""
        ...

    async def remove_lead(
        self, person: Person, channel: str, *, by: Person, now: datetime, leave_one: bool
    ) -> bool:
        """False if the person is no lead, or (with `leave_one`) the only one."""
        ...

    async def admins(self, workspace: Workspace) -> tuple[Person, ...]: ...

    async def add_admin(self, person: Person, *, by: Person, now: datetime) -> bool: ...

    async def remove_admin(self, person: Person, *, by: Person, now: datetime) -> bool: ...

    async def note(self, act: Act) -> None:
        """One more line in the audit trail."""
        ...

    async def trail(
        self, workspace: Workspace, channel: str | None, *, most: int
    ) -> tuple[Act, ...]:
        """Newest first; of the whole workspace if `channel` is None."""
        ...

    async def forget(self, person: Person, *, stand_in: str) -> None:
        """Take every right away and put `stand_in` where the trail names this person."""
        ...
