"""Puts the features together into one Coach; which database and platforms is decided outside."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.answering import Answering
from bot.ask import Ask
from bot.coach import Coach, Report
from bot.conversation import Talking
from bot.delivering import JobReport
from bot.digesting import Digesting, digesting
from bot.gaps import Gaps
from bot.handover import Handover
from bot.home import Home
from bot.lookup import Lookup
from bot.ports import Chat, Store
from bot.retention import Retention
from bot.roles import Roles
from bot.scoring import Limits
from bot.sending import Sending
from bot.surveying import Surveying, surveying
from bot.taught import TaughtEntries
from bot.teach import Teach
from bot.weekly import LATE
from knowledge.base import KnowledgeBase
from knowledge.overlay import Overlay
from knowledge.search import Finder


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the features stand on."""

    base: KnowledgeBase
    finder: Finder
    overlay: Overlay
    store: Store
    chat: Chat
    clock: Callable[[], datetime]
    report: Report
    job_report: JobReport
    gaps_days: int = 90
    limits: Limits = field(default_factory=Limits)  # least group sizes of pulses
    late: timedelta = LATE  # a send as late as this is dropped
    most_skew: timedelta | None = None  # nothing is sent while clock and database differ by more


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembled:
    """The coach, and the features that others of the root need by themselves."""

    coach: Coach
    roles: Roles
    lookup: Lookup  # topics as cards, for a platform's own search
    sending: Sending  # what the coach does by itself
    surveying: Surveying
    digesting: Digesting


def assembled(around: Surroundings) -> Assembled:
    """Every feature of the bot behind one door."""
    roles = Roles(around.store.roles, around.chat, around.clock)
    survey, digest = _weekly(around, roles)
    features = (*survey.features, *digest.features)
    answering = Answering(around.base, around.finder, around.overlay)
    asking = around.store.asking
    taught = TaughtEntries(answering, asking, around.clock)
    handover = Handover(roles, around.chat)
    ask = _ask(around, answering, taught, roles, handover)
    page = _home(around, roles, survey)
    talking = Talking(ask, answering, roles, (digest.settings,), page)
    gaps = Gaps(around.base, asking, roles, around.clock, days=around.gaps_days)
    teach = Teach(
        base=around.base,
        store=asking,
        entries=taught,
        roles=roles,
        gaps=gaps,
        clock=around.clock,
    )
    coach = Coach(talking, (roles, handover, gaps, teach, *features), around.store, around.report)
    retention = Retention(around.store, gaps_days=around.gaps_days)
    sending = Sending(
        store=around.store.sends,
        chat=around.chat,
        senders=(survey.sender, *digest.senders, retention),
        trouble=digest.deliveries,
        clock=around.clock,
        report=around.job_report,
        most_skew=around.most_skew,
    )
    return Assembled(
        coach=coach,
        roles=roles,
        lookup=Lookup(answering),
        sending=sending,
        surveying=survey,
        digesting=digest,
    )


def _ask(
    around: Surroundings,
    answering: Answering,
    taught: TaughtEntries,
    roles: Roles,
    handover: Handover,
) -> Ask:
    return Ask(
        answering=answering,
        store=around.store.asking,
        taught=taught,
        roles=roles,
        handover=handover,
        clock=around.clock,
    )


def _home(around: Surroundings, roles: Roles, survey: Surveying) -> Home:
    return Home(
        pulses=around.store.pulses,
        actions=around.store.actions,
        roles=roles,
        chat=around.chat,
        instrument=survey.instrument,
        pages=survey.pages,
    )


def _weekly(around: Surroundings, roles: Roles) -> tuple[Surveying, Digesting]:
    """Pulses and digests: what people do with them and what they do by themselves."""
    survey = surveying(
        store=around.store,
        chat=around.chat,
        roles=roles,
        base=around.base,
        clock=around.clock,
        report=around.job_report,
        limits=around.limits,
    )
    digest = digesting(
        store=around.store,
        chat=around.chat,
        roles=roles,
        instrument=survey.instrument,
        clock=around.clock,
        limits=around.limits,
        late=around.late,
    )
    return survey, digest
