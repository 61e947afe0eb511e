"""What digests do by themselves: they are planned, made when their time comes, and posted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.digest import Digest
from bot.messages import Message
from bot.plaintext import plain
from bot.ports.channels import ChannelStore, PastDigest, Slot, SlotKind, SlotState
from bot.ports.chat import Posted
from bot.ports.sends import Send, Unknown
from bot.ports.weeks import Channel
from bot.rollup import Rollup
from bot.teamweek import TeamWeeks
from bot.together import Together
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
        late: timedelta = LATE,
    ) -> None:
        self._channels = channels
        self._weeks = weeks
        self._digest = digest
        self._rollup = rollup
        self._turn = Turning(late)
        self._compose = Together(self._composed)

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
        if send.kind == SlotKind.DIGEST.value:
            return await self._compose((send, now))
        place = send.place
        slot = await self._channels.slot(place.workspace, place.channel, SlotKind.ROLLUP)
        if slot is None or not is_wanted(slot, now):
            return None
        message, quiet = await self.made(slot, send.subject, now)
        await self.keep(slot, send.subject, message, now, quiet=quiet)
        return None if slot.state is SlotState.MUTED else message

    async def _composed(
        self, wanted: Sequence[tuple[Send, datetime]]
    ) -> tuple[Message | None, ...]:
        """Many digests from one look at the store; all are kept before the first is posted."""
        latest = max(now for _, now in wanted)
        sends = [send for send, _ in wanted]
        read = await self._weeks.read(
            [_channel(send) for send in sends], [send.subject for send in sends]
        )
        messages: list[Message | None] = []
        past: list[PastDigest] = []
        for send, now in wanted:
            found = read[_channel(send)]
            message = None
            if found.slot is not None and is_wanted(found.slot, now):
                facts = self._weeks.made(found, found.slot, send.subject, latest)
                message = self._digest.message(facts)
                past.append(_past(found.slot, send.subject, message, now, quiet=facts.quiet))
                if found.slot.state is SlotState.MUTED:
                    message = None
            messages.append(message)
        await self._channels.keep_digests(past)
        return tuple(messages)

    async def keep(
        self, slot: Slot, week: str, message: Message, now: datetime, *, quiet: bool = False
    ) -> None:
        """For the history; a later one of the same week takes its place."""
        await self._channels.keep_digests([_past(slot, week, message, now, quiet=quiet)])

    async def made(self, slot: Slot, week: str, now: datetime) -> tuple[Message, bool]:
        """The post as it would be now, and whether it tells of a quiet week."""
        if slot.kind is SlotKind.ROLLUP:
            return self._rollup.message(await self._rollup.of(slot, week, now)), False
        facts = await self._weeks.of(slot, week, now)
        return self._digest.message(facts), facts.quiet

    async def posted(self, send: Send, posted: Posted) -> None:
        """The send itself remembers where it stands."""


def is_wanted(slot: Slot, now: datetime) -> bool:
    """Whether a digest is made; a muted one is, too."""
    return slot.state is not SlotState.OFF and (slot.resume is None or now >= slot.resume)


def _channel(send: Send) -> Channel:
    return send.place.workspace, send.place.channel


def _past(slot: Slot, week: str, message: Message, now: datetime, *, quiet: bool) -> PastDigest:
    return PastDigest(
        workspace=slot.workspace,
        channel=slot.channel,
        kind=slot.kind,
        week=week,
        made=now,
        headline=message.summary,
        text=plain(message),
        quiet=quiet,
    )
