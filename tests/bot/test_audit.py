"""The audit trail and the list of deliveries are written for people, not in ids."""

import re
from datetime import timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.errors import Refused
from bot.messages import Buttons, Message, Table
from bot.outcomes import OURS, THEIRS, explained
from bot.ports.channels import Team
from bot.wording import wording
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from tests.fakes import WORKSPACE
from tests.town import LEAD, TEAM, Town, button, town

ID = re.compile(r"\b[0-9a-f]{12,}\b")
TITLE = "Write down who is responsible for the security of each of our clusters, and who stands in"


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


def rows(message: Message) -> tuple[tuple[str, ...], ...]:
    return next(part for part in message.parts if isinstance(part, Table)).rows


async def lived(here: Town) -> None:
    """A pulse with a result, an action from it, a lead named, a digest that was sent again."""
    await here.command(LEAD, "on mon 09:00 Europe/Berlin", name="digest")
    pulse = await here.launch()
    for who in TEAM[:8]:
        await here.answer(who, pulse, 2)
    await here.pass_time(days=8)
    make = button(await here.command(LEAD, "results"), "actions.new").value
    values = {"title": TITLE, "owner": "p2", "week": "2026-W20"}
    await here.submit(LEAD, "actions.make", make, values)
    await here.command(LEAD, "leads add", name="coach")


async def test_what_an_act_was_about_is_named_as_people_know_it(here: Town) -> None:
    await lived(here)
    here.chat.failing = Refused("is_archived")
    here.now += timedelta(days=6)
    await here.sending.plan()
    await here.deliver()
    here.chat.failing = None
    await here.click(LEAD, "deliveries.again", "digest:C1:2026-W12")
    shown = {
        what: about for _, _, what, about in rows(await here.command(LEAD, "audit", name="coach"))
    }
    assert shown["started a pulse"] == "People, 2 Mar 2026"
    assert shown["had a post sent again"] == "weekly digest 2026-W12"
    assert shown["turned the digest on"] == "2026-W11"
    assert not ID.search(str(shown))


async def test_an_action_is_named_by_its_title_cut(here: Town) -> None:
    await lived(here)
    shown = {
        what: about for _, _, what, about in rows(await here.command(LEAD, "audit", name="coach"))
    }
    (about,) = [about for about in shown.values() if about.startswith("Write down")]
    assert about.endswith("…")
    assert len(about) <= 60


async def test_deliveries_are_told_in_the_channels_zone_with_their_week(here: Town) -> None:
    await lived(here)
    listed = await here.command(LEAD, "deliveries", name="coach")
    table = next(part for part in listed.parts if isinstance(part, Table))
    assert table.header[1] == "Due (Europe/Berlin)"
    assert ("weekly digest 2026-W11", "Mon 9 Mar, 09:00", "sent", "") in table.rows
    assert not ID.search(str(table.rows))


async def test_a_late_one_says_how_late_it_was_and_what_is_allowed(here: Town) -> None:
    await here.command(LEAD, "on mon 09:00 UTC", name="digest")
    here.now += timedelta(days=8, hours=8)  # from Monday at ten: 33 hours after the digest's time
    await here.sending.plan()
    await here.deliver()
    for locale, said in (
        ("en", "33 hours late; the limit is 12"),
        ("zh-CN", "迟了 33 小时，上限是 12 小时"),
    ):
        listed = await here.command(LEAD, "deliveries", name="coach", locale=locale)
        assert rows(listed)[0][3] == said
        (offer,) = next(part for part in listed.parts if isinstance(part, Buttons)).buttons
        assert offer.label.endswith("2026-W11")


@pytest.mark.parametrize(
    ("reason", "en", "zh"),
    [
        ("is_archived", "the channel is archived (is_archived)", "频道已归档（is_archived）"),
        (
            "403 BotNotInConversationRoster",
            "I am not in the channel, or it is gone (403 BotNotInConversationRoster)",
            "我不在这个频道里，或者频道已经不在（403 BotNotInConversationRoster）",
        ),
        (
            "missing_scope:chat:write",
            "I am not allowed to post there (missing_scope:chat:write)",
            "我没有在那里发消息的权限（missing_scope:chat:write）",
        ),
        ("502", "the platform didn't answer (502)", "平台没有响应（502）"),
        (
            "brand_new_word",
            "the platform refused it (brand_new_word)",
            "平台拒绝了（brand_new_word）",
        ),
        ("removed", "I am not in the channel, or it is gone", "我不在这个频道里，或者频道已经不在"),
    ],
)
def test_a_reason_is_explained_in_both_languages(reason: str, en: str, zh: str) -> None:
    assert explained(reason, wording(Language.EN)) == en
    assert explained(reason, wording(Language.ZH)) == zh


@pytest.mark.parametrize("language", Language)
def test_every_reason_that_is_known_has_its_words(language: Language) -> None:
    assert all(explained(reason, wording(language)) for reason in (*OURS, *THEIRS))


async def test_a_send_of_a_channel_without_a_slot_is_told_in_the_leads_zone(here: Town) -> None:
    await here.store.channels.put_team(Team(workspace=WORKSPACE, channel="C1", name="C1"))
    await here.launch()
    listed = await here.command(LEAD, "deliveries", name="coach")
    table = next(part for part in listed.parts if isinstance(part, Table))
    assert table.header[1] == "Due (UTC)"
    assert not ID.search(str(table.rows))
