"""A person's own page."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.database.store import DatabaseStore
from bot.home import Home
from bot.messages import Buttons, Heading, Opened, Part, Person, Place, Standing
from knowledge.base import KnowledgeBase
from tests.fakes import WORKSPACE
from tests.town import LEAD, TEAM, Town, town


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


async def page(here: Town, who: str, **about: Any) -> tuple[Part, ...]:
    home = Home(
        pulses=here.store.pulses,
        actions=here.store.actions,
        roles=here.roles,
        chat=here.chat,
        instrument=here.surveying.instrument,
        pages=here.surveying.pages,
    )
    opened = Opened(
        person=Person(workspace=WORKSPACE, id=who),
        place=Place(workspace=WORKSPACE, channel=f"dm-{who}", private=True),
        delivery="d",
        received=here.now,
        locale="en",
    )
    return await home.parts(replace(opened, **about))


def actions_of(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    return [
        (one.action, one.value)
        for part in parts
        if isinstance(part, Buttons)
        for one in part.buttons
    ]


async def test_an_open_pulse_can_be_answered_from_the_page(here: Town) -> None:
    pulse = await here.launch()
    parts = await page(here, TEAM[5])
    assert actions_of(parts) == [("pulse.answer", pulse.id)]
    assert not [part for part in parts if isinstance(part, Heading)]


async def test_who_was_not_invited_sees_no_pulse(here: Town) -> None:
    await here.launch()
    assert await page(here, "stranger") == ()


async def test_a_lead_sees_where_the_team_stands(here: Town) -> None:
    assert "No pulse has been run" in str(await page(here, LEAD))
    pulse = await here.launch()
    for one in TEAM[:6]:
        await here.answer(one, pulse, 4)
    await here.pass_time(days=8)
    shown = str(await page(here, LEAD))
    assert "75" in shown
    assert "No pulse has been run" not in shown
    assert [part for part in await page(here, TEAM[3]) if isinstance(part, Heading)] == []


async def test_a_result_that_is_hidden_stays_hidden(here: Town) -> None:
    pulse = await here.launch()
    for one in TEAM[:3]:
        await here.answer(one, pulse, 5)
    await here.pass_time(days=8)
    assert "100" not in str(await page(here, LEAD))


async def test_guests_only_ask(here: Town) -> None:
    await here.launch()
    assert await page(here, TEAM[5], standing=Standing(guest=True)) == ()
