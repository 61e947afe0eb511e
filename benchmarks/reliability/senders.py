"""What is sent beside digests: another post to a channel, direct messages, news of version 2."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages import Message, Person, Place, Text, Workspace
from bot.ports.chat import Posted
from bot.ports.sends import Send, SendStore, Unknown
from knowledge.model import Language

NEWS = 20  # sends of the later version
LATE = timedelta(hours=12)
FIRST = timedelta(minutes=5)  # due before all else: the old version meets them, too
EXTRA = {
    "extra": Unknown.ASK_LEAD,  # to a channel that gets a digest, too
    "ask": Unknown.ASK_LEAD,  # to a person: nobody can look whether it got through
    "again": Unknown.SEND_AGAIN,  # to a person
}
LATER = {"news": Unknown.ASK_LEAD}
Channel = tuple[Workspace, str]


def extras(channels: Sequence[Channel], share: float, due: datetime) -> tuple[Send, ...]:
    """For this share of the channels one of each kind."""
    step = round(1 / share) if share else len(channels) + 1
    return tuple(
        Send(
            key=f"{kind}:{channel}",
            kind=kind,
            place=Place(workspace=workspace, channel=channel),
            person=None
            if kind == "extra"
            else Person(workspace=workspace, id=f"{kind}-of-{channel}"),
            due=due,
            late_after=due + LATE,
        )
        for number, (workspace, channel) in enumerate(channels)
        if (number + number // 10) % step == 0  # of every workspace some
        for kind in EXTRA
    )


def news(workspaces: Sequence[Workspace], due: datetime) -> tuple[Send, ...]:
    """What only version 2 sends."""
    return tuple(
        Send(
            key=f"news:{number}",
            kind="news",
            place=Place(workspace=workspaces[number % len(workspaces)], channel=f"news{number}"),
            due=due - FIRST,
            late_after=due + LATE,
        )
        for number in range(NEWS)
    )


class Words:
    """Sends a given list, whose text is its kind. Implements bot.ports.sends.Sender.

    `takes`: seconds to put one into words, so that a freeze meets sends between claim and post.
    """

    def __init__(
        self, store: SendStore, kinds: dict[str, Unknown], wanted: Sequence[Send], takes: float
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._wanted = tuple(wanted)
        self._takes = takes

    @property
    def kinds(self) -> dict[str, Unknown]:
        return self._kinds

    async def plan(self, now: datetime) -> int:
        """Every replica at its start, as if none knew of the others."""
        if not self._wanted:
            return 0
        planned = await self._store.insert(self._wanted)
        self._wanted = ()
        return planned

    async def compose(self, send: Send, now: datetime) -> Message | None:
        await asyncio.sleep(self._takes)
        return Message(parts=(Text(text=send.kind),), summary=send.kind, language=Language.EN)

    async def posted(self, send: Send, posted: Posted) -> None:
        """Nothing refers to it later."""
