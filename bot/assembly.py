"""Puts the features together into one Coach; which database and platforms is decided outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answering import Answering
from bot.ask import Ask
from bot.coach import Coach, Feature, Report
from bot.conversation import Talking, Watcher
from bot.gaps import Gaps
from bot.handover import Handover
from bot.ports import Chat, Store
from bot.roles import Roles
from bot.taught import TaughtEntries
from bot.teach import Teach
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
    gaps_days: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Assembled:
    """The coach, and the features that others of the root need by themselves."""

    coach: Coach
    roles: Roles


def assembled(around: Surroundings) -> Assembled:
    """Every feature of the bot behind one door."""
    roles = Roles(around.store.roles, around.chat, around.clock)
    features, watchers = _others(around, roles)
    answering = Answering(around.base, around.finder, around.overlay)
    asking = around.store.asking
    taught = TaughtEntries(answering, asking, around.clock)
    handover = Handover(roles, around.chat)
    ask = Ask(
        answering=answering,
        store=asking,
        taught=taught,
        roles=roles,
        handover=handover,
        clock=around.clock,
    )
    talking = Talking(ask, answering, roles, watchers)
    gaps = Gaps(around.base, asking, roles, talking.privately, around.clock, days=around.gaps_days)
    teach = Teach(
        base=around.base,
        store=asking,
        entries=taught,
        roles=roles,
        gaps=gaps,
        asked=talking.privately,
        clock=around.clock,
    )
    coach = Coach(talking, (roles, handover, gaps, teach, *features), around.store, around.report)
    return Assembled(coach=coach, roles=roles)


def _others(around: Surroundings, roles: Roles) -> tuple[Sequence[Feature], Sequence[Watcher]]:
    """Features beyond asking, and those of them that watch channels come and go."""
    return (), ()
