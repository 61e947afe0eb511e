"""What the coach sends by itself: planned once under a unique key, then delivered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Message, Person, Place
from bot.ports.chat import Posted


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


class Unknown(StrEnum):
    """What to do when nobody can say whether an earlier try was accepted."""

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

    async def compose(self, send: Send, now: datetime) -> Message | None:
        """The content; None if it is no longer wanted (closed, muted, answered): then dropped."""
        ...

    async def posted(self, send: Send, posted: Posted) -> None:
        """It stands there now: remember where, if that matters later."""
        ...
