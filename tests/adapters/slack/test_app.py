"""The listeners: few, quick to acknowledge, and patient at the end."""

import asyncio
import time

from bot.messages import Inbound, Message
from tests.adapters.slack.scripted import Scripted, said
from tests.adapters.slack.world import World


def test_at_most_twelve_listeners_are_registered(slack: World) -> None:
    assert slack.slack.app is not None
    assert len(slack.slack.app.bolt._async_listeners) <= 12


async def test_the_acknowledgement_does_not_wait_for_the_answer(
    slack: World, coach: Scripted
) -> None:
    ready = asyncio.Event()

    async def waiting(_inbound: Inbound) -> Message:
        await ready.wait()
        return said("At last")

    coach.script = waiting
    try:
        async with asyncio.timeout(10):
            await slack.side.mention(slack.user("ada"), slack.channel, "hi")
            await slack.side.command(slack.user("ada"), slack.channel, "/coach", "hi")
        assert slack.stands() == []
    finally:
        ready.set()
    await slack.settled()
    assert [one["text"] for one in slack.stands()] == ["At last"]
    assert slack.proxy.responses[0][1]["text"] == "At last"


async def test_a_stop_finishes_what_is_in_hand(slack: World, coach: Scripted) -> None:
    async def slowly(_inbound: Inbound) -> Message:
        await asyncio.sleep(0.3)
        return said("Finished")

    coach.script = slowly
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    assert slack.slack.app is not None
    await slack.slack.app.stop(5)
    assert [one["text"] for one in slack.stands()] == ["Finished"]


async def test_a_stop_gives_up_what_never_ends(slack: World, coach: Scripted) -> None:
    async def never(_inbound: Inbound) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    coach.script = never
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    await asyncio.sleep(0.1)
    assert len(coach.given) == 1
    assert slack.slack.app is not None
    started = time.perf_counter()
    await slack.slack.app.stop(0.1)
    assert time.perf_counter() - started < 2
