"""What Teams says of a person: owner, guest, of another organisation."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.teams.inbound import Arrived
from adapters.teams.memory import Recent
from adapters.teams.reference import Kind
from adapters.teams.sender import Payload, Sender
from bot.errors import ChatError
from bot.messages import MEMBER, Inbound, Joined, Left, Question, Renamed, Standing, Workspace

KEPT = timedelta(minutes=15)


class Standings:
    """Looked up in the roster, only for what needs a right, and kept for a while."""

    def __init__(self, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._sender = sender
        self._clock = clock
        self._known: Recent[tuple[str, str, str], tuple[Standing, datetime]] = Recent()

    async def completed(self, inbound: Inbound, arrived: Arrived) -> Inbound:
        """The same delivery with the person's standing."""
        if isinstance(inbound, Question | Joined | Left | Renamed):
            return inbound
        return replace(inbound, standing=await self._of(arrived))

    async def _of(self, arrived: Arrived) -> Standing:
        reference, person = arrived.reference, arrived.person
        key = (person.workspace.key, reference.roster, person.id)
        known = self._known.get(key)
        if known and self._clock() - known[1] < KEPT:
            return known[0]
        try:
            member = await self._sender.member(reference.service_url, reference.roster, person.id)
        except ChatError:
            # Without the roster, what the coach's own store says still holds.
            return known[0] if known else MEMBER
        found = standing(member, person.workspace, in_team=reference.kind is Kind.CHANNEL)
        self._known.put(key, (found, self._clock()))
        return found


def standing(member: Payload, workspace: Workspace, *, in_team: bool) -> Standing:
    """Source: learn.microsoft.com, "Get Teams specific context for your bot", `userRole`."""
    role = str(member.get("userRole", "")).lower()
    tenant = member.get("tenantId")
    external = isinstance(tenant, str) and bool(tenant) and tenant != workspace.id
    return Standing(
        owner=in_team and role == "owner",
        guest=role == "guest",
        external=external or role == "anonymous",
    )
