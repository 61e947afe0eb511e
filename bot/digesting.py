"""Digests and what belongs to them, put together: what is wired once for every way to run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels import Channels
from bot.coach import Feature
from bot.deliveries import Deliveries
from bot.digest import Digest
from bot.digests import Digests
from bot.digestsender import DigestSender
from bot.instrument import Instrument
from bot.ports import Chat, Store
from bot.ports.sends import Sender
from bot.roles import Roles
from bot.rollup import Rollup
from bot.scoring import Limits
from bot.teamweek import TeamWeeks
from bot.weekly import LATE


@dataclass(frozen=True, kw_only=True, slots=True)
class Digesting:
    features: tuple[Feature, ...]  # what people can do
    senders: tuple[Sender, ...]  # what happens by itself
    settings: Channels  # watches channels come and go
    deliveries: Deliveries  # is told of what failed


def digesting(
    *,
    store: Store,
    chat: Chat,
    roles: Roles,
    instrument: Instrument,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
    late: timedelta = LATE,
) -> Digesting:
    weeks, digest = _weeks(store, instrument), Digest(instrument, limits)
    sender = DigestSender(
        channels=store.channels,
        weeks=weeks,
        digest=digest,
        rollup=_rollup(store),
        late=late,
    )
    settings = Channels(
        channels=store.channels, sends=store.sends, roles=roles, chat=chat, clock=clock
    )
    deliveries = _deliveries(store, chat, roles, clock)
    digests = Digests(
        channels=store.channels,
        sends=store.sends,
        settings=settings,
        sender=sender,
        weeks=weeks,
        digest=digest,
        roles=roles,
        chat=chat,
        clock=clock,
    )
    return Digesting(
        features=(settings, digests, deliveries),
        senders=(sender, deliveries),
        settings=settings,
        deliveries=deliveries,
    )


def _weeks(store: Store, instrument: Instrument) -> TeamWeeks:
    return TeamWeeks(store.weeks, instrument.pillars)


def _rollup(store: Store) -> Rollup:
    return Rollup(
        channels=store.channels, pulses=store.pulses, actions=store.actions, asking=store.asking
    )


def _deliveries(
    store: Store, chat: Chat, roles: Roles, clock: Callable[[], datetime]
) -> Deliveries:
    return Deliveries(
        sends=store.sends,
        channels=store.channels,
        rights=store.roles,
        roles=roles,
        chat=chat,
        clock=clock,
    )
