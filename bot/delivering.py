"""One send from its claim to its recorded outcome, whatever platform and database do meanwhile."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.errors import (
    ChatError,
    Denied,
    Refused,
    SlowDown,
    StoreUnavailable,
    Unreachable,
)
from bot.messages import Message, Workspace
from bot.ports.chat import Begun, Chat, LookupImpossible, Posted
from bot.ports.sends import Change, Claimed, Send, Sender, SendState, SendStore, Unknown

T = TypeVar("T")

LOOK_BACK = timedelta(minutes=30)  # the clocks of the platform and of the database may differ
PLATFORM_LONGEST = 3600.0  # seconds; a platform that asks for more is asked again then
STORE_AWAY = 0.5  # seconds between tries to record an outcome
PATIENCE = 10  # leases for which it is tried to record that a post stands
DENIED_AGAIN = 3600.0  # seconds until it is reported again that a workspace denies the app


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How long and how often is tried."""

    lease: timedelta = timedelta(seconds=60)
    tries: int = 6  # those that were certainly not accepted are not counted: lateness ends them
    first_wait: timedelta = timedelta(seconds=5)  # doubled every try
    longest_wait: timedelta = timedelta(minutes=10)
    batch: int = 500  # planned or handed out in one transaction

    @property
    def post_seconds(self) -> float:
        """A post is given up in half the lease: it is over before another replica looks for it."""
        return self.lease.total_seconds() / 2


class Trouble(Protocol):
    """Who deals with a send that comes to a bad end."""

    async def words(
        self, send: Send, state: SendState, reason: str, *, gone: bool
    ) -> Sequence[Send]:
        """What is to be sent about it, kept together with its outcome.

        Called before that is recorded, and again if that fails. `gone`: its channel can't be
        posted to any more.
        """
        ...


class JobReport(Protocol):
    """Where unexpected errors of jobs are written."""

    def __call__(self, error: Exception, *, doing: str) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A claimed send, and when the claim began by the process's own steady clock."""

    claimed: Claimed
    began: float  # seconds, of the running loop


class Delivering:
    """Tries claimed sends, each in one task."""

    def __init__(
        self,
        *,
        store: SendStore,
        chat: Chat,
        senders: Sequence[Sender],
        trouble: Trouble,
        clock: Callable[[], datetime],
        report: JobReport,
        limits: Limits,
    ) -> None:
        self._store = store
        self._chat = chat
        self._by_kind: Mapping[str, Sender] = {
            kind: sender for sender in senders for kind in sender.kinds
        }
        self._trouble = trouble
        self._clock = clock
        self._report = report
        self._limits = limits
        self._hands: set[tuple[Workspace, str]] = set()
        self._busy: Counter[Workspace] = Counter()
        self._paused: dict[Workspace, float] = {}  # until then, by the steady clock
        self._denied: dict[Workspace, float] = {}  # reported last, by the steady clock

    def in_hand(self, workspace: Workspace) -> int:
        """How many sends of it are being tried."""
        return self._busy[workspace]

    async def deliver(self, taken: Taken) -> None:
        """Try one send and record what became of it. Raises nothing."""
        send = taken.claimed.send
        workspace = send.place.workspace
        hand = (workspace, send.key)
        if hand in self._hands:  # the database's clock jumped: our own try is still under way
            return
        self._hands.add(hand)
        self._busy[workspace] += 1
        try:
            posted = await self._tried(taken)
            if posted is not None:
                await self._sent(taken, posted)
        except StoreUnavailable:
            return  # the lease runs out, and somebody looks whether it got through
        except Exception as error:  # noqa: BLE001  an entry point: one send must not stop the rest
            self._report(error, doing=f"record {send.kind}")
        finally:
            self._hands.discard(hand)
            self._busy[workspace] -= 1

    async def _tried(self, taken: Taken) -> Posted | None:
        """Where it stands; None if it doesn't, which is then recorded."""
        send = taken.claimed.send
        sender = self._by_kind.get(send.kind)
        if sender is None:  # planned by a newer version: its replicas know what to do
            wait = self._limits.first_wait
            await self._try_again(taken, "unknown kind", accepted=False, counts=False, wait=wait)
            return None
        try:
            if await self._has_to_wait(taken):
                return None
            found = None
            if taken.claimed.doubtful and not self._may_repeat(send):
                found, is_settled = await self._looked_for(taken, sender)
                if is_settled:
                    return None
            if isinstance(found, Posted):
                return found
            message = await self._composed(taken, sender)
            return await self._posted(taken, message, found) if message else None
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  a bug: it may have been posted
            self._report(error, doing=f"deliver {send.kind}")
            await self._try_again(taken, "error", accepted=None)
            return None

    async def _has_to_wait(self, taken: Taken) -> bool:
        """The platform asked to wait after this was claimed."""
        wait = self._paused.get(taken.claimed.send.place.workspace, 0.0) - steady()
        if wait > 0:
            pause = timedelta(seconds=wait)
            await self._try_again(taken, "paused", accepted=False, counts=False, wait=pause)
        return wait > 0

    async def _looked_for(self, taken: Taken, sender: Sender) -> tuple[Posted | Begun | None, bool]:
        """What stands of an earlier try, and whether its failure to be seen is dealt with."""
        claimed = taken.claimed
        try:
            async with asyncio.timeout(self._seconds(taken)):
                found = await self._found(claimed)
        except LookupImpossible:
            if sender.kinds[claimed.send.kind] is Unknown.SEND_AGAIN:
                return None, False
            await self._end(taken, SendState.UNKNOWN, "accepted or not: nobody can say")
            return None, True
        except (ChatError, TimeoutError) as error:
            await self._failed(taken, error, posting=False)
            return None, True
        return found, False

    async def _found(self, claimed: Claimed) -> Posted | Begun | None:
        send, since = claimed.send, claimed.first_try - LOOK_BACK
        return await self._chat.find(send.person or send.place, send_key(send), since=since)

    async def _composed(self, taken: Taken, sender: Sender) -> Message | Change | None:
        """The content; None if nothing is to be posted now, which is then recorded."""
        try:
            message = await sender.compose(taken.claimed.send, self._clock())
        except StoreUnavailable:
            await self._try_again(taken, "store away", accepted=False, counts=False)
            return None
        except ChatError as error:
            await self._failed(taken, error, posting=False)
            return None
        except Exception as error:  # noqa: BLE001  an entry point; certainly nothing was posted
            self._report(error, doing=f"compose {taken.claimed.send.kind}")
            await self._try_again(taken, "error", accepted=False)
            return None
        if message is None:
            await self._finish(taken, SendState.DROPPED)
        return message

    async def _posted(
        self, taken: Taken, message: Message | Change, begun: Begun | None
    ) -> Posted | None:
        send, chat = taken.claimed.send, self._chat
        key = send_key(send)
        seconds = self._seconds(taken)
        if seconds <= 0:  # this process was stopped for a while: others may look for it by now
            await self._try_again(taken, "out of time", accepted=False, counts=False)
            return None
        if await self._has_to_wait(taken):
            return None
        try:
            async with asyncio.timeout(seconds):
                if isinstance(message, Change):
                    await chat.update(message.stands, message.message)
                    return message.stands
                if send.person is not None:
                    return await chat.direct(send.person, message, send_key=key, begun=begun)
                return await chat.post(send.place, message, send_key=key, begun=begun)
        except (ChatError, TimeoutError) as error:
            await self._failed(taken, error, posting=True)
        return None

    def _seconds(self, taken: Taken) -> float:
        """How long the platform may be waited for."""
        return taken.began + self._limits.post_seconds - steady()

    async def _failed(
        self, taken: Taken, error: ChatError | TimeoutError, *, posting: bool
    ) -> None:
        """What a failed call means; one that was not to post leaves no doubt."""
        reason = error.reason if isinstance(error, ChatError) else "timeout"
        match error:
            case SlowDown():
                seconds = min(max(error.seconds, 1.0), PLATFORM_LONGEST)
                await self._pause(taken, reason, timedelta(seconds=seconds))
            case Denied():
                self._report_denial(taken.claimed.send.place.workspace, error)
                await self._pause(taken, reason, self._limits.longest_wait)
            case Refused() if posting:
                await self._end(taken, SendState.FAILED, reason, gone=error.gone)
            case Refused():
                await self._try_again(taken, reason, accepted=False)
            case _ if posting and not isinstance(error, Unreachable):
                await self._try_again(taken, reason, accepted=None)
            case _:
                await self._try_again(taken, reason, accepted=False, counts=False)

    async def _sent(self, taken: Taken, posted: Posted) -> None:
        """It stands: whatever goes wrong now, it is not posted again."""
        send = taken.claimed.send
        sender = self._by_kind[send.kind]
        try:
            await self._kept(lambda: sender.posted(send, posted), taken, leases=PATIENCE)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  the feature's own matter
            self._report(error, doing=f"posted {send.kind}")
        await self._finish(taken, SendState.SENT, posted=posted, leases=PATIENCE)

    async def _pause(self, taken: Taken, reason: str, wait: timedelta) -> None:
        """All of the workspace waits, here at once and everywhere by the store."""
        workspace = taken.claimed.send.place.workspace
        self._paused[workspace] = steady() + wait.total_seconds()
        await self._kept(lambda: self._store.pause(workspace, wait=wait, reason=reason), taken)
        await self._try_again(taken, reason, accepted=False, counts=False, wait=wait)

    def _report_denial(self, workspace: Workspace, error: Denied) -> None:
        last = self._denied.get(workspace)
        if last is None or steady() - last > DENIED_AGAIN:
            self._denied[workspace] = steady()
            self._report(error, doing=f"post in {workspace.key}: {error.reason}")

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
        counts = counts and not self._may_repeat(claimed.send)
        if counts and claimed.tries >= self._limits.tries:
            doubt = accepted is None or claimed.doubtful
            await self._end(taken, SendState.UNKNOWN if doubt else SendState.FAILED, reason)
            return
        times = claimed.tries if counts else claimed.attempt
        backoff = self._limits.first_wait * 2 ** min(times - 1, 16)
        shortest = timedelta(seconds=self._limits.post_seconds) if accepted is None else timedelta()
        await self._kept(
            lambda: self._store.retry(
                claimed,
                wait=wait or min(max(backoff, shortest), self._limits.longest_wait),
                reason=reason,
                accepted=accepted,
                counts=counts,
            ),
            taken,
        )

    def _may_repeat(self, send: Send) -> bool:
        """Twice is the same as once: it is tried until it is late."""
        sender = self._by_kind.get(send.kind)
        return sender is not None and sender.kinds[send.kind] is Unknown.NO_MATTER

    async def _end(
        self, taken: Taken, state: SendState, reason: str, *, gone: bool = False
    ) -> None:
        words = await words_about(
            self._trouble, self._report, taken.claimed.send, state, reason, gone=gone
        )
        await self._finish(taken, state, reason=reason, words=words)

    async def _finish(
        self,
        taken: Taken,
        state: SendState,
        *,
        reason: str | None = None,
        posted: Posted | None = None,
        words: Sequence[Send] = (),
        leases: int = 1,
    ) -> bool:
        now = self._clock()
        return await self._kept(
            lambda: self._store.finish(
                taken.claimed, state, now, reason=reason, posted=posted, words=words
            ),
            taken,
            leases=leases,
        )

    async def _kept(self, verb: Callable[[], Awaitable[T]], taken: Taken, *, leases: int = 1) -> T:
        """What happened must be written down: while the store is away, again for so many leases.

        Raises StoreUnavailable when they are over.
        """
        until = taken.began + leases * self._limits.lease.total_seconds()
        while True:
            try:
                return await verb()
            except StoreUnavailable:
                if steady() >= until:
                    raise
            await asyncio.sleep(STORE_AWAY)


async def words_about(
    trouble: Trouble, report: JobReport, send: Send, state: SendState, reason: str, *, gone: bool
) -> Sequence[Send]:
    """As Trouble has it; a bug there must not undo the outcome. Raises StoreUnavailable."""
    try:
        return await trouble.words(send, state, reason, gone=gone)
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001  see above
        report(error, doing=f"tell {send.kind}")
        return ()


def send_key(send: Send) -> str:
    """Opaque and unique to one intended send; it goes to the platform with the message."""
    whole = f"{send.place.workspace.key}\n{send.key}"
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def steady() -> float:
    """Seconds by a clock that nobody sets: the running loop's."""
    return asyncio.get_running_loop().time()
