"""Calls that come at the same time, done as one: a statement for many sends costs as for one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from bot.errors import StoreUnavailable

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST = 100  # calls done as one


class Together(Generic[Asked, Given]):
    """While some calls are worked on, others gather and are next; nobody waits for a timer."""

    def __init__(
        self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Given]]], *, most: int = MOST
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, one: Asked) -> Given:
        """What `work` gives for this one, or raises for it."""
        future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, future))
        if self._worker is None or self._worker.done():
            # A context of its own: the work is nobody's transaction in particular.
            self._worker = asyncio.create_task(self._work_off(), context=Context())
        return await future

    async def _work_off(self) -> None:
        await asyncio.sleep(0)  # those who are about to call get in
        while self._waiting:
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._done([pair for pair in some if not pair[1].done()])
            finally:
                for _, future in some:
                    future.cancel()  # only if this worker was cancelled; else they are done

    async def _done(self, some: Sequence[tuple[Asked, asyncio.Future[Given]]]) -> None:
        if not some:
            return
        try:
            given = await self._work([one for one, _ in some])
        except Exception as error:  # noqa: BLE001  raised again, for the caller it belongs to
            if len(some) > 1 and not isinstance(error, StoreUnavailable):
                for pair in some:  # one of them is at fault: the others must not suffer
                    await self._done([pair])
                return
            for _, future in some:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), one in zip(some, given, strict=True):
            if not future.done():
                future.set_result(one)
