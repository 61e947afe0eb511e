"""What is kept of pulses: their life, their people while they are open, their ballots, results."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Person, Workspace
from bot.ports.chat import Posted
from bot.ports.sends import Send
from bot.scoring import Answers, Limits, Neighbour, Result
from knowledge.model import Language

ALL = "all"  # in place of a pillar: one block of statements a pillar


class PulseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class PulseStatement:
    """A statement as it was frozen at the launch."""

    id: str
    topic: str
    en: str
    zh: str

    def say(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulse:
    workspace: Workspace
    id: str
    channel: str
    pillar: str  # a pillar's id, or ALL
    statements: tuple[PulseStatement, ...]
    language: Language  # of what is posted to the channel
    zone: str  # IANA, the lead's: closing times are shown in it
    lead: str  # person id
    with_lead: bool  # whether the lead is asked as well
    opened: datetime
    closes: datetime  # while open: when it will; afterwards: when it did
    days: int  # that it was meant to stay open
    invites: bool  # a direct message to each person
    reminders: bool
    repeat_weeks: int = 0  # 0: not repeated
    invited: int
    state: PulseState = PulseState.OPEN
    answered: int | None = None  # None while open: counted from the ballots
    told: int = 0  # while open: how many had answered at the last quarter hour
    post: Posted | None = None  # the invitation in the channel
    result: Result | None = None  # None until it is closed and computed

    @property
    def order(self) -> tuple[str, ...]:
        """Statement ids as ballots answer them."""
        return tuple(one.id for one in self.statements)


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitee:
    person: Person
    zone: str  # IANA


class Receipt(StrEnum):
    """What became of a ballot."""

    NEW = "new"
    REPLACED = "replaced"
    CLOSED = "closed"  # too late, nothing kept
    CANCELLED = "cancelled"
    NOT_INVITED = "not-invited"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ballot:
    answers: Answers
    comment: str = ""


class BallotStore(Protocol):
    """Answers. While a pulse is open they are sealed and keyed by a secret of that pulse alone;
    at the close the secret is destroyed and nobody can tell whose they were."""

    async def answer(self, pulse: Pulse, person: Person, ballot: Ballot, now: datetime) -> Receipt:
        """Keep it, or replace this person's earlier one."""
        ...

    async def count(self, pulse: Pulse) -> int:
        """How many answered an open pulse."""
        ...

    async def has_answered(self, pulse: Pulse, person: Person) -> bool:
        """False as soon as the pulse isn't open: then nobody can know."""
        ...

    async def close(
        self, pulse: Pulse, now: datetime, limits: Limits, sends: Sequence[Send] = ()
    ) -> bool:
        """Destroy the secret, give ballots random new keys, drop what may never be shown.

        `sends` as in PulseStore.renew. False if it isn't open any more.
        """
        ...

    def closed(self, pulse: Pulse) -> AsyncIterator[tuple[Answers, int]]:
        """Each combination of answers, and how many people gave it."""
        ...

    async def comments(self, pulse: Pulse) -> tuple[str, ...]:
        """In an order that tells nothing; none if too few answered."""
        ...


class Changing(Protocol):
    """What is sent when more of a pulse is known (pure)."""

    def __call__(self, pulse: Pulse, now: datetime) -> Send: ...


class PulseStore(Protocol):
    async def launch(
        self,
        pulse: Pulse,
        audience: Sequence[Invitee],
        sends: Sequence[Send],
        *,
        follows: str | None = None,
    ) -> bool:
        """Freeze and open it, with all that will be sent for it.

        False if a pulse of this pillar is open in the channel, or (when it `follows` an earlier
        one of a series) that one already has its follower.
        """
        ...

    async def pulse(self, workspace: Workspace, pulse: str) -> Pulse | None: ...

    async def open_in(self, workspace: Workspace, channel: str) -> tuple[Pulse, ...]:
        """Oldest first."""
        ...

    async def open_of(self, workspace: Workspace) -> tuple[Pulse, ...]:
        """All that are open in a workspace, those that close first first."""
        ...

    async def closed_in(self, workspace: Workspace, channel: str, most: int) -> tuple[Pulse, ...]:
        """Those with a result, newest first."""
        ...

    async def asked_in(self, workspace: Workspace, channel: str) -> tuple[tuple[str, ...], ...]:
        """The statements of each pulse that was not cancelled, oldest pulse first."""
        ...

    async def is_invited(self, pulse: Pulse, person: Person) -> bool: ...

    async def audience(self, pulse: Pulse) -> tuple[Invitee, ...]:
        """Empty some weeks after the close, when it is forgotten."""
        ...

    async def neighbours(self, pulse: Pulse, since: datetime) -> tuple[Neighbour, ...]:
        """Other pulses closed after `since` and before this one, with common people and
        statements."""
        ...

    async def keep_result(self, pulse: Pulse, result: Result, sends: Sequence[Send]) -> bool:
        """False if it has one already."""
        ...

    async def extend(self, pulse: Pulse, closes: datetime, sends: Sequence[Send] = ()) -> bool:
        """`sends` as in `renew`. False if it isn't open any more."""
        ...

    async def cancel(self, pulse: Pulse, now: datetime, sends: Sequence[Send] = ()) -> bool:
        """Ballots, secret and unsent messages are deleted; `sends` as in `renew`.

        False if it isn't open any more.
        """
        ...

    async def stop_repeating(self, pulse: Pulse) -> bool:
        """False if no further pulse was to come."""
        ...

    async def due_to_close(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        """Of every workspace; what was put off is left out."""
        ...

    async def without_result(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        """Closed, not yet computed, not put off; of every workspace."""
        ...

    async def put_off(self, pulse: Pulse, until: datetime) -> None:
        """It is neither closed nor computed by itself before then; forgotten when it is closed."""
        ...

    async def due_to_repeat(self, now: datetime, most: int) -> tuple[Pulse, ...]:
        """Last ones of a series whose next is due; of every workspace."""
        ...

    async def go_on(self, pulse: Pulse, again: datetime, sends: Sequence[Send]) -> bool:
        """`sends`, as in `renew`, are to open the next of its series; it is due again `again`.

        False if no further pulse was to come.
        """
        ...

    async def tell(self, now: datetime, moment: datetime, *, most: int, change: Changing) -> int:
        """Count the answers of open pulses that were counted last before `moment`: from now on
        everybody is told that number, and where it is another one the post is changed.

        How many pulses were counted.
        """
        ...

    async def forget_audiences(self, before: datetime) -> int:
        """Of pulses that ended earlier."""
        ...

    async def send(self, workspace: Workspace, sends: Sequence[Send]) -> int:
        """Plan more sends; how many were new."""
        ...

    async def remind(
        self, pulse: Pulse, sends: Sequence[Send], now: datetime, *, not_since: datetime
    ) -> bool:
        """Plan reminders out of turn; False if that was done since then already."""
        ...

    async def posted(self, pulse: Pulse, posted: Posted) -> None:
        """The invitation stands there."""
        ...

    async def renew(self, workspace: Workspace, sends: Sequence[Send]) -> None:
        """Plan sends whose content may have changed: one that is planned, tried or done already
        is made (once) more, and a try that is under way doesn't count."""
        ...


class PulsePeopleStore(Protocol):
    """What is kept of single people for pulses."""

    async def mute(self, person: Person) -> bool:
        """No invitation or reminder any more. False if it was so already."""
        ...

    async def unmute(self, person: Person) -> bool: ...

    async def is_muted(self, person: Person) -> bool: ...

    async def forget(self, person: Person, *, stand_in: str) -> Mapping[str, int]:
        """Delete what is kept of this person: how many of `ballots`, `invitations`, `mutes`."""
        ...
