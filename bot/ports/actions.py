"""What is kept of action items: what a team decided to do about a result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Person, Workspace


class ActionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    workspace: Workspace
    id: str
    channel: str
    topic: str
    title: str
    owner: str  # as the team wrote it; empty: nobody yet
    due_week: str  # ISO week, for example 2026-W47
    author: str  # person id
    created: datetime
    state: ActionState = ActionState.OPEN
    ended: datetime | None = None
    pulse: str | None = None  # the result that it came from


class ActionStore(Protocol):
    async def add(self, action: Action) -> None: ...

    async def action(self, workspace: Workspace, action: str) -> Action | None: ...

    async def open_in(self, workspace: Workspace, channel: str) -> tuple[Action, ...]:
        """Due first, then oldest."""
        ...

    async def ended_in(
        self, workspace: Workspace, channel: str, *, since: datetime
    ) -> tuple[Action, ...]:
        """Done or dropped, newest first."""
        ...

    async def end(self, action: Action, state: ActionState, now: datetime) -> bool:
        """False if it isn't open any more."""
        ...

    async def forget(self, person: Person, *, names: tuple[str, ...], stand_in: str) -> int:
        """Put `stand_in` where this person is the author, or the owner under one of `names`."""
        ...
