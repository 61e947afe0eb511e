"""The roll-up: all teams of a workspace by name, in words of its own."""

import pytest

from adapters.database.store import DatabaseStore
from bot.messages import Message, Place, Standing, Table, Text
from bot.plaintext import plain
from bot.ports.channels import SlotKind, Team
from knowledge.base import KnowledgeBase
from tests.fakes import WORKSPACE
from tests.noting import counted
from tests.town import LEAD, Town, town

HERE = Place(workspace=WORKSPACE, channel="C1")
NAMES = tuple(f"team-{number:02}" for number in range(1, 24))


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


async def rollup(here: Town, text: str, locale: str = "en") -> Message:
    boss = Standing(admin=True)
    return await here.command(LEAD, f"rollup {text}", name="digest", standing=boss, locale=locale)


async def teams(here: Town, names: tuple[str, ...]) -> None:
    for name in names:
        await here.store.channels.put_team(Team(workspace=WORKSPACE, channel=name, name=name))


async def test_it_says_how_many_teams_it_does_not_list(here: Town) -> None:
    await teams(here, NAMES)
    await here.store.asking.keep(counted(HERE, "people.overview", here.now))
    shown = await rollup(here, "preview")
    table = next(part for part in shown.parts if isinstance(part, Table))
    assert [row[0] for row in table.rows] == list(NAMES[:20])
    assert "The first 20 are listed, 3 more teams are not." in plain(shown)
    assert "23 teams, 0 questions answered this week." in plain(shown)


async def test_one_question_and_one_team_are_singular(here: Town) -> None:
    await teams(here, ("C1",))
    await here.store.asking.keep(counted(HERE, "people.overview", here.now))
    assert "1 team, 1 question answered this week." in plain(await rollup(here, "preview"))


async def test_a_table_that_holds_all_teams_says_nothing_of_more(here: Town) -> None:
    await teams(here, NAMES[:20])
    shown = await rollup(here, "preview")
    assert "more team" not in plain(shown)
    assert len([part for part in shown.parts if isinstance(part, Text)]) == 1


async def test_its_preview_is_of_the_same_week_as_the_digests(here: Town) -> None:
    assert "2026-W11" in plain(await rollup(here, "preview"))  # as if both were on
    await here.command(LEAD, "on mon 09:00 UTC", name="digest")  # today's hour has passed
    assert "2026-W11" in plain(await rollup(here, "preview"))
    await here.command(LEAD, "off", name="digest")
    await rollup(here, "on mon 09:00 UTC")
    assert "2026-W11" in plain(await rollup(here, "preview"))


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("text", ["on", "pause", "frobnicate", "again", "history"])
async def test_what_cannot_be_done_is_answered_with_the_roll_ups_own_commands(
    here: Town, text: str, locale: str
) -> None:
    said = (await rollup(here, text, locale)).summary
    assert "/digest rollup" in said
    assert "/digest on" not in said


async def test_switching_it_on_warns_of_the_names_that_will_be_read(here: Town) -> None:
    said = plain(await rollup(here, "on mon 10:00 UTC"))
    assert "names of all teams" in said
    assert "/digest rollup preview" in said
    assert "names of all teams" not in plain(await rollup(here, "pause 2"))
    assert "/digest rollup preview" in plain(await rollup(here, "status"))
    assert "私有频道" in plain(await rollup(here, "on", "zh-CN"))


async def test_it_has_no_language_of_its_own_to_change_by_mistake(here: Town) -> None:
    await teams(here, ("C1",))
    before = await here.store.channels.team(WORKSPACE, "C1")
    for text in ("language zh", "语言 中文"):
        assert "/digest language" in (await rollup(here, text)).summary
    assert await here.store.channels.team(WORKSPACE, "C1") == before
    assert await here.store.channels.slot(WORKSPACE, "C1", SlotKind.ROLLUP) is None


async def test_its_help_is_about_itself(here: Town) -> None:
    said = plain(await rollup(here, "help"))
    assert said.count("/digest rollup ") == 8
