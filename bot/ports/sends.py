"""What the coach sends by itself: planned once under a unique key, then delivered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.messages import Message, Person, Place, Workspace
from bot.ports.chat import Posted

# Their rows go once they are done. Whether a reminder was sent tells whether somebody had answered,
# and when an invitation's count was changed tells when. A series goes on once.
TRACELESS = frozenset({"pulse.remind", "pulse.update", "pulse.next"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Send:
    """One intended send. The key is unique in its workspace and says kind, target and period."""

    key: str  # for example `digest:C12:2026-W47`, `pulse.invite:PULSE:PERSON`
    kind: str  # `digest`, `pulse.post`, `pulse.invite`, `pulse.remind`, `pulse.result`, …
    place: Place  # where to; for a person: the channel that it is about
    person: Person | None = None  # set: goes to this person directly, not to the channel
    subject: str = ""  # what it is about: a pulse's id, an ISO week
    due: datetime  # not before
    late_after: datetime  # dropped and counted when not sent by then


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is to stand in place of an earlier post."""

    stands: Posted
    message: Message


class Unknown(StrEnum):
    """What to do when nobody can say whether an earlier try was accepted."""

    NO_MATTER = "no-matter"  # twice is the same as once: nobody looks; tried until it is late
    SEND_AGAIN = "send-again"  # a second copy does no harm
    ASK_LEAD = "ask-lead"  # shown to the lead, with a button


class Sender(Protocol):
    """A feature that sends: content is made at the time of sending, from what is stored."""

    @property
    def kinds(self) -> dict[str, Unknown]:
        """The kinds of send that this feature makes, and what to do on an unknown outcome."""
        ...

    async def plan(self, now: datetime) -> int:
        """Insert the sends that are due (each with its key, once), advance what made them due.

        Safe to run on several replicas at once. How many were planned.
        """
        ...

    async def compose(self, send: Send, now: datetime) -> Message | Change | None:
        """The content; None if nothing is to be posted (closed, muted, answered): then dropped.

        What it raises as a ChatError is tried again like a post.
        """
        ...

    async def posted(self, send: Send, posted: Posted) -> None:
        """It stands there now: remember where, if that matters later."""
        ...


class SendState(StrEnum):
    WAITING = "waiting"  # for its time, its turn or another try
    SENT = "sent"
    DROPPED = "dropped"  # no longer wanted when its time came
    LATE = "late"  # not sent by `late_after`
    FAILED = "failed"  # refused for good, or tried too often
    UNKNOWN = "unknown"  # nobody can say whether it was accepted


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A send that is ours to try until its lease ends."""

    send: Send
    attempt: int  # raised by every claim
    tries: int  # 1 for the first, and again for the first after "send again"
    doubtful: bool  # an earlier try may have been accepted
    first_try: datetime  # by the database's clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What became of a send."""

    send: Send
    state: SendState
    attempts: int
    finished: datetime | None
    reason: str | None
    posted: Posted | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """Sends given to a job queue, with the moment from which their workspace's pace allows them."""

    workspace: Workspace
    keys: tuple[str, ...]
    wait: float  # seconds from now


Enqueue = Callable[[Sequence[Handed]], Awaitable[None]]


class SendStore(Protocol):
    """What is sent, once each. Leases, waits and paces run by the database's clock."""

    async def insert(self, sends: Sequence[Send]) -> int:
        """Keep the sends whose keys are new; how many were."""
        ...

    async def due(self, now: datetime) -> tuple[Workspace, ...]:
        """Workspaces that have something to send and whose pace and platform allow it.

        Who waited longest comes first.
        """
        ...

    async def claim(
        self, workspace: Workspace, now: datetime, *, most: int, pace: float, lease: timedelta
    ) -> tuple[Claimed, ...]:
        """Take sends to try now, as many as the pace (posts a second) allows, one a target."""
        ...

    async def due_for_queue(
        self, now: datetime, *, again_after: timedelta
    ) -> tuple[Workspace, ...]:
        """Workspaces that have something for a job queue, see `hand_out`."""
        ...

    async def hand_out(
        self,
        workspace: Workspace,
        now: datetime,
        *,
        most: int,
        pace: float,
        again_after: timedelta,
    ) -> tuple[Handed, ...]:
        """Due sends for a job queue, spaced by pace, each in one job's hand from now on.

        One whose job came to nothing is handed out again after `again_after`.
        """
        ...

    async def claim_these(
        self,
        workspace: Workspace,
        keys: Sequence[str],
        now: datetime,
        *,
        pace: float,
        lease: timedelta,
    ) -> tuple[Claimed, ...]:
        """Of these, take what is neither done, taken nor too early, one a target.

        None while the workspace has to wait. What was not taken may be handed out again.
        """
        ...

    async def finish(
        self,
        claimed: Claimed,
        state: SendState,
        now: datetime,
        *,
        reason: str | None = None,
        posted: Posted | None = None,
        words: Sequence[Send] = (),
    ) -> bool:
        """Record the outcome; False if the lease was lost to another, whose outcome counts.

        `words` are sends about it, inserted in the same transaction.
        A kind that is to leave no trace is deleted instead.
        """
        ...

    async def retry(
        self,
        claimed: Claimed,
        *,
        wait: timedelta,
        reason: str,
        accepted: bool | None,
        counts: bool = True,
    ) -> bool:
        """Try again after `wait`; `accepted` is None when nobody knows, else it was not.

        With `counts` unset this try is not one of those that are limited.
        """
        ...

    async def pause(self, workspace: Workspace, *, wait: timedelta, reason: str) -> None:
        """Nothing is sent in this workspace for so long; a longer pause stands."""
        ...

    async def paused(self, workspace: Workspace) -> tuple[datetime, str] | None:
        """Until when the platform asked to wait and in what words, if it did."""
        ...

    async def drop_late(self, now: datetime) -> tuple[tuple[Send, SendState], ...]:
        """Give up what should have been sent by now and nobody is trying; what each became."""
        ...

    async def again(self, workspace: Workspace, key: str, *, due: datetime, late: datetime) -> bool:
        """Send what failed, was late or is unknown once more; False if it is neither."""
        ...

    async def one(self, workspace: Workspace, key: str) -> Delivery | None: ...

    async def of_channel(
        self, workspace: Workspace, channel: str, *, since: datetime, most: int
    ) -> tuple[Delivery, ...]:
        """Newest first; sends to single people are left out: they would tell who answered."""
        ...

    async def skew(self, now: datetime) -> timedelta:
        """By how much `now` is ahead of the database's clock; 0 where they are one clock."""
        ...

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """How many sends, by kind and state."""
        ...

    async def pauses(self) -> int:
        """How many workspaces were asked by their platform to wait, and still do."""
        ...

    async def forget_subject(self, workspace: Workspace, subject: str) -> int:
        """Drop the sends to single people about this subject, when it is over."""
        ...

    async def forget_before(self, instant: datetime) -> int:
        """Drop finished sends that were due earlier."""
        ...
