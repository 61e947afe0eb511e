"""What is kept for questions: deliveries seen, topic at hand, feedback, gaps, taught entries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Person, Place, Workspace
from knowledge.model import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class AtHand:
    """What a conversation is about, for follow-ups."""

    topic: str  # empty while several are offered and none is chosen
    offered: tuple[str, ...] = ()  # topics that the coach named when it wasn't sure
    answer: str | None
    language: Language
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Whether a question is ours to answer now, and what its conversation was about."""

    ours: bool
    at_hand: AtHand | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notes:
    """What an answered question leaves behind, written with the end of its delivery."""

    place: Place
    person: Person
    at_hand: AtHand
    counted: bool  # as one more question answered on the topic: it was typed


class InboxStore(Protocol):
    """Deliveries of the platforms, so that each is handled once."""

    async def claim(self, workspace: Workspace, delivery: str, now: datetime) -> bool:
        """True if this delivery is ours to handle now; False if it was handled or is in hand.

        One that was claimed over a minute ago and never finished can be claimed again.
        """
        ...

    async def claim_question(
        self, place: Place, person: Person, delivery: str, now: datetime, *, since: datetime
    ) -> Claim:
        """`claim`, and `AskStore.at_hand` in the same breath; that only for one that is ours."""
        ...

    async def finish(self, workspace: Workspace, delivery: str, notes: Notes | None = None) -> None:
        """It was handled: the notes are kept with it, or neither is."""
        ...

    async def release(self, workspace: Workspace, delivery: str) -> None:
        """Handling failed: a repeat may try again."""
        ...

    async def forget_before(self, instant: datetime) -> int:
        """Drop deliveries received earlier (kept 24 hours); how many."""
        ...


class GapReason(StrEnum):
    NOT_COVERED = "not-covered"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """An unanswered question, without the person, cleaned of mentions, addresses and secrets."""

    id: str
    text: str
    language: Language
    reason: GapReason
    nearest: tuple[str, ...]  # topic ids
    asked: datetime
    times: int  # how often the same text came
    aloud: datetime | None = None  # the last time where the channel could read it; None: never
    times_aloud: int = 0  # how often of these


class TaughtState(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Taught:
    """A local question and answer that a lead taught in chat."""

    id: str
    topic: str
    questions: tuple[str, ...]
    text: str
    language: Language
    state: TaughtState
    author: str  # person id
    created: datetime
    reviewer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedCount:
    topic: str
    answered: int
    helpful: int
    unhelpful: int


class AskStore(Protocol):
    """All of it by channel; a private conversation counts under the channel "", unnamed."""

    async def at_hand(self, place: Place, person: Person, *, since: datetime) -> AtHand | None:
        """The topic of this thread (of this person, in a private place), if set after `since`."""
        ...

    async def keep(self, notes: Notes) -> None:
        """The topic at hand, and one more answer by channel and day if it counts; no text."""
        ...

    async def forget_at_hand_before(self, instant: datetime) -> int:
        """Drop topics at hand that were set earlier (kept a day); how many."""
        ...

    async def vote(
        self, place: Place, person: Person, *, answer: str, topic: str, helpful: bool, now: datetime
    ) -> bool:
        """Keep a vote on one answer given; a second one replaces the first. True if it is new.

        The person is kept only as a keyed hash, so that one person has one vote.
        """
        ...

    async def asked(
        self, workspace: Workspace, channel: str, *, since: datetime
    ) -> tuple[AskedCount, ...]: ...

    async def forget_person(self, person: Person) -> int:
        """Delete the topics at hand and the votes of one person; how many rows."""
        ...

    async def add_gap(
        self,
        place: Place,
        *,
        text: str,
        language: Language,
        reason: GapReason,
        nearest: tuple[str, ...],
        now: datetime,
        aloud: bool = False,
    ) -> None:
        """`aloud`: asked where everybody in the channel could read it.

        Texts that differ only by case, spaces or their last mark are the same question.
        """
        ...

    async def gaps(
        self, workspace: Workspace, channel: str | None, *, since: datetime, most: int
    ) -> tuple[Gap, ...]:
        """Most asked first, then newest; of all channels and private ones if `channel` is None."""
        ...

    async def close_gap(self, workspace: Workspace, gap: str) -> bool: ...

    async def forget_gaps_before(self, instant: datetime) -> int: ...

    async def propose(self, workspace: Workspace, taught: Taught) -> None: ...

    async def taught(self, workspace: Workspace, *, state: TaughtState) -> tuple[Taught, ...]: ...

    async def review(
        self, workspace: Workspace, taught: str, *, state: TaughtState, reviewer: str
    ) -> Taught | None:
        """Publish or reject a proposal; None if there is none of this id in this workspace."""
        ...
