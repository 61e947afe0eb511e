"""What digests do by themselves: they are planned, made when their time comes, and posted."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from bot.digest import Digest
from bot.messages import Message
from bot.plaintext import plain
from bot.ports.channels import ChannelStore, PastDigest, Slot, SlotKind, SlotState
from bot.ports.chat import Posted
from bot.ports.sends import Send, Unknown
from bot.rollup import Rollup
from bot.teamweek import TeamWeeks
from bot.weekly import LATE, Turning

BATCH = 500  # slots moved on in one transaction


class DigestSender:
    """Implements bot.ports.sends.Sender."""

    def __init__(
        self,
        *,
        channels: ChannelStore,
        weeks: TeamWeeks,
        digest: Digest,
        rollup: Rollup,
        snapshot: Callable[[], AbstractAsyncContextManager[None]],
        late: timedelta = LATE,
    ) -> None:
        self._snapshot = snapshot
        self._channels = channels
        self._weeks = weeks
        self._digest = digest
        self._rollup = rollup
        self._turn = Turning(late)

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {kind.value: Unknown.ASK_LEAD for kind in SlotKind}

    async def plan(self, now: datetime) -> int:
        planned = 0
        while came := await self._channels.turn(now, most=BATCH, turn=self._turn):
            planned += came
            if came < BATCH:
                break
        return planned

    async def compose(self, send: Send, now: datetime) -> Message | None:
        workspace, channel = send.place.workspace, send.place.channel
        async with self._snapshot():
            slot = await self._channels.slot(workspace, channel, SlotKind(send.kind))
            if slot is None or slot.state is SlotState.OFF or is_paused(slot, now):
                return None
            message, quiet = await self.made(slot, send.subject, now)
        await self.keep(slot, send.subject, message, now, quiet=quiet)
        return None if slot.state is SlotState.MUTED else message

    async def keep(
        self, slot: Slot, week: str, message: Message, now: datetime, *, quiet: bool = False
    ) -> None:
        """For the history; a later one of the same week takes its place."""
        past = PastDigest(
            kind=slot.kind,
            week=week,
            made=now,
            headline=message.summary,
            text=plain(message),
            quiet=quiet,
        )
        await self._channels.keep_digest(slot.workspace, slot.channel, past)

    async def made(self, slot: Slot, week: str, now: datetime) -> tuple[Message, bool]:
        """The post as it would be now, and whether it tells of a quiet week."""
        if slot.kind is SlotKind.ROLLUP:
            return self._rollup.message(await self._rollup.of(slot, week, now)), False
        facts = await self._weeks.of(slot, week, now)
        return self._digest.message(facts), facts.quiet

    async def posted(self, send: Send, posted: Posted) -> None:
        """The send itself remembers where it stands."""


def is_paused(slot: Slot, now: datetime) -> bool:
    return slot.resume is not None and now < slot.resume
