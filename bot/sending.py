"""`plan` and `deliver`: what any job engine calls so that each send is made exactly once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.delivering import Delivering, JobReport, Limits, Taken, Trouble, steady, words_about
from bot.errors import StoreUnavailable
from bot.messages import Workspace
from bot.ports.chat import Chat
from bot.ports.sends import Enqueue, Sender, SendStore

LEAST_SHARE = 25  # claims of one workspace at a time: each time costs several statements


class WrongClock(Exception):
    """This machine's clock differs from the database's by more than is allowed."""


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
        most_skew: timedelta | None = None,
    ) -> None:
        """`most_skew`: nothing is done while the clock is further from the database's."""
        self._store = store
        self._chat = chat
        self._senders = tuple(senders)
        self._trouble = trouble
        self._clock = clock
        self._report = report
        self.limits = limits or Limits()
        self._most_skew = most_skew
        self._clock_is_wrong = False
        self._delivering = Delivering(
            store=store,
            chat=chat,
            senders=senders,
            trouble=trouble,
            clock=clock,
            report=report,
            limits=self.limits,
        )
        self.deliver = self._delivering.deliver

    async def plan(self) -> int:
        """Insert what is due and give up what is late; how many were planned.

        One feature's error does not keep the others from planning. Raises StoreUnavailable.
        """
        now = self._clock()
        if await self._is_wrong(now):
            return 0
        planned = 0
        for sender in self._senders:
            try:
                planned += await sender.plan(now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  an entry point: the others must go on
                self._report(error, doing=f"plan {type(sender).__name__}")
        await self._drop_late(now)
        return planned

    async def _is_wrong(self, now: datetime) -> bool:
        """A clock that is hours off would send too early and give up what is not late."""
        if self._most_skew is None:
            return False
        skew = abs(await self._store.skew(now))
        was, self._clock_is_wrong = self._clock_is_wrong, skew > self._most_skew
        if self._clock_is_wrong and not was:
            minutes = round(skew.total_seconds() / 60)
            self._report(WrongClock(), doing=f"plan: the clock is {minutes} minutes off")
        return self._clock_is_wrong

    async def _drop_late(self, now: datetime) -> None:
        for send, state in await self._store.drop_late(now):
            words = await words_about(
                self._trouble, self._report, send, state, state.value, gone=False
            )
            await self._store.insert(words)

    async def take(
        self, most: int, begin: Callable[[Taken], object], *, each: int | None = None
    ) -> int:
        """Claim up to so many sends, shared between the workspaces that have some, in turn.

        `begin` is given each at once, so that none is left lying if a later claim fails; `each` is
        how many of one workspace may be in hand. How many were claimed.
        """
        if self._clock_is_wrong:
            return 0
        now, taken = self._clock(), 0
        due = [one for one in await self._store.due(now) if self._chat.pace(one) > 0]
        for place, workspace in enumerate(due):
            left = most - taken
            share = min(left, max(LEAST_SHARE, left // (len(due) - place)))
            if each is not None:
                share = min(share, each - self._delivering.in_hand(workspace))
            if left <= 0:
                break
            if share > 0:
                taken += await self._claim(workspace, now, share, begin)
        return taken

    async def _claim(
        self, workspace: Workspace, now: datetime, most: int, begin: Callable[[Taken], object]
    ) -> int:
        began = steady()
        pace = self._chat.pace(workspace)
        claimed = await self._store.claim(
            workspace, now, most=most, pace=pace, lease=self.limits.lease
        )
        for one in claimed:
            begin(Taken(claimed=one, began=began))
        return len(claimed)

    async def take_these(self, workspace: Workspace, keys: Sequence[str]) -> tuple[Taken, ...]:
        """Claim what is free of these."""
        pace = self._chat.pace(workspace)
        if pace <= 0 or self._clock_is_wrong:
            return ()
        began = steady()
        claimed = await self._store.claim_these(
            workspace, keys, self._clock(), pace=pace, lease=self.limits.lease
        )
        return tuple(Taken(claimed=one, began=began) for one in claimed)

    async def hand_out(self, enqueue: Enqueue) -> int:
        """Give due sends to a job queue, a share to each workspace; how many."""
        if self._clock_is_wrong:
            return 0
        now, again_after = self._clock(), 2 * self.limits.lease
        number = 0
        for workspace in await self._store.due_for_queue(now, again_after=again_after):
            pace = self._chat.pace(workspace)
            if pace > 0:
                handed = await self._store.hand_out(
                    workspace, now, most=self.limits.batch, pace=pace, again_after=again_after
                )
                if handed:
                    await enqueue(handed)
                number += sum(len(one.keys) for one in handed)
        return number

    async def all_due(self) -> None:
        """Plan and deliver, one after the other, until nothing is due: for a single process."""
        await self.plan()
        taken: list[Taken] = []
        while await self.take(self.limits.batch, taken.append):
            while taken:
                await self.deliver(taken.pop(0))
