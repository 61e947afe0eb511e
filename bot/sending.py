"""`plan` and `deliver`: what any job engine calls so that each send is made exactly once."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.errors import (
    ChatError,
    OutcomeUnknown,
    Refused,
    SlowDown,
    StoreUnavailable,
    Unreachable,
)
from bot.messages import Message, Workspace
from bot.ports.chat import Chat, LookupImpossible, Posted
from bot.ports.sends import (
    Change,
    Claimed,
    Enqueue,
    Send,
    Sender,
    SendState,
    SendStore,
    Unknown,
)

T = TypeVar("T")

LOOK_BACK = timedelta(seconds=60)  # clocks of the platform and of the database differ
LONGEST_WAIT = timedelta(minutes=10)
PLATFORM_LONGEST = 3600.0  # seconds; a platform that asks for more is asked again then
MOST_WORKSPACES = 1000  # that a queue is given sends of in one round
LEAST_SHARE = 25  # claims of one workspace at a time: each time costs several statements
STORE_AWAY = 0.5  # seconds between tries to record an outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long and how often is tried."""

    lease: timedelta = timedelta(seconds=60)
    tries: int = 6  # "slow down" not counted: lateness ends those
    first_wait: timedelta = timedelta(seconds=5)  # doubled every try
    batch: int = 500  # planned or handed out in one transaction

    @property
    def post_seconds(self) -> float:
        """A post is given up in half the lease: it is over before another replica looks for it."""
        return self.lease.total_seconds() / 2


class Trouble(Protocol):
    """Who is told when a send came to a bad end."""

    async def ended(self, send: Send, state: SendState, reason: str, *, refused: bool) -> None: ...


class JobReport(Protocol):
    """Where unexpected errors of jobs are written."""

    def __call__(self, error: Exception, *, doing: str) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A claimed send, and when the claim began by the process's own steady clock."""

    claimed: Claimed
    began: float  # seconds, of the running loop


class Sending:
    """Plans and delivers for all features that send."""

    def __init__(
        self,
        *,
        store: SendStore,
        chat: Chat,
        senders: Sequence[Sender],
        trouble: Trouble,
        clock: Callable[[], datetime],
        report: JobReport,
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._chat = chat
        self._senders = tuple(senders)
        self._by_kind: Mapping[str, Sender] = {
            kind: sender for sender in senders for kind in sender.kinds
        }
        self._trouble = trouble
        self._clock = clock
        self._report = report
        self.limits = limits or Limits()
        self._round = 0  # of taking
        self._served: dict[Workspace, int] = {}  # the round in which each had its turn last

    async def plan(self) -> int:
        """Insert what is due and give up what is late; how many were planned.

        One feature's error does not keep the others from planning. Raises StoreUnavailable.
        """
        now = self._clock()
        planned = 0
        for sender in self._senders:
            try:
                planned += await sender.plan(now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  an entry point: the others must go on
                self._report(error, doing=f"plan {type(sender).__name__}")
        for send in await self._store.drop_late(now):
            await self._tell(send, SendState.LATE, "late", refused=False)
        return planned

    async def take(self, most: int) -> tuple[Taken, ...]:
        """Claim up to so many sends, shared between the workspaces that have some, in turn."""
        now = self._clock()
        taken: list[Taken] = []
        self._round += 1
        due = await self._store.due(now, most=most)
        workspaces = sorted(due, key=lambda one: self._served.get(one, 0))
        for place, workspace in enumerate(workspaces):
            pace = self._chat.pace(workspace)
            if pace <= 0:  # another process's platform
                continue
            left = most - len(taken)
            if left <= 0:
                break
            self._served[workspace] = self._round
            share = min(left, max(LEAST_SHARE, left // (len(workspaces) - place)))
            began = _steady()
            claimed = await self._store.claim(
                workspace,
                now,
                most=share,
                pace=pace,
                lease=self.limits.lease,
            )
            taken += [Taken(claimed=one, began=began) for one in claimed]
        return tuple(taken)

    async def take_these(self, workspace: Workspace, keys: Sequence[str]) -> tuple[Taken, ...]:
        """Claim what is free of these."""
        pace = self._chat.pace(workspace)
        if pace <= 0:
            return ()
        began = _steady()
        claimed = await self._store.claim_these(
            workspace, keys, self._clock(), pace=pace, lease=self.limits.lease
        )
        return tuple(Taken(claimed=one, began=began) for one in claimed)

    async def hand_out(self, enqueue: Enqueue) -> int:
        """Give due sends to a job queue, a share to each workspace; how many."""
        now, again_after = self._clock(), 2 * self.limits.lease
        due = await self._store.due_for_queue(now, most=MOST_WORKSPACES, again_after=again_after)
        handed = 0
        for workspace in due:
            pace = self._chat.pace(workspace)
            if pace > 0:
                handed += await self._store.hand_out(
                    workspace,
                    now,
                    most=self.limits.batch,
                    pace=pace,
                    again_after=again_after,
                    enqueue=enqueue,
                )
        return handed

    async def all_due(self) -> None:
        """Plan and deliver, one after the other, until nothing is due: for a single process."""
        await self.plan()
        while taken := await self.take(self.limits.batch):
            for one in taken:
                await self.deliver(one)

    async def deliver(self, taken: Taken) -> None:
        """Try one send and record what became of it. Raises nothing."""
        try:
            await self._deliver(taken)
        except StoreUnavailable:
            return  # the lease runs out, and somebody looks whether it got through
        except Exception as error:  # noqa: BLE001  an entry point: one send must not stop the rest
            self._report(error, doing=f"deliver {taken.claimed.send.kind}")
            await self._try_again(taken, "error", accepted=None)

    async def _deliver(self, taken: Taken) -> None:
        send = taken.claimed.send
        sender = self._by_kind.get(send.kind)
        if sender is None:  # planned by a newer version: its replicas know what to do
            await self._try_again(taken, "unknown kind", accepted=False, counts=False)
            return
        if taken.claimed.doubtful and await self._settled(taken, sender):
            return
        message = await self._composed(taken, sender)
        if message is None:
            return
        posted = await self._posted(taken, message)
        if posted is not None:
            await self._sent(taken, sender, posted)

    async def _settled(self, taken: Taken, sender: Sender) -> bool:
        """An earlier try may have been accepted: True if that is dealt with."""
        claimed = taken.claimed
        if self._no_matter(claimed.send):
            return False
        try:
            found = await self._found(claimed)
        except SlowDown as error:
            await self._slow_down(taken, error)
            return True
        except ChatError as error:
            await self._try_again(taken, error.reason, accepted=False)
            return True
        except LookupImpossible:
            if sender.kinds[claimed.send.kind] is Unknown.SEND_AGAIN:
                return False
            await self._end(taken, SendState.UNKNOWN, "accepted or not: nobody can say")
            return True
        if found is None:
            return False
        await self._sent(taken, sender, found)
        return True

    async def _found(self, claimed: Claimed) -> Posted | None:
        if claimed.send.person is not None:
            raise LookupImpossible
        return await self._chat.find(
            claimed.send.place, send_key(claimed.send), since=claimed.first_try - LOOK_BACK
        )

    def _no_matter(self, send: Send) -> bool:
        sender = self._by_kind.get(send.kind)
        return sender is not None and sender.kinds[send.kind] is Unknown.NO_MATTER

    async def _composed(self, taken: Taken, sender: Sender) -> Message | Change | None:
        """The content; None if nothing is to be posted now, which is then recorded."""
        try:
            message = await sender.compose(taken.claimed.send, self._clock())
        except StoreUnavailable:
            await self._try_again(taken, "store away", accepted=False, counts=False)
            return None
        except SlowDown as error:
            await self._slow_down(taken, error)
            return None
        except ChatError as error:
            await self._try_again(taken, error.reason, accepted=False)
            return None
        except Exception as error:  # noqa: BLE001  an entry point; certainly nothing was posted
            self._report(error, doing=f"compose {taken.claimed.send.kind}")
            await self._try_again(taken, "error", accepted=False)
            return None
        if message is None:
            await self._finish(taken, SendState.DROPPED)
        return message

    async def _posted(self, taken: Taken, message: Message | Change) -> Posted | None:
        send = taken.claimed.send
        seconds = taken.began + self.limits.post_seconds - _steady()
        if seconds <= 0:  # this process was stopped for a while: others may look for it by now
            await self._try_again(taken, "out of time", accepted=False, counts=False)
            return None
        try:
            async with asyncio.timeout(seconds):
                if isinstance(message, Change):
                    await self._chat.update(message.stands, message.message)
                    return message.stands
                if send.person is not None:
                    return await self._chat.direct(send.person, message, send_key=send_key(send))
                return await self._chat.post(send.place, message, send_key=send_key(send))
        except SlowDown as error:
            await self._slow_down(taken, error)
        except Refused as error:
            await self._end(taken, SendState.FAILED, error.reason, refused=True)
        except Unreachable as error:
            await self._try_again(taken, error.reason, accepted=False)
        except OutcomeUnknown as error:
            await self._try_again(taken, error.reason, accepted=None)
        except TimeoutError:
            await self._try_again(taken, "timeout", accepted=None)
        return None

    async def _sent(self, taken: Taken, sender: Sender, posted: Posted) -> None:
        await self._kept(lambda: sender.posted(taken.claimed.send, posted), taken)
        await self._finish(taken, SendState.SENT, posted=posted)

    async def _slow_down(self, taken: Taken, error: SlowDown) -> None:
        wait = timedelta(seconds=min(max(error.seconds, 1.0), PLATFORM_LONGEST))
        workspace = taken.claimed.send.place.workspace
        await self._kept(
            lambda: self._store.pause(workspace, wait=wait, reason=error.reason), taken
        )
        await self._try_again(taken, error.reason, accepted=False, counts=False, wait=wait)

    async def _try_again(
        self,
        taken: Taken,
        reason: str,
        *,
        accepted: bool | None,
        counts: bool = True,
        wait: timedelta | None = None,
    ) -> None:
        claimed = taken.claimed
        last = claimed.tries >= self.limits.tries and not self._no_matter(claimed.send)
        if counts and last:
            doubt = accepted is None or claimed.doubtful
            await self._end(taken, SendState.UNKNOWN if doubt else SendState.FAILED, reason)
            return
        backoff = self.limits.first_wait * 2 ** min(claimed.tries - 1, 20)
        shortest = timedelta(seconds=self.limits.post_seconds) if accepted is None else timedelta()
        await self._kept(
            lambda: self._store.retry(
                claimed,
                wait=wait or min(max(backoff, shortest), LONGEST_WAIT),
                reason=reason,
                accepted=accepted,
                counts=counts,
            ),
            taken,
        )

    async def _end(
        self, taken: Taken, state: SendState, reason: str, *, refused: bool = False
    ) -> None:
        if await self._finish(taken, state, reason=reason):
            await self._tell(taken.claimed.send, state, reason, refused=refused)

    async def _finish(
        self,
        taken: Taken,
        state: SendState,
        *,
        reason: str | None = None,
        posted: Posted | None = None,
    ) -> bool:
        now = self._clock()
        return await self._kept(
            lambda: self._store.finish(taken.claimed, state, now, reason=reason, posted=posted),
            taken,
        )

    async def _tell(self, send: Send, state: SendState, reason: str, *, refused: bool) -> None:
        try:
            await self._trouble.ended(send, state, reason, refused=refused)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  telling a lead must not undo the outcome
            self._report(error, doing=f"tell {send.kind}")

    async def _kept(self, verb: Callable[[], Awaitable[T]], taken: Taken) -> T:
        """What happened must be written down: while the store is away, again until the lease ends.

        Raises StoreUnavailable when the lease is over.
        """
        until = taken.began + self.limits.lease.total_seconds()
        while True:
            try:
                return await verb()
            except StoreUnavailable:
                if _steady() >= until:
                    raise
            await asyncio.sleep(STORE_AWAY)


def send_key(send: Send) -> str:
    """Opaque and unique to one intended send; it goes to the platform with the message."""
    whole = f"{send.place.workspace.key}\n{send.key}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _steady() -> float:
    return asyncio.get_running_loop().time()
