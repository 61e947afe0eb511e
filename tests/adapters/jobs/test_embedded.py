"""The engine inside one process: it goes on, it shares, and it stops without leaving anything."""

import asyncio

from adapters.database.store import DatabaseStore
from adapters.jobs.embedded import Embedded
from bot.delivering import Limits
from bot.messages import Platform, Workspace
from bot.ports.sends import SendState
from tests.fakes import WORKSPACE
from tests.office import Office

OTHER = Workspace(platform=Platform.TERMINAL, id="W2")


def report(error: Exception, *, doing: str) -> None:
    raise AssertionError(doing) from error


async def test_a_stop_in_the_middle_leaves_nothing_claimed_and_untried(
    store: DatabaseStore,
) -> None:
    """What is claimed and not tried would count as perhaps posted where nobody can look."""
    office = Office(store=store, limits=Limits())
    for number in range(60):
        workspace = WORKSPACE if number % 2 else OTHER
        await office.plan(key=str(number), channel=f"C{number}", workspace=workspace)
    jobs = Embedded(office.sending, report, poll=0.01)
    await jobs.start()
    await asyncio.sleep(0.02)  # the first claims are being made
    await jobs.stop()
    counts = await store.sends.counts()
    assert counts.get(("letter", "sent"), 0) == len(office.chat.posts)
    for number in range(60):
        workspace = WORKSPACE if number % 2 else OTHER
        one = await store.sends.one(workspace, str(number))
        assert one is not None
        assert one.state is SendState.SENT or one.attempts == 0


async def test_a_workspace_that_hangs_leaves_room_for_others(store: DatabaseStore) -> None:
    office = Office(store=store, limits=Limits())
    office.chat.hanging = {OTHER}
    for number in range(20):
        await office.plan(key=str(number), channel=f"C{number}", workspace=OTHER)
    for number in range(5):
        await office.plan(key=str(number), channel=f"C{number}")
    jobs = Embedded(office.sending, report, parallel=8, poll=0.01)
    await jobs.start()
    async with asyncio.timeout(20):
        while len(office.chat.posts) < 5:  # noqa: ASYNC110  nothing tells when
            await asyncio.sleep(0.02)
    await jobs.stop(grace=0.1)
    assert {place.workspace for place, _, _ in office.chat.posts} == {WORKSPACE}
