"""Where the coach is installed, when one process serves several workspaces."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """The right to speak in one workspace, or in all workspaces of an organisation."""

    workspace: Workspace  # the organisation's own, when it was installed for all of it
    token: str = field(repr=False)  # kept encrypted
    coach: str  # the coach's own user id there
    scopes: tuple[str, ...]
    installer: str  # person id
    since: datetime


class InstallationStore(Protocol):
    """Installations and the one-time states of their consent pages."""

    async def save(self, installation: Installation) -> None:
        """Replaces an earlier one of the same workspace."""
        ...

    async def find(
        self, workspace: Workspace, *, organisation: Workspace | None = None
    ) -> Installation | None:
        """The workspace's own, else its organisation's.

        The organisation is remembered, so that later the workspace alone is enough.
        """
        ...

    async def remove(self, workspace: Workspace) -> bool:
        """Forget the token; True if there was one."""
        ...

    async def issue(self, workspace: Workspace, state: str, now: datetime) -> None:
        """Remember a state; `workspace` names the platform only, its id is empty."""
        ...

    async def consume(self, workspace: Workspace, state: str, *, issued_after: datetime) -> bool:
        """True once for a state that was issued after that instant."""
        ...
