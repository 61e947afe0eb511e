"""What leads change about a weekly post by `/digest`, and what they are told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.database.store import DatabaseStore
from bot.coach import refusal
from bot.digestverbs import (
    MEANT,
    VERBS,
    languages_of,
    nothing_more,
    unknown_verb,
    verb_first,
    weeks_of,
)
from bot.errors import Invalid
from bot.messages import Facts, Message, Note, Standing
from bot.plaintext import plain
from bot.ports.channels import UNTIL_RESUMED, Languages, Slot, SlotKind
from bot.wording import wording
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from tests.fakes import WORKSPACE
from tests.town import LEAD, TEAM, Town, button, town

ON = "on mon 09:00 Europe/Berlin"


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


async def digest(here: Town, text: str, locale: str = "en") -> Message:
    return await here.command(LEAD, text, name="digest", locale=locale)


async def slot_of(here: Town) -> Slot:
    found = await here.store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("", None),
        ("2", 2),
        ("2 weeks", 2),
        ("for 3 weeks", 3),
        ("one week", 1),
        ("2周", 2),
        ("2 周", 2),
        ("两周", 2),
        ("两个星期", 2),
        ("兩週", 2),
        ("十二周", 12),
    ],
)
def test_a_pause_is_given_in_weeks(text: str, weeks: int | None) -> None:
    assert weeks_of(text) == weeks


@pytest.mark.parametrize(
    "text", ["0", "53", "2 3 4", "two days", "2 months", "周", "2weeks3", "-1"]
)
def test_what_is_no_number_of_weeks_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as error:
        weeks_of(text)
    assert error.value.key == "digest.bad_weeks"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("en", Languages.EN),
        ("Chinese", Languages.ZH),
        ("both", Languages.BOTH),
        ("en zh", Languages.BOTH),
        ("zh, en", Languages.BOTH),
        ("English and Chinese", Languages.BOTH),
        ("中文和英文", Languages.BOTH),
        ("雙語", Languages.BOTH),
        ("en en", Languages.EN),
    ],
)
def test_one_language_or_both_can_be_named(text: str, language: Languages) -> None:
    assert languages_of(text) is language


@pytest.mark.parametrize("text", ["", "klingon", "en fr", "and"])
def test_other_languages_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        languages_of(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("prewiew", "preview"),
        ("resum", "resume"),
        ("pasue", "pause"),
        ("取消静", "取消静音"),
        ("开起", "开启"),
    ],
)
def test_a_misspelt_verb_is_met_with_the_right_one(text: str, near: str) -> None:
    error = unknown_verb(text)
    assert (error.key, error.values["near"]) == ("digest.usage_near", near)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("暂停两周", ["暂停", "两周"]),
        ("暫停 2周", ["暂停", "2周"]),
        ("开启周一9点", ["开启", "周一9点"]),
        ("取消静音", ["取消静音"]),
        ("PAUSE 2", ["pause", "2"]),
        ("PREWIEW", ["PREWIEW"]),
    ],
)
def test_chinese_verbs_need_no_space_after_them(text: str, expected: list[str]) -> None:
    assert verb_first(text.split()) == expected


@given(st.text(max_size=20))
def test_any_text_after_a_verb_is_understood_or_refused_in_both_languages(text: str) -> None:
    for read in (weeks_of, languages_of, unknown_verb, lambda said: nothing_more(said.split())):
        try:
            found = read(text)
        except Invalid as error:
            found = error
        if isinstance(found, Invalid):
            assert all(refusal(found, language).summary for language in Language)


@pytest.mark.parametrize("language", list(Language))
def test_an_unknown_verb_is_met_with_all_of_them_in_the_readers_language(
    language: Language,
) -> None:
    said = wording(language).say("digest.usage", given="x")
    for names in VERBS.values():
        own = [name for name in names if name.isascii() == (language is Language.EN)]
        assert any(name in said for name in own)


def test_every_command_that_the_chinese_sentences_name_exists() -> None:
    said = wording(Language.ZH)
    lines = said.say("digest.help").split("\n")
    assert all(line.split()[1].partition("——")[0] in MEANT for line in lines)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("off please", "“please”"),
        ("resume 2 3", "“2 3”"),
        ("mute mon", "“mon”"),
        ("status now", "“now”"),
        ("preview now", "“now”"),
        ("again 2026-W09", "“2026-W09”"),
        ("prewiew", "“/digest preview”"),
        ("pause 2 3 4", "weeks"),
        ("language en fr", "en, zh or both"),
    ],
)
async def test_extra_words_are_refused_and_nothing_is_changed(
    here: Town, text: str, quoted: str
) -> None:
    await digest(here, ON)
    before = await slot_of(here)
    assert quoted in (await digest(here, text)).summary
    assert await slot_of(here) == before


async def test_a_channel_that_never_had_one_is_told_how_to_turn_it_on(here: Town) -> None:
    said = await digest(here, "")
    assert "/digest on mon 09:00 Europe/Berlin" in said.summary
    chinese = await digest(here, "", "zh-CN")
    assert "/digest 开启 周一 9:00 Asia/Shanghai" in chinese.summary
    boss = Standing(admin=True)
    rollup = await here.command(LEAD, "rollup", name="digest", standing=boss)
    assert "/digest rollup on mon" in rollup.summary


async def test_once_off_it_is_turned_on_again_without_saying_when(here: Town) -> None:
    await digest(here, ON)
    await digest(here, "off")
    said = await digest(here, "")
    assert "“/digest on” turns it on again for Monday 09:00 (Europe/Berlin)" in said.summary
    assert "Next: Mon 9 Mar, 09:00 (Europe/Berlin)" in (await digest(here, "on")).summary


@pytest.mark.parametrize(
    ("change", "sentence", "next_line"),
    [
        ("mute", "is muted", "Next: Mon 9 Mar, 09:00 (Europe/Berlin)"),
        ("pause", "until you resume it", "Next: none while it is paused"),
        ("pause 2", "until 16 Mar 2026", "Next: Mon 23 Mar, 09:00 (Europe/Berlin)"),
    ],
)
async def test_the_status_tells_slot_language_and_next_date(
    here: Town, change: str, sentence: str, next_line: str
) -> None:
    await digest(here, ON)
    await digest(here, "language both")
    await digest(here, change)
    said = await digest(here, "status")
    assert sentence in said.summary
    facts = next(part for part in said.parts if isinstance(part, Facts))
    assert facts.pairs[:2] == (
        ("Every week", "Monday 09:00 (Europe/Berlin)"),
        ("Language", "English and Chinese"),
    )
    assert plain(said).count(next_line) == 1


async def test_a_pause_names_the_next_digest_with_the_year_where_it_is_another(here: Town) -> None:
    await digest(here, ON)
    assert "Next: Mon 23 Mar, 09:00 (Europe/Berlin)" in (await digest(here, "pause 2")).summary
    assert "Next: Mon 4 Jan 2027, 09:00" in (await digest(here, "pause 43 weeks")).summary
    chinese = await digest(here, "暂停四十三周", "zh-CN")
    assert "下一次：2027年1月4日 星期一 09:00（Europe/Berlin）" in chinese.summary
    assert (await slot_of(here)).resume == here.now + timedelta(weeks=43)


async def test_the_digest_that_a_pause_promises_is_the_one_that_comes(here: Town) -> None:
    await digest(here, ON)
    assert "Mon 23 Mar" in (await digest(here, "pause 2")).summary
    await here.pass_time(days=20)
    assert here.chat.posts == []
    await here.pass_time(days=1)
    assert len(here.chat.posts) == 1


async def test_pausing_in_chinese_without_a_number_lasts_until_resumed(here: Town) -> None:
    await digest(here, ON)
    await digest(here, "暂停", "zh-CN")
    assert (await slot_of(here)).resume == UNTIL_RESUMED


async def test_moving_a_slot_so_that_this_week_is_left_out_says_so(here: Town) -> None:
    await digest(here, "on fri 09:00 UTC")
    moved = await digest(here, "on mon 09:00 UTC")
    assert "This week is left out" in plain(moved)
    assert "This week is left out" not in plain(await digest(here, "on tue 09:00 UTC"))


async def test_moving_a_slot_after_this_weeks_post_leaves_nothing_out(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=7)
    assert "left out" not in plain(await digest(here, "on fri 09:00 UTC"))


async def test_the_answer_offers_the_preview_as_a_button(here: Town) -> None:
    offered = button(await digest(here, ON), "digest.preview")
    shown = await here.click(TEAM[3], offered.action, offered.value)
    assert isinstance(shown.parts[0], Note)
    assert "only you see it" in shown.parts[0].text
    stale = await here.click(LEAD, "digest.preview", "nonsense")
    assert "only you see it" not in plain(stale)


async def test_the_command_has_a_chinese_name(here: Town) -> None:
    await here.command(LEAD, "开启周五下午3点半北京", name="周报", locale="zh-CN")
    slot = await slot_of(here)
    assert (slot.weekday, f"{slot.at:%H:%M}", slot.zone) == (4, "15:30", "Asia/Shanghai")
