"""Pulses and what belongs to them, put together: what is wired once for every way to run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.actions import Actions
from bot.audit import Audit
from bot.ballots import Ballots
from bot.closing import Closing
from bot.coach import Feature
from bot.forgetting import Forgetting
from bot.instrument import Instrument
from bot.launching import Launching
from bot.ports import Chat, Store
from bot.pulse import Pulses
from bot.pulseposts import PulsePosts
from bot.pulsesender import PulseSender
from bot.resultpages import ResultPages
from bot.results import Results
from bot.roles import Roles
from bot.running import Running
from bot.scoring import Limits
from knowledge.base import KnowledgeBase


@dataclass(frozen=True, kw_only=True, slots=True)
class Surveying:
    features: tuple[Feature, ...]  # what people can do
    sender: PulseSender  # what happens by itself
    pages: ResultPages
    actions: Actions
    forgetting: Forgetting
    instrument: Instrument


def surveying(
    *,
    store: Store,
    chat: Chat,
    roles: Roles,
    base: KnowledgeBase,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
) -> Surveying:
    limits = limits or Limits()
    instrument = Instrument(base)
    pages = ResultPages(instrument, limits)
    launching = Launching(store.pulses, chat, instrument, limits)
    sender = PulseSender(
        pulses=store.pulses,
        ballots=store.ballots,
        people=store.pulse_people,
        chat=chat,
        instrument=instrument,
        launching=launching,
        closing=Closing(store.pulses, store.ballots, limits),
        posts=PulsePosts(instrument),
        pages=pages,
        limits=limits,
        clock=clock,
    )
    pulses = Pulses(
        pulses=store.pulses,
        ballots=store.ballots,
        roles=roles,
        instrument=instrument,
        launching=launching,
        clock=clock,
    )
    running = Running(
        pulses=store.pulses,
        ballots=store.ballots,
        sender=sender,
        roles=roles,
        instrument=instrument,
        limits=limits,
        clock=clock,
    )
    ballots = Ballots(
        pulses=store.pulses,
        ballots=store.ballots,
        people=store.pulse_people,
        roles=roles,
        instrument=instrument,
        limits=limits,
        clock=clock,
    )
    results = Results(
        pulses=store.pulses,
        ballots=store.ballots,
        roles=roles,
        instrument=instrument,
        pages=pages,
    )
    actions = Actions(
        actions=store.actions,
        pulses=store.pulses,
        roles=roles,
        instrument=instrument,
        clock=clock,
    )
    forgetting = Forgetting(store=store, roles=roles)
    audit = Audit(store=store.roles, roles=roles)
    return Surveying(
        features=(pulses, running, ballots, results, actions, forgetting, audit),
        sender=sender,
        pages=pages,
        actions=actions,
        forgetting=forgetting,
        instrument=instrument,
    )
