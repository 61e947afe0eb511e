"""Digests through the one door: settings, what is posted when, and what leads can do about it."""

from datetime import timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.errors import Refused
from bot.messages import Bullets, Buttons, Chart, Facts, Message, Note, Place, Standing, Table, Text
from bot.plaintext import plain
from bot.ports.asking import GapReason
from bot.ports.channels import SlotKind, SlotState, Team
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from tests.fakes import WORKSPACE
from tests.noting import counted
from tests.town import LEAD, TEAM, Town, button, town

ON = "on mon 09:00 Europe/Berlin"
HERE = Place(workspace=WORKSPACE, channel="C1")


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


async def digest(here: Town, text: str, who: str = LEAD, **about: str) -> Message:
    return await here.command(who, text, name="digest", **about)


def posts(here: Town) -> list[Message]:
    """To the channel, pulses' own posts left out."""
    every = (message for _, message, _ in here.chat.posts)
    return [one for one in every if not ("Pulse" in one.summary and "answered" in plain(one))]


async def test_a_lead_turns_it_on_and_the_week_after_it_is_posted(here: Town) -> None:
    said = await digest(here, ON)
    assert "Next: Mon 9 Mar, 09:00 (Europe/Berlin)" in said.summary
    await here.pass_time(days=6)
    assert posts(here) == []
    await here.pass_time(days=1)
    assert len(posts(here)) == 1
    await here.pass_time(days=21)
    assert len(posts(here)) == 4


async def test_the_same_by_coach_and_in_chinese(here: Town) -> None:
    await here.command(LEAD, "digest on 周一 9:00 Asia/Shanghai", name="coach", locale="zh-CN")
    await digest(here, "language zh")
    await here.pass_time(days=7)
    (post,) = posts(here)
    assert post.language is Language.ZH
    assert "平静的一周" in post.summary


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("on mon 09:00 Europe/Berlim", "Europe/Berlin"),
        ("on mon 25:00 UTC", "23:59"),
        ("on someday 09:00 UTC", "mon, tue"),
        ("on", "weekday"),
        ("pause 0", "weeks"),
        ("language klingon", "en, zh or both"),
        ("frobnicate", "on, off"),
        ("resume", "nothing switched on"),
        ("again", "no digest"),
    ],
)
async def test_bad_input_is_met_with_what_is_allowed(here: Town, text: str, word: str) -> None:
    if text.startswith(("pause",)):
        await digest(here, ON)
    assert word in (await digest(here, text)).summary


async def test_a_channel_that_the_coach_is_not_in_is_said_so(here: Town) -> None:
    here.chat.failing = Refused("not_in_channel")
    said = await digest(here, ON)
    assert "Invite me" in said.summary
    assert await here.store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST) is None


async def test_neither_members_nor_leads_of_other_channels_change_a_digest(here: Town) -> None:
    refused = await digest(here, ON, TEAM[5])
    assert LEAD in refused.summary
    await digest(here, ON, channel="C2")
    assert await here.store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST) is None
    assert await here.store.channels.slot(WORKSPACE, "C2", SlotKind.DIGEST) is None


async def test_pause_mute_resume_and_off(here: Town) -> None:
    await digest(here, ON)
    await digest(here, "pause 2")
    await here.pass_time(days=14)
    assert posts(here) == []
    await here.pass_time(days=7)
    assert len(posts(here)) == 1
    await digest(here, "mute")
    await here.pass_time(days=7)
    assert len(posts(here)) == 1
    past = await here.store.channels.digests(WORKSPACE, "C1", SlotKind.DIGEST, most=9)
    assert len(past) == 2  # made and kept all the same
    await digest(here, "resume")
    await here.pass_time(days=7)
    assert len(posts(here)) == 2
    await digest(here, "off")
    await here.pass_time(days=14)
    assert len(posts(here)) == 2


async def test_moving_a_slot_after_its_post_does_not_post_the_week_twice(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=7)
    said = await digest(here, "on fri 09:00 UTC")
    assert "Fri 20 Mar" in said.summary
    await digest(here, ON)
    await here.pass_time(days=6)
    assert len(posts(here)) == 1


async def test_the_status_names_the_next_post_not_a_week_that_has_its_own(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=7)
    for weekday in ("tue", "sun"):  # Sunday's next is further off than a week
        said = await digest(here, f"on {weekday} 09:00 UTC")
        await here.deliver()
        assert (await digest(here, "status")).summary == said.summary
    await here.pass_time(days=10)
    assert len(posts(here)) == 1
    await here.pass_time(days=3)
    assert len(posts(here)) == 2


async def test_settings_changed_while_it_is_being_sent_count(here: Town) -> None:
    await digest(here, ON)
    here.now += timedelta(days=7)
    await here.sending.plan()  # planned, and then switched off
    await digest(here, "off")
    await here.deliver()
    assert posts(here) == []


async def test_the_fourth_quiet_week_asks_whether_to_pause(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=28)
    asked = [any(isinstance(part, Buttons) for part in post.parts) for post in posts(here)]
    assert asked == [False, False, False, True]
    assert [len(post.parts) for post in posts(here)][:3] == [3, 3, 3]
    await here.click(LEAD, "digest.pause", "4")
    slot = await here.store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST)
    assert slot is not None
    assert slot.resume == here.now + timedelta(days=28)


async def test_a_full_week_tells_of_result_win_focus_questions_and_the_open_pulse(
    here: Town,
) -> None:
    await digest(here, ON)
    await a_full_week(here)
    post = posts(here)[-1]
    text = plain(post)
    assert len(post.parts) <= 12
    assert post.summary.startswith("New pulse result: People stands at")
    assert "not answered yet" in text
    assert "how do penguins fly" in text
    assert "Focus:" in text
    assert "Next step:" in text
    assert "Pulse on Process: open until" in text
    assert "3 questions answered this week" in text
    facts = next(part for part in post.parts if isinstance(part, Facts))
    assert len(facts.pairs) == 5


async def a_full_week(here: Town) -> None:
    """A pulse that closed, another one open, questions asked and not answered."""
    pulse = await here.launch("people|everyone|3d|yes|yes|0w|C1")
    for who in TEAM[:8]:
        await here.answer(who, pulse, 3)
    await here.launch("process|everyone|10d|yes|yes|0w|C1")
    await here.pass_time(days=5)
    asking = here.store.asking
    for topic in ("people.overview", "people.security", "process.ci-cd"):
        await asking.keep(counted(HERE, topic, here.now))
    await asking.add_gap(
        HERE,
        text="how do penguins fly",
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=(),
        now=here.now,
        aloud=True,
    )
    await here.pass_time(days=2)


async def test_too_few_answers_are_never_shown_as_a_score(here: Town) -> None:
    await digest(here, ON)
    pulse = await here.launch()
    for who in TEAM[:4]:
        await here.answer(who, pulse, 5)
    await here.pass_time(days=14)
    text = plain(posts(here)[-1])
    assert "fewer than 5 answered" in text
    assert "100" not in text


async def test_both_languages_stand_side_by_side(here: Town) -> None:
    await digest(here, ON)
    await digest(here, "language both")
    await a_full_week(here)
    post = posts(here)[-1]
    assert len(post.parts) <= 12
    assert " / " in post.summary
    assert "重点" in plain(post)
    assert "Focus" in plain(post)


async def test_making_it_again_edits_the_post_that_stands(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=7)
    saturday = here.now - timedelta(days=2)
    await here.store.asking.keep(counted(HERE, "people.overview", saturday))
    said = await digest(here, "again")
    assert "2026-W11" in said.summary
    assert len(posts(here)) == 1
    standing = next(iter(here.chat.standing.values()))
    assert "1 question was answered" in standing.summary
    mark = "Made again on Mon 9 Mar, 11:00 (Europe/Berlin)."
    assert plain(standing).endswith(mark)
    shown = await here.click(LEAD, "digest.show", "digest 2026-W11")
    assert plain(shown).endswith(mark)
    assert plain(shown).count("Weekly digest") == 1
    listed = await digest(here, "history")
    items = next(part for part in listed.parts if isinstance(part, Bullets)).items
    assert items[0].endswith(mark)


async def test_what_was_made_again_says_so_in_the_channels_languages(here: Town) -> None:
    await digest(here, ON)
    await digest(here, "language both")
    await here.pass_time(days=7)
    await digest(here, "again")
    standing = plain(next(iter(here.chat.standing.values())))
    assert "Made again on" in standing
    assert "更新过。" in standing


async def test_every_past_digest_that_is_listed_can_be_opened(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=63)
    listed = await digest(here, "history")
    items = next(part for part in listed.parts if isinstance(part, Bullets)).items
    buttons = next(part for part in listed.parts if isinstance(part, Buttons)).buttons
    assert [item[:8] for item in items] == [one.label for one in buttons]
    assert len(items) == 8
    assert not any("Made again" in item for item in items)


async def asked_on(here: Town, text: str, *, aloud: bool = True) -> None:
    """An answered and an unanswered question, at this moment."""
    await here.store.asking.keep(counted(HERE, "people.overview", here.now))
    await here.store.asking.add_gap(
        HERE,
        text=text,
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=(),
        now=here.now,
        aloud=aloud,
    )


async def test_what_is_asked_on_the_digests_own_day_is_told_a_week_later_and_only_then(
    here: Town,
) -> None:
    """Answered or not, and whether an hour before the post or after it."""
    await digest(here, ON)
    await here.pass_time(days=6, hours=21)  # Monday, 07:00 UTC: an hour before
    await asked_on(here, "before")
    await here.pass_time(hours=3)
    await asked_on(here, "after")
    await here.pass_time(days=13)
    first, second, *_ = (plain(post) for post in posts(here))
    assert "A quiet week" in first
    assert "2 questions were answered" in second
    assert "“before”" in second
    assert "“after”" in second
    assert len(posts(here)) == 2
    await here.pass_time(days=1)
    assert "A quiet week" in plain(posts(here)[2])


async def test_the_details_are_of_the_week_of_the_post_and_the_scores_say_their_day(
    here: Town,
) -> None:
    await digest(here, ON)
    await a_full_week(here)
    post = posts(here)[-1]
    week = button(post, "digest.details").value
    await here.pass_time(days=14)
    shown = await here.click(TEAM[3], "digest.details", week)
    text = plain(shown)
    assert text.startswith("Details of 2–8 Mar 2026; scores as of 23 Mar 2026")
    assert "50 · ◐ emerging · 95 % interval 44–56 · 8 answered · 5 Mar 2026" in text
    assert "“how do penguins fly” (asked once)" in text
    assert "3 questions answered this week" in text


@pytest.mark.parametrize("value", ["", "2026", "2026-W99", "0001-W01", "9999-W60", "x|y"])
async def test_details_of_what_is_no_week_are_refused(here: Town, value: str) -> None:
    shown = await here.click(LEAD, "digest.details", value)
    assert "Details" not in plain(shown)
    assert len(shown.parts) == 1


async def test_one_that_is_sent_again_later_tells_of_its_own_week(here: Town) -> None:
    await digest(here, ON)
    await a_full_week(here)
    await here.pass_time(days=2)
    await asked_on(here, "how do whales fly")
    await digest(here, "again")
    again = next(plain(one) for one in here.chat.standing.values() if "Weekly digest" in plain(one))
    assert "Weekly digest, 2–8 Mar 2026, as of 11 Mar 2026" in again
    assert "penguins" in again
    assert "whales" not in again


async def test_keeping_it_holds_for_four_more_quiet_weeks(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=28)
    assert "four more quiet weeks" in (await here.click(LEAD, "digest.keep")).summary
    await here.pass_time(days=28)
    asked = ["in a row" in plain(post) for post in posts(here)]
    assert asked == [False, False, False, True, False, False, False, True]
    assert "8 quiet weeks in a row" in plain(posts(here)[-1])


async def test_after_a_pause_quiet_weeks_are_counted_anew(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=28)
    await here.click(LEAD, "digest.pause", "4")
    await here.pass_time(days=28 + 28)
    later = [plain(post) for post in posts(here)[4:]]
    assert ["in a row" in text for text in later] == [False, False, False, True]
    assert "4 quiet weeks in a row" in later[-1]


async def test_the_step_of_an_action_is_not_offered_again_when_it_is_done(here: Town) -> None:
    """The button in the digest opens the form of results, with the step that is next."""
    await digest(here, ON)
    await a_full_week(here)
    new = button(posts(here)[-1], "actions.new")
    forms = []
    for _ in range(2):
        form = (await here.click(LEAD, new.action, new.value)).form()
        assert form
        forms.append({one.name: one.initial or "" for one in form.fields})
        await here.submit(LEAD, "actions.make", form.context, forms[-1])
        (action, *_) = await here.store.actions.open_in(WORKSPACE, "C1")
        await here.click(LEAD, "actions.done", action.id)
    assert forms[0]["title"] != forms[1]["title"]
    shown = plain(await digest(here, "preview"))
    assert f"Next step: {forms[0]['title']}" not in shown
    assert f"Next step: {forms[1]['title']}" not in shown


async def test_an_open_pulse_is_answered_from_the_digest(here: Town) -> None:
    await digest(here, ON)
    await a_full_week(here)
    answer = button(posts(here)[-1], "pulse.answer")
    form = (await here.click(TEAM[3], answer.action, answer.value)).form()
    assert form
    assert form.form == "pulse.ballot"


async def test_past_digests_can_be_read(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=14)
    listed = await digest(here, "history", TEAM[3])
    items = next(part for part in listed.parts if isinstance(part, Bullets)).items
    assert [item[:8] for item in items] == ["2026-W12", "2026-W11"]
    shown = await here.click(TEAM[3], "digest.show", "digest 2026-W11")
    assert "A quiet week" in plain(shown)
    gone = await here.click(TEAM[3], "digest.show", "digest 1999-W01")
    assert "no longer there" in gone.summary


async def test_a_channel_that_refuses_for_good_is_left_alone_and_its_lead_hears_of_it(
    here: Town,
) -> None:
    await digest(here, ON)
    here.now += timedelta(days=7)
    await here.sending.plan()
    here.chat.failing = Refused("is_archived", gone=True)
    await here.deliver()
    here.chat.failing = None
    slot = await here.store.channels.slot(WORKSPACE, "C1", SlotKind.DIGEST)
    assert slot is not None
    assert (slot.state, slot.next) == (SlotState.OFF, None)
    await here.deliver()
    ((person, word, _),) = here.chat.directs
    assert person.id == LEAD
    assert "the channel is archived (is_archived)" in word.summary
    listed = await here.command(LEAD, "deliveries", name="coach")
    table = next(part for part in listed.parts if isinstance(part, Table))
    assert table.header[1] == "Due (Europe/Berlin)"
    assert table.rows[0] == (
        *("weekly digest 2026-W11", "Mon 9 Mar, 09:00"),
        *("failed", "the channel is archived (is_archived)"),
    )


async def test_a_message_that_is_refused_switches_no_channel_off(here: Town) -> None:
    await digest(here, ON)
    here.now += timedelta(days=7)
    await here.sending.plan()
    here.chat.failing = Refused("invalid_blocks")
    await here.deliver()
    here.chat.failing = None
    await here.pass_time(days=7)
    assert len(posts(here)) == 1


async def test_what_failed_can_be_sent_again_by_a_lead_alone(here: Town) -> None:
    await test_a_channel_that_refuses_for_good_is_left_alone_and_its_lead_hears_of_it(here)
    await digest(here, "on")
    key = "digest:C1:2026-W11"
    refused = await here.click(TEAM[4], "deliveries.again", key)
    assert LEAD in refused.summary
    assert "within a minute" in (await here.click(LEAD, "deliveries.again", key)).summary
    await here.deliver()
    assert len(posts(here)) == 1
    assert "nothing to send again" in (await here.click(LEAD, "deliveries.again", key)).summary


async def test_the_roll_up_names_teams_in_order_and_tells_no_scores(here: Town) -> None:
    await digest(here, ON)
    await a_full_week(here)
    alpha = Team(workspace=WORKSPACE, channel="C9", name="Alpha")
    await here.store.channels.put_team(alpha)
    refused = await digest(here, "rollup preview")
    assert not any(isinstance(part, Table) for part in refused.parts)
    boss = Standing(admin=True)
    shown = await here.command(LEAD, "rollup preview", name="digest", standing=boss)
    table = next(part for part in shown.parts if isinstance(part, Table))
    assert [row[0] for row in table.rows] == ["Alpha", "C1"]
    assert not any(isinstance(part, Chart) for part in shown.parts)
    assert "75" not in plain(shown)


async def test_a_preview_is_for_the_asker_and_sends_nothing(here: Town) -> None:
    shown = await digest(here, "preview", TEAM[2])
    assert isinstance(shown.parts[0], Note)
    assert any(isinstance(part, Text) for part in shown.parts)
    assert posts(here) == []
