"""Everything that is kept; each method is one transaction, scoped by a workspace."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.ports.actions import ActionStore
from bot.ports.asking import AskStore, InboxStore
from bot.ports.channels import ChannelStore
from bot.ports.installations import InstallationStore
from bot.ports.pulses import BallotStore, PulsePeopleStore, PulseStore
from bot.ports.references import ReferenceStore
from bot.ports.roles import RoleStore
from bot.ports.sends import SendStore
from bot.ports.weeks import WeekStore


class Store(Protocol):
    """The parts of the store, one a feature. Every method may raise StoreUnavailable."""

    @property
    def inbox(self) -> InboxStore: ...

    @property
    def asking(self) -> AskStore: ...

    @property
    def roles(self) -> RoleStore: ...

    @property
    def pulses(self) -> PulseStore: ...

    @property
    def ballots(self) -> BallotStore: ...

    @property
    def pulse_people(self) -> PulsePeopleStore: ...

    @property
    def actions(self) -> ActionStore: ...

    @property
    def references(self) -> ReferenceStore: ...

    @property
    def sends(self) -> SendStore: ...

    @property
    def channels(self) -> ChannelStore: ...

    @property
    def weeks(self) -> WeekStore: ...

    @property
    def installations(self) -> InstallationStore: ...

    def snapshot(self) -> AbstractAsyncContextManager[None]:
        """All that this task reads inside is read at one moment, and more quickly."""
        ...

    async def ready(self) -> None:
        """Raise StoreUnavailable, or OldSchema, unless every verb would work now."""
        ...

    async def clock(self) -> datetime:
        """The database's own time, which leases go by."""
        ...

    async def close(self) -> None: ...
