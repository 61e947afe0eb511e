"""The store of all features on one database."""

import hashlib
import hmac
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from adapters.database import migrate
from adapters.database.actions import DatabaseActions
from adapters.database.asking import DatabaseAsking
from adapters.database.ballots import DatabaseBallots
from adapters.database.channels import DatabaseChannels
from adapters.database.cipher import Cipher
from adapters.database.clock import moment
from adapters.database.engine import Database
from adapters.database.inbox import DatabaseInbox
from adapters.database.installations import DatabaseInstallations
from adapters.database.pulsepeople import DatabasePulsePeople
from adapters.database.pulses import DatabasePulses
from adapters.database.roles import DatabaseRoles
from adapters.database.sends import DatabaseSends
from adapters.database.teams import DatabaseReferences
from adapters.database.weeks import DatabaseWeeks
from bot.errors import OldSchema
from bot.ports.actions import ActionStore
from bot.ports.asking import AskStore, InboxStore
from bot.ports.channels import ChannelStore
from bot.ports.installations import InstallationStore
from bot.ports.pulses import BallotStore, PulsePeopleStore, PulseStore
from bot.ports.references import ReferenceStore
from bot.ports.roles import RoleStore
from bot.ports.sends import SendStore
from bot.ports.weeks import WeekStore


class DatabaseStore:
    """Implements bot.ports.Store.

    `application_keys` are Fernet keys, newest first; the newest also hashes voters and deliveries.
    """

    def __init__(self, database: Database, *, application_keys: tuple[str, ...]) -> None:
        if not application_keys:
            raise ValueError("the store needs an application key")
        self.database = database
        self._inbox = DatabaseInbox(database, _derived(application_keys[0], b"deliveries"))
        self._asking = DatabaseAsking(database, _derived(application_keys[0], b"votes"))
        self._roles = DatabaseRoles(database)
        self._references = DatabaseReferences(database)
        cipher = Cipher(application_keys)
        self._pulses = DatabasePulses(database, cipher)
        self._ballots = DatabaseBallots(database, cipher)
        self._pulse_people = DatabasePulsePeople(database, cipher)
        self._actions = DatabaseActions(database)
        self._installations = DatabaseInstallations(database, cipher)
        self._sends = DatabaseSends(database)
        self._channels = DatabaseChannels(database)
        self._weeks = DatabaseWeeks(database)

    @property
    def inbox(self) -> InboxStore:
        return self._inbox

    @property
    def asking(self) -> AskStore:
        return self._asking

    @property
    def roles(self) -> RoleStore:
        return self._roles

    @property
    def pulses(self) -> PulseStore:
        return self._pulses

    @property
    def ballots(self) -> BallotStore:
        return self._ballots

    @property
    def pulse_people(self) -> PulsePeopleStore:
        return self._pulse_people

    @property
    def actions(self) -> ActionStore:
        return self._actions

    @property
    def references(self) -> ReferenceStore:
        return self._references

    @property
    def sends(self) -> SendStore:
        return self._sends

    @property
    def channels(self) -> ChannelStore:
        return self._channels

    @property
    def weeks(self) -> WeekStore:
        return self._weeks

    @property
    def installations(self) -> InstallationStore:
        return self._installations

    def snapshot(self) -> AbstractAsyncContextManager[None]:
        return self.database.snapshot()

    async def ready(self) -> None:
        if not await migrate.is_current(self.database):
            raise OldSchema("run `maturity-coach migrate`")
        async with self.database.writing():
            pass  # the lock was granted: the database can be written

    async def clock(self) -> datetime:
        async with self.database.reading() as connection:
            return await moment(connection)

    async def close(self) -> None:
        await self.database.close()


def _derived(application_key: str, purpose: bytes) -> bytes:
    return hmac.new(application_key.encode(), purpose, hashlib.sha256).digest()
