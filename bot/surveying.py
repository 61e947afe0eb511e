"""Pulses and what belongs to them, put together: what is wired once for every way to run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.actions import Actions
from bot.audit import Audit
from bot.ballots import Ballots
from bot.closing import Closing
from bot.coach import Feature
from bot.delivering import JobReport
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
from bot.series import Series
from bot.subjects import Subjects
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
    report: JobReport,
    limits: Limits | None = None,
) -> Surveying:
    instrument = Instrument(base)
    ground = Ground(
        store=store,
        chat=chat,
        roles=roles,
        instrument=instrument,
        limits=limits or Limits(),
        clock=clock,
        report=report,
    )
    pages = ResultPages(instrument, ground.limits)
    launching = Launching(store.pulses, chat, instrument, ground.limits)
    sender = _sender(ground, launching, pages)
    actions = Actions(
        actions=store.actions,
        pulses=store.pulses,
        roles=roles,
        instrument=instrument,
        clock=clock,
    )
    forgetting = Forgetting(store=store, roles=roles)
    audit = Audit(store=store.roles, roles=roles, subjects=Subjects(store, roles, instrument))
    return Surveying(
        features=(*_features(ground, launching, sender, pages), actions, forgetting, audit),
        sender=sender,
        pages=pages,
        actions=actions,
        forgetting=forgetting,
        instrument=instrument,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What nearly every part of it stands on."""

    store: Store
    chat: Chat
    roles: Roles
    instrument: Instrument
    limits: Limits
    clock: Callable[[], datetime]
    report: JobReport


def _sender(ground: Ground, launching: Launching, pages: ResultPages) -> PulseSender:
    store = ground.store
    return PulseSender(
        pulses=store.pulses,
        ballots=store.ballots,
        people=store.pulse_people,
        channels=store.channels,
        chat=ground.chat,
        launching=launching,
        series=Series(store.pulses, launching, ground.instrument),
        closing=Closing(store.pulses, store.ballots, ground.limits),
        posts=PulsePosts(ground.instrument),
        pages=pages,
        limits=ground.limits,
        clock=ground.clock,
        report=ground.report,
    )


def _features(
    ground: Ground, launching: Launching, sender: PulseSender, pages: ResultPages
) -> tuple[Feature, ...]:
    store, roles, instrument = ground.store, ground.roles, ground.instrument
    pulses = Pulses(
        pulses=store.pulses,
        roles=roles,
        instrument=instrument,
        launching=launching,
        clock=ground.clock,
    )
    running = Running(
        pulses=store.pulses,
        ballots=store.ballots,
        sender=sender,
        roles=roles,
        instrument=instrument,
        limits=ground.limits,
        clock=ground.clock,
    )
    ballots = Ballots(
        pulses=store.pulses,
        ballots=store.ballots,
        people=store.pulse_people,
        roles=roles,
        instrument=instrument,
        limits=ground.limits,
        clock=ground.clock,
    )
    results = Results(
        pulses=store.pulses,
        ballots=store.ballots,
        roles=roles,
        instrument=instrument,
        pages=pages,
    )
    return pulses, running, ballots, results
