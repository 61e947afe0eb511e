"""What job engines are made of: loops that go on, and room that one workspace can't fill."""

import asyncio

import pytest

from adapters.jobs.loops import Loops
from adapters.jobs.room import Room
from bot.errors import StoreUnavailable
from bot.messages import Platform, Workspace

HERE = Workspace(platform=Platform.SLACK, id="T1")
THERE = Workspace(platform=Platform.SLACK, id="T2")


class Notes:
    def __init__(self) -> None:
        self.errors: list[str] = []

    def __call__(self, error: Exception, *, doing: str) -> None:
        self.errors.append(f"{doing}: {error}")


async def test_a_loop_goes_on_after_an_error_and_reports_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.jobs.loops.AWAY", 0.0)
    notes, rounds = Notes(), []

    async def plan() -> float:
        rounds.append(1)
        if len(rounds) == 1:
            raise ValueError("bug")
        if len(rounds) == 2:
            raise StoreUnavailable("restart")
        return 0.01

    loops = Loops(notes)
    loops.start(plan)
    await asyncio.sleep(0.1)
    await loops.stop(1)
    assert len(rounds) > 2
    assert notes.errors == ["plan: bug"]


async def test_a_stop_lets_the_round_under_way_end_and_begins_no_other() -> None:
    ended = []

    async def slow() -> float:
        await asyncio.sleep(0.1)
        ended.append(1)
        return 0.0

    loops = Loops(Notes())
    loops.start(slow)
    await asyncio.sleep(0.01)
    await loops.stop(5)
    assert ended == [1]


async def test_a_round_that_takes_too_long_is_cancelled_by_a_stop() -> None:
    async def hangs() -> float:
        await asyncio.sleep(60)
        return 0.0

    loops = Loops(Notes())
    loops.start(hangs)
    await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await loops.stop(0.05)


async def test_room_is_shared_and_one_workspace_leaves_some_to_others() -> None:
    room, inside = Room(4, each=3), []

    async def take(workspace: Workspace, share: int) -> None:
        async with room.taken(workspace, share):
            inside.append(workspace)
            await asyncio.sleep(0.05)
            inside.remove(workspace)

    tasks = [asyncio.create_task(take(HERE, 1)) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert inside == [HERE] * 3
    tasks.append(asyncio.create_task(take(THERE, 1)))
    await asyncio.sleep(0.01)
    assert inside == [HERE] * 3 + [THERE]
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, take(THERE, 99))
    assert inside == []
