"""What is kept of a team: its settings, its weekly slots and its past digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Protocol

from bot.messages import Workspace
from bot.ports.sends import Send

UNTIL_RESUMED = datetime(9999, 1, 1, tzinfo=UTC)


class Languages(StrEnum):
    """What a channel reads."""

    EN = "en"
    ZH = "zh"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """A channel as far as its settings go."""

    workspace: Workspace
    channel: str
    name: str | None = None
    language: Languages = Languages.EN
    gone: str | None = None  # why nothing can be posted there any more; None: it can


class SlotKind(StrEnum):
    DIGEST = "digest"
    ROLLUP = "rollup"


class SlotState(StrEnum):
    ON = "on"
    OFF = "off"
    MUTED = "muted"  # made and kept every week, posted to nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """When a channel gets its weekly post."""

    workspace: Workspace
    channel: str
    kind: SlotKind
    weekday: int  # 0 is Monday
    at: time  # local
    zone: str  # IANA
    state: SlotState = SlotState.ON
    resume: datetime | None = None  # paused until then
    week: str | None = None  # ISO week of the next post
    next: datetime | None = None  # None: nothing is planned
    changed_by: str | None = None  # person id

    @property
    def key(self) -> str:
        """The unique key of the next post."""
        return f"{self.kind}:{self.channel}:{self.week}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PastDigest:
    workspace: Workspace
    channel: str
    kind: SlotKind
    week: str
    made: datetime
    headline: str
    text: str  # the whole digest in plain text
    quiet: bool


class Turn(Protocol):
    """What becomes of a slot whose time has come (pure)."""

    def __call__(self, slot: Slot, now: datetime) -> tuple[Slot, Send | None]: ...


class ChannelStore(Protocol):
    async def team(self, workspace: Workspace, channel: str) -> Team:
        """Defaults for a channel without settings."""
        ...

    async def teams(self, workspace: Workspace) -> tuple[Team, ...]:
        """Those that get digests or have settings, by name."""
        ...

    async def put_team(self, team: Team) -> None: ...

    async def slot(self, workspace: Workspace, channel: str, kind: SlotKind) -> Slot | None: ...

    async def put_slot(self, slot: Slot) -> None: ...

    async def turn(self, now: datetime, *, most: int, turn: Turn) -> int:
        """Lock slots whose time has come, insert the sends and move the slots on; how many came.

        Slots that another replica holds are left to it.
        """
        ...

    async def keep_digests(self, made: Sequence[PastDigest]) -> None:
        """All of them; a second one of the same channel and week replaces the first."""
        ...

    async def digests(
        self, workspace: Workspace, channel: str, kind: SlotKind, *, most: int
    ) -> tuple[PastDigest, ...]:
        """Newest first."""
        ...

    async def gone(self, workspace: Workspace, channel: str | None, reason: str) -> None:
        """Nothing can be posted there (None: anywhere) any more: slots off, posts dropped.

        What goes to single people is dropped as well where nothing can be posted anywhere.
        """
        ...

    async def move(self, workspace: Workspace, channel: str, new_channel: str) -> None:
        """The platform gave the channel another id: all that is kept of it goes along, leads and
        their trail, pulses and sends included."""
        ...
