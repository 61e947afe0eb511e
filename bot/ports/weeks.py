"""What a digest is made of, read for many channels at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.messages import Workspace
from bot.ports.actions import Action
from bot.ports.asking import Gap
from bot.ports.channels import Slot, Team
from bot.ports.pulses import Pulse

Channel = tuple[Workspace, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelWeek:
    """One channel as it stands in the store."""

    team: Team
    slot: Slot | None  # of its digest
    closed: tuple[Pulse, ...]  # with a result, newest first
    open: tuple[Pulse, ...]  # oldest first
    actions: tuple[Action, ...]  # open, due first
    ended: tuple[Action, ...]  # done or dropped, newest first
    answered: tuple[tuple[date, str, int], ...]  # days since then, topics, questions answered
    gaps: tuple[Gap, ...]  # since then, the most asked first
    past: tuple[tuple[str, bool], ...]  # weeks of past digests and whether quiet, newest first


class WeekStore(Protocol):
    async def of(
        self,
        channels: Sequence[Channel],
        *,
        since: datetime,
        most_pulses: int,
        most_ended: int,
        most_gaps: int,
        most_past: int,
    ) -> Mapping[Channel, ChannelWeek]:
        """Each channel, all as of one moment."""
        ...
