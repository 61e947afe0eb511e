"""Calls at the same time are done as one, and none of them suffers from another."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.errors import StoreUnavailable
from bot.together import Together


class Doubling:
    def __init__(self) -> None:
        self.rounds: list[Sequence[int]] = []
        self.away = False

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.rounds.append(tuple(numbers))
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("restart")
        if 13 in numbers:
            raise ValueError(13)
        return [2 * one for one in numbers]


async def test_calls_at_the_same_time_are_one_and_each_gets_its_own() -> None:
    work = Doubling()
    double = Together(work, most=3)
    assert await asyncio.gather(*(double(one) for one in range(5))) == [0, 2, 4, 6, 8]
    assert work.rounds == [(0, 1, 2), (3, 4)]
    assert await double(5) == 10


async def test_an_error_is_for_the_one_it_belongs_to() -> None:
    work = Doubling()
    double = Together(work)
    found = await asyncio.gather(*(double(one) for one in (1, 13, 2)), return_exceptions=True)
    assert found[0] == 2
    assert isinstance(found[1], ValueError)
    assert found[2] == 4


async def test_a_store_that_is_away_is_told_to_all_and_asked_once() -> None:
    work = Doubling()
    work.away = True
    double = Together(work)
    found = await asyncio.gather(*(double(one) for one in (1, 2)), return_exceptions=True)
    assert [type(one) for one in found] == [StoreUnavailable] * 2
    assert len(work.rounds) == 1
    work.away = False
    assert await double(3) == 6


async def test_who_gives_up_waiting_leaves_the_others_alone() -> None:
    work = Doubling()
    double = Together(work)
    first, second = asyncio.create_task(double(1)), asyncio.create_task(double(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 4
    with pytest.raises(asyncio.CancelledError):
        await first
