"""A pulse's life, as a lead and as members live it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from adapters.database.cipher import Cipher, WrongKey
from adapters.database.store import DatabaseStore
from adapters.database.tables.pulses import pulse_secrets
from adapters.database.tables.sends import sends
from bot.errors import Refused
from bot.messages import (
    Bullets,
    Chart,
    Facts,
    Message,
    Note,
    Person,
    Standing,
    Table,
    Text,
)
from bot.ports.actions import ActionState
from bot.ports.pulses import Ballot, Pulse, PulseState, Receipt
from bot.scoring import Hidden, Limits
from bot.wording import wording
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from tests.fakes import WORKSPACE, member, members
from tests.town import LAUNCH, LEAD, MONDAY, TEAM, Town, button, town


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase) -> Town:
    return await town(store, base)


def said(message: Message) -> str:
    """All that a person can read in it, without forms."""
    lines = [message.summary]
    for part in message.parts:
        match part:
            case Text() | Note():
                lines.append(part.text)
            case Bullets():
                lines += [part.title or "", *part.items]
            case Facts():
                lines += [f"{label}: {value}" for label, value in part.pairs]
            case Chart():
                lines.append(part.as_text())
            case Table():
                lines += [" | ".join(row) for row in (part.header, *part.rows)]
            case _:
                pass
    return "\n".join(lines)


def en(key: str, **values: object) -> str:
    return wording(Language.EN).say(key, **values)


async def answered(here: Town, pulse: Pulse, people: tuple[str, ...], value: int = 4) -> None:
    for one in people:
        await here.answer(one, pulse, value)


# ── starting ─────────────────────────────────────────────────────────────────


async def test_a_lead_starts_a_pulse_in_two_steps_and_nothing_is_sent_before(here: Town) -> None:
    form = (await here.command(LEAD, "people")).form()
    assert form
    preview = await here.submit(LEAD, form.form, form.context, {"days": "5d", "repeat": "4w"})
    await here.deliver()
    assert not here.chat.posts
    launch = button(preview, "pulse.launch")
    await here.click(LEAD, launch.action, launch.value)
    await here.deliver()
    (pulse,) = await here.store.pulses.open_in(WORKSPACE, "C1")
    assert (pulse.pillar, pulse.days, pulse.repeat_weeks, pulse.invited) == ("people", 5, 4, 12)
    assert pulse.closes == MONDAY + timedelta(days=5)
    assert len(here.chat.posts) == 1
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM)


@pytest.mark.parametrize("name", ["people", "人员", "PEOPLE", "business outcomes", "all", "全部"])
async def test_pillars_go_by_their_names_in_both_languages(here: Town, name: str) -> None:
    assert (await here.command(LEAD, name)).form()


async def test_an_unknown_pillar_is_named_with_those_there_are(here: Town) -> None:
    answer = await here.command(LEAD, "poeple")
    assert "People" in said(answer)
    assert not answer.form()


async def test_only_a_lead_starts_a_pulse(here: Town) -> None:
    answer = await here.command("p5", "people")
    assert not answer.form()
    assert LEAD in said(answer)
    await here.click("p5", "pulse.launch", LAUNCH)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")


async def test_one_pulse_of_a_pillar_is_open_in_a_channel_at_a_time(here: Town) -> None:
    await here.launch()
    for token in (LAUNCH, LAUNCH.replace("people", "all")):
        answer = await here.click(LEAD, "pulse.launch", token)
        assert said(answer).startswith(en("pulse.open_already", pillar="People"))
    await here.launch(LAUNCH.replace("people", "process"))
    assert len(await here.store.pulses.open_in(WORKSPACE, "C1")) == 2


@pytest.mark.parametrize("size", [1, 3, 4])
async def test_a_small_team_is_told_at_the_start_that_nothing_could_be_shown(
    here: Town, size: int
) -> None:
    here.chat.channels["C1"] = members(TEAM[:size])
    answer = await here.click(LEAD, "pulse.launch", LAUNCH)
    assert said(answer) == "\n".join([en("pulse.too_few", n=size, least=5)] * 2)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")


async def test_an_audience_of_nobody_is_refused(here: Town) -> None:
    here.chat.channels["C1"] = [
        member("bot", bot=True),
        member("guest", standing=Standing(guest=True)),
        member("other", standing=Standing(external=True)),
        member(LEAD),
    ]
    answer = await here.click(LEAD, "pulse.launch", LAUNCH.replace("everyone", "others"))
    assert said(answer).startswith(en("pulse.nobody"))


async def test_a_channel_that_cannot_be_read_is_told_in_words(here: Town) -> None:
    here.chat.failing = Refused("not_in_channel")
    answer = await here.click(LEAD, "pulse.launch", LAUNCH)
    assert said(answer).startswith(en("pulse.members_unknown"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "people",
        "nothing|everyone|7d|yes|yes|0w|C1",
        "people|everyone|8d|yes|yes|0w|C1",
        "people|everyone|7d|yes|yes|1w|C1",
        "people|nobody|7d|yes|yes|0w|C1",
        "people|everyone|7d|maybe|yes|0w|C1",
    ],
)
async def test_a_tampered_launch_is_refused(here: Town, token: str) -> None:
    await here.click(LEAD, "pulse.launch", token)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")


async def test_a_launch_for_another_channel_needs_its_lead(here: Town) -> None:
    here.chat.channels["C2"] = members(TEAM)
    await here.click(LEAD, "pulse.launch", LAUNCH.replace("C1", "C2"))
    assert not await here.store.pulses.open_in(WORKSPACE, "C2")


async def test_all_pillars_at_once_ask_two_statements_of_each(here: Town) -> None:
    pulse = await here.launch(LAUNCH.replace("people", "all"))
    assert len(pulse.statements) == 10
    assert len({one.topic.partition(".")[0] for one in pulse.statements}) == 5


# ── answering ────────────────────────────────────────────────────────────────


async def test_the_form_asks_in_the_respondents_own_language_with_the_terms_on_it(
    here: Town,
) -> None:
    pulse = await here.launch()
    form = (await here.click("p2", "pulse.answer", pulse.id, locale="zh-CN")).form()
    assert form
    assert form.note
    assert "匿名" in form.note
    assert [one.label for one in form.fields[:-1]] == [one.zh for one in pulse.statements]


async def test_a_second_answer_replaces_the_first_and_says_so(here: Town) -> None:
    pulse = await here.launch()
    first = await here.answer("p2", pulse, 1)
    second = await here.answer("p2", pulse, 5)
    assert said(first) != said(second)
    assert "replaced" in said(second)
    assert await here.store.ballots.count(pulse) == 1


async def test_the_post_counts_in_its_own_time_and_names_nobody(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:7])
    await here.deliver()
    posted = (await here.pulse(pulse)).post
    assert posted
    assert "0 of 12" in said(here.chat.standing[posted.message])
    await here.pass_time(minutes=20)
    shown = said(here.chat.standing[posted.message])
    assert "7 of 12" in shown
    assert not any(f"p{number}" in shown for number in range(1, 13))


BAD = {
    "a value of six": ({"people.1": "6"}, "pulse.bad_answer"),
    "a value of zero": ({"people.1": "0"}, "pulse.bad_answer"),
    "a word": ({"people.1": "very"}, "pulse.bad_answer"),
    "an unknown statement": ({"people.99": "3"}, "pulse.unknown_statement"),
    "another pillar's statement": ({"process.1": "3"}, "pulse.unknown_statement"),
    "a missing answer": ({"people.1": ""}, "pulse.missing_answer"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_answer_gets_a_word_and_the_earlier_ballot_stays(here: Town, case: str) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[1:8], 2)
    values, key = BAD[case]
    good = {one.id: "3" for one in pulse.statements}
    answer = await here.submit("p2", "pulse.ballot", pulse.id, good | values)
    text = pulse.statements[0].en
    assert said(answer).startswith(en(key, statement=text))
    await here.pass_time(days=7)
    assert (await here.pulse(pulse)).result
    result = (await here.pulse(pulse)).result
    assert result
    assert all(one.counts == (0, 7, 0, 0, 0) for one in result.statements)


async def test_answers_to_what_is_not_open_are_refused_in_words(here: Town) -> None:
    unknown = replace(await here.launch(), id="never")
    assert said(await here.answer("p2", unknown, 3)).startswith(en("pulse.answer_unknown"))
    pulse = (await here.store.pulses.open_in(WORKSPACE, "C1"))[0]
    await here.click(LEAD, "pulse.cancel", pulse.id)
    assert said(await here.answer("p2", pulse, 3)).startswith(en("pulse.answer_cancelled"))
    second = await here.launch()
    await here.click(LEAD, "pulse.close", second.id)
    assert said(await here.answer("p2", second, 3)).startswith(en("pulse.answer_closed"))


async def test_an_answer_in_the_moment_after_the_end_is_too_late_though_nobody_closed_it_yet(
    here: Town,
) -> None:
    pulse = await here.launch()
    here.now = pulse.closes
    assert said(await here.answer("p2", pulse, 3)).startswith(en("pulse.answer_closed"))
    person = Person(workspace=WORKSPACE, id="p2")
    ballot = Ballot(answers=(3,) * len(pulse.statements))
    receipt = await here.store.ballots.answer(pulse, person, ballot, pulse.closes)
    assert receipt is Receipt.CLOSED


async def test_people_outside_the_audience_and_guests_cannot_answer(here: Town) -> None:
    pulse = await here.launch()
    outsider = await here.answer("stranger", pulse, 3)
    assert said(outsider).startswith(en("pulse.answer_not_invited"))
    for standing in (Standing(guest=True), Standing(external=True)):
        await here.answer("p3", pulse, 3, standing=standing)
    assert await here.store.ballots.count(pulse) == 0


async def test_a_huge_comment_keeps_the_answers_and_its_beginning(here: Town) -> None:
    pulse = await here.launch()
    answer = await here.answer("p2", pulse, 3, comment="长" * 100_000)
    assert en("pulse.comment_cut", most=500) in said(answer)
    await answered(here, pulse, TEAM[2:10])
    await here.pass_time(days=7)
    assert await here.store.ballots.comments(await here.pulse(pulse)) == ("长" * 500,)


async def test_a_comment_pings_nobody_and_hides_no_characters(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[2:10])
    await here.answer("p2", pulse, 3, comment="<!channel> @here <@U1> ok\u202e \x00\ud800done")
    await here.pass_time(days=7)
    (comment,) = await here.store.ballots.comments(await here.pulse(pulse))
    assert comment == "[…] […] […] ok done"


# ── running ──────────────────────────────────────────────────────────────────


async def test_reminders_reach_only_those_who_have_not_answered_and_never_the_muted(
    here: Town,
) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    await here.command("p7", "mute")
    here.chat.directs.clear()
    await here.pass_time(days=2, hours=1)
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM[7:])
    here.chat.directs.clear()
    await here.command("p7", "unmute")
    await answered(here, pulse, TEAM[7:])
    await here.pass_time(days=4)
    assert [person.id for person, *_ in here.chat.directs] == ["p7"]


async def test_invitations_wait_for_each_persons_working_hours(here: Town) -> None:
    here.chat.channels["C1"] = [
        *members(TEAM[:10]),
        member("p11", zone="America/Los_Angeles"),
        member("p12", zone="Asia/Shanghai"),
    ]
    await here.launch()
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM[:10])
    await here.pass_time(hours=7, minutes=30)  # 09:30 in Los Angeles
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM[:11])
    await here.pass_time(hours=8)  # 09:30 on Tuesday in Shanghai
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM)


async def test_a_lead_reminds_by_hand_once_a_day_at_most(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:10])
    here.chat.directs.clear()
    await here.command(LEAD, "remind")
    await here.deliver()
    assert {person.id for person, *_ in here.chat.directs} == set(TEAM[10:])
    answer = await here.command(LEAD, "remind")
    assert said(answer).startswith(en("pulse.reminded_already"))


async def test_extending_moves_the_end_and_bad_numbers_do_not(here: Town) -> None:
    pulse = await here.launch()
    await here.command(LEAD, "extend 3")
    assert (await here.pulse(pulse)).closes == pulse.closes + timedelta(days=3)
    for text in ("extend", "extend 0", "extend 99", "extend -3", "extend x", "extend 3 4"):
        assert said(await here.command(LEAD, text)).startswith(en("pulse.extend_usage", most=14))
    await here.command(LEAD, "延长 people 14 天")
    assert (await here.pulse(pulse)).closes == pulse.closes + timedelta(days=17)
    assert "four weeks" in said(await here.command(LEAD, "extend 14"))


async def test_closing_early_asks_first_and_then_tells_the_result(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:9])
    sure = await here.command(LEAD, "close")
    assert (await here.pulse(pulse)).state is PulseState.OPEN
    close = button(sure, "pulse.close")
    await here.click(LEAD, close.action, close.value)
    await here.deliver()
    place, result, _ = here.chat.posts[-1]
    assert place.thread
    assert "9 of 12 (75%)" in said(result)
    reports = [message for person, message, _ in here.chat.directs if person.id == LEAD]
    assert "Agree (95 % interval)" in said(reports[-1])


async def test_cancelling_deletes_the_ballots_and_says_so_on_the_post(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM)
    await here.click(LEAD, "pulse.cancel", pulse.id)
    await here.deliver()
    assert await here.store.ballots.count(pulse) == 0
    posted = (await here.pulse(pulse)).post
    assert posted
    assert "cancelled" in said(here.chat.standing[posted.message])
    here.chat.posts.clear()
    await here.pass_time(days=10)
    assert not here.chat.posts


async def test_members_cannot_end_what_a_lead_began(here: Town) -> None:
    pulse = await here.launch()
    for action in ("pulse.close", "pulse.cancel"):
        await here.click("p5", action, pulse.id)
    for text in ("close", "extend 3", "cancel", "remind", "stop", "export"):
        assert LEAD in said(await here.command("p5", text))
    assert (await here.pulse(pulse)) == pulse


async def test_a_series_goes_on_with_the_next_pillar_until_it_is_stopped(here: Town) -> None:
    first = await here.launch(LAUNCH.replace("|0w|", "|2w|"))
    await here.pass_time(days=14, hours=1)
    (second,) = await here.store.pulses.open_in(WORKSPACE, "C1")
    assert (second.pillar, second.opened - first.opened) == ("process", timedelta(days=14))
    await here.command(LEAD, "stop")
    await here.pass_time(days=20)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")


async def test_a_series_ends_with_a_word_when_the_team_became_too_small(here: Town) -> None:
    await here.launch(LAUNCH.replace("|0w|", "|2w|"))
    here.chat.channels["C1"] = members(TEAM[:3])
    await here.pass_time(days=15)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")
    assert "ended" in said(here.chat.directs[-1][1])
    assert here.chat.directs[-1][0].id == LEAD


async def test_the_status_shows_what_is_open_and_what_one_can_do(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:2])
    await here.pass_time(minutes=20)
    status = await here.command("p5", "")
    assert "2 of 12" in said(status)
    assert button(status, "pulse.answer").value == pulse.id


@pytest.mark.parametrize("text", ["", "close", "cancel"])
async def test_nobody_can_watch_the_count_move_with_a_single_answer(here: Town, text: str) -> None:
    pulse = await here.launch()
    await here.pass_time(minutes=20)
    before = said(await here.command(LEAD, text))
    await here.answer("p2", pulse, 4)
    await here.deliver()
    assert said(await here.command(LEAD, text)) == before


async def test_the_count_is_told_even_where_the_invitation_could_not_be_posted(here: Town) -> None:
    await here.click(LEAD, "pulse.launch", LAUNCH)
    (pulse,) = await here.store.pulses.open_in(WORKSPACE, "C1")
    await answered(here, pulse, TEAM[:7])
    here.now += timedelta(minutes=20)
    await here.surveying.sender.plan(here.now)
    assert "7 of 12" in said(await here.command("p5", ""))


# ── results ──────────────────────────────────────────────────────────────────


async def test_four_answers_show_nothing_and_leave_nothing(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:4])
    await here.pass_time(days=7)
    closed = await here.pulse(pulse)
    assert closed.result
    assert closed.result.hidden is Hidden.FEW
    assert [one async for one in here.store.ballots.closed(closed)] == []
    assert "fewer than 5" in said(here.chat.posts[-1][1])


async def test_five_answers_show_scores_but_no_comments(here: Town) -> None:
    pulse = await here.launch()
    for one in TEAM[:5]:
        await here.answer(one, pulse, 4, comment=f"from {one}")
    await here.pass_time(days=7)
    closed = await here.pulse(pulse)
    assert closed.result
    assert closed.result.pillar("people")
    assert not closed.result.comments
    assert await here.store.ballots.comments(closed) == ()


async def test_limits_can_be_raised_and_never_lowered(
    store: DatabaseStore, base: KnowledgeBase
) -> None:
    here = await town(store, base, limits=Limits(scores=8, comments=10))
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:7])
    await here.pass_time(days=7)
    closed = await here.pulse(pulse)
    assert closed.result
    assert closed.result.hidden is Hidden.FEW
    with pytest.raises(ValueError, match="raised"):
        Limits(scores=4)
    with pytest.raises(ValueError, match="raised"):
        Limits(comments=7)


async def test_a_statement_that_few_could_answer_is_hidden_from_every_number(here: Town) -> None:
    pulse = await here.launch()
    rest = len(pulse.statements) - 1
    for number, one in enumerate(TEAM[:9]):
        await here.answer(one, pulse, ("1" if number < 4 else "0") + "4" * rest)
    await here.pass_time(days=7)
    result = (await here.pulse(pulse)).result
    assert result
    assert result.statements[0].hidden is Hidden.FEW
    assert result.statements[0].counts == (0, 0, 0, 0, 0)
    pillar = result.pillar("people")
    assert pillar
    assert pillar.value == 75  # the ones are in no total


@pytest.mark.parametrize(("joined", "shown"), [(1, False), (4, False), (0, True), (5, True)])
async def test_a_second_pulse_that_would_expose_a_newcomer_hides_what_both_asked(
    here: Town, joined: int, shown: bool
) -> None:
    first = await here.launch()
    await answered(here, first, TEAM)
    await here.click(LEAD, "pulse.close", first.id)
    await here.pass_time(days=1)
    more = tuple(f"n{number}" for number in range(joined))
    here.chat.channels["C1"] = members(TEAM + more)
    second = await here.launch()
    await answered(here, second, TEAM, 4)
    await answered(here, second, more, 1)
    await here.click(LEAD, "pulse.close", second.id)
    result = (await here.pulse(second)).result
    assert result
    common = set(first.order) & set(second.order)
    for one in result.statements:
        hidden = Hidden.DIFFERENCE if one.statement in common and not shown else None
        assert one.hidden is hidden
    assert bool(result.changes) is shown


async def test_overlapping_channels_do_not_expose_their_difference(here: Town) -> None:
    here.chat.channels["C2"] = members(TEAM[:11])
    lead = Person(workspace=WORKSPACE, id=LEAD)
    await here.store.roles.add_first_lead(lead, "C2", now=MONDAY)
    first = await here.launch()
    second = await here.launch(LAUNCH.replace("C1", "C2"))
    await answered(here, first, TEAM)
    await answered(here, second, TEAM[:11])
    await here.pass_time(days=7)
    results = [(await here.pulse(one)).result for one in (first, second)]
    hidden = [one.hidden if one else None for one in results]
    assert sorted(map(str, hidden)) == sorted(["None", str(Hidden.DIFFERENCE)])


async def test_a_close_by_hand_in_the_moment_before_an_overdue_one_exposes_nobody_either(
    here: Town,
) -> None:
    """The first is due, its closing not yet done, when the lead closes the second by hand."""
    here.chat.channels["C2"] = members(TEAM[:11])
    lead = Person(workspace=WORKSPACE, id=LEAD)
    await here.store.roles.add_first_lead(lead, "C2", now=MONDAY)
    first = await here.launch()
    second = await here.launch(LAUNCH.replace("C1", "C2"))
    await here.command(LEAD, "extend 3", channel="C2")
    await answered(here, first, TEAM)
    await answered(here, second, TEAM[:11])
    here.now = first.closes + timedelta(seconds=1)
    await here.click(LEAD, "pulse.close", second.id, channel="C2")
    await here.deliver()
    results = [(await here.pulse(one)).result for one in (first, second)]
    assert [one.hidden if one else None for one in results] == [Hidden.DIFFERENCE, None]


@pytest.mark.parametrize("order", [("C1", "C2", "C3"), ("C3", "C2", "C1")])
@pytest.mark.parametrize(("heads", "shown"), [(1, False), (4, False), (5, True)])
async def test_a_department_less_its_teams_does_not_expose_those_who_are_in_no_team(
    here: Town, heads: int, shown: bool, order: tuple[str, ...]
) -> None:
    teams = {"C1": TEAM[:6], "C2": TEAM[6:]}
    people = teams | {"C3": TEAM + tuple(f"head{number}" for number in range(heads))}
    lead = Person(workspace=WORKSPACE, id=LEAD)
    hidden = []
    for channel in order:
        here.chat.channels[channel] = members(people[channel])
        await here.store.roles.add_first_lead(lead, channel, now=MONDAY)
        pulse = await here.launch(LAUNCH.replace("C1", channel))
        await answered(here, pulse, people[channel])
        await here.click(LEAD, "pulse.close", pulse.id, channel=channel)
        result = (await here.pulse(pulse)).result
        hidden.append(result and result.hidden)
    assert hidden == [None, None, None if shown else Hidden.DIFFERENCE]


async def test_weeks_later_the_same_people_are_compared_and_a_real_change_is_named(
    here: Town,
) -> None:
    for value in (2, 4):
        pulse = await here.launch()
        await answered(here, pulse, TEAM, value)
        await here.pass_time(days=35)
    result = (await here.pulse(pulse)).result
    assert result
    (change,) = result.changes
    assert change.real
    assert change.difference == 50
    assert "up 50 points" in said(here.chat.posts[-1][1])


async def test_without_a_change_none_is_claimed(here: Town) -> None:
    for _ in range(2):
        pulse = await here.launch()
        for number, one in enumerate(TEAM):
            await here.answer(one, pulse, 1 + number % 5)
        await here.pass_time(days=35)
    assert "no real change" in said(here.chat.posts[-1][1])


async def test_members_see_the_channels_page_and_leads_everything(here: Town) -> None:
    pulse = await here.launch()
    for one in TEAM:
        await here.answer(one, pulse, 4, comment=f"words of {one}")
    await here.pass_time(days=7)
    assert "words of" not in said(await here.command("p5", "results"))
    full = said(await here.command(LEAD, "结果"))
    assert all(f"words of {one}" in full for one in TEAM)
    assert "words of" not in said(here.chat.posts[-1][1])


async def test_history_and_export_hold_what_is_shown_and_nothing_finer(here: Town) -> None:
    for value in (2, 4):
        pulse = await here.launch()
        await answered(here, pulse, TEAM, value)
        await here.pass_time(days=35)
    history = await here.command("p3", "history")
    assert "75 ● established" in said(history)
    assert any(isinstance(part, Chart) for part in history.parts)
    export = said(await here.command(LEAD, "export"))
    assert export.count("\n") > 15
    assert not any(one in export for one in TEAM if len(one) > 2)
    assert '"respondents": 12' in said(await here.command(LEAD, "export json"))


async def test_nothing_to_show_is_said(here: Town) -> None:
    for text in ("results", "history", "结果 人员", "results nonsense"):
        assert said(await here.command("p3", text)).startswith(en("pulse.no_results"))


# ── next steps, trail, forgetting ────────────────────────────────────────────


async def test_a_weak_topic_becomes_an_action_and_the_action_is_closed(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM, 2)
    await here.pass_time(days=7)
    new = button(here.chat.posts[-1][1], "actions.new")
    form = (await here.click(LEAD, new.action, new.value, private=True)).form()
    assert form
    values = {"title": "Write the plan down", "owner": "@p3", "week": "2026-W14"}
    await here.submit(LEAD, form.form, form.context, values)
    listed = await here.command("p4", "actions", name="coach")
    assert "Write the plan down" in said(listed)
    done = button(listed, "actions.done")
    await here.click("p4", done.action, done.value)
    assert len(await here.store.actions.open_in(WORKSPACE, "C1")) == 1
    await here.click(LEAD, done.action, done.value)
    (ended,) = await here.store.actions.ended_in(WORKSPACE, "C1", since=MONDAY)
    assert ended.state is ActionState.DONE


@pytest.mark.parametrize(
    "values",
    [
        {"title": "", "week": "2026-W14"},
        {"title": "x" * 201, "week": "2026-W14"},
        {"title": "ok", "week": "2025-W14"},
        {"title": "ok", "week": "soon"},
        {"title": "ok", "week": "2026-W14", "owner": "x" * 81},
    ],
)
async def test_a_bad_action_is_refused(here: Town, values: dict[str, str]) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM, 2)
    await here.pass_time(days=7)
    new = button(here.chat.posts[-1][1], "actions.new")
    await here.submit(LEAD, "actions.make", new.value, values)
    assert not await here.store.actions.open_in(WORKSPACE, "C1")


async def test_leads_read_what_leads_did_and_no_answer_is_in_it(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM)
    await here.click(LEAD, "pulse.close", pulse.id)
    trail = said(await here.command(LEAD, "audit", name="coach"))
    assert "started a pulse" in trail
    assert "closed a pulse early" in trail
    assert not any(one in trail.split() for one in TEAM[1:])
    assert LEAD in said(await here.command("p5", "audit", name="coach"))


async def test_who_asks_to_be_forgotten_is_gone_from_open_pulses(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM)
    await here.command("p2", "mute")
    asked = await here.command("p2", "forget me", name="coach")
    assert await here.store.ballots.count(pulse) == 12
    await here.click("p2", button(asked, "privacy.forget").action)
    assert await here.store.ballots.count(pulse) == 11
    person = Person(workspace=WORKSPACE, id="p2")
    assert not await here.store.pulses.is_invited(pulse, person)
    assert not await here.store.pulse_people.is_muted(person)


async def test_a_pulse_belongs_to_its_workspace(here: Town) -> None:
    pulse = await here.launch()
    other = replace(WORKSPACE, id="W2")
    assert await here.store.pulses.pulse(other, pulse.id) is None
    namesake = Person(workspace=other, id="p2")
    assert not await here.store.pulses.is_invited(pulse, namesake)


async def test_a_year_of_monthly_pulses_asks_every_statement_and_never_twice_at_once(
    here: Town, base: KnowledgeBase
) -> None:
    here.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    await here.launch("people|everyone|3d|no|no|4w|C1")
    for _ in range(52):
        here.now += timedelta(days=7)
        await here.deliver()
        open_ones = await here.store.pulses.open_in(WORKSPACE, "C1")
        assert len(open_ones) <= 1
    asked = {one for pulse in await here.store.pulses.asked_in(WORKSPACE, "C1") for one in pulse}
    assert len(await here.store.pulses.asked_in(WORKSPACE, "C1")) == 14
    assert asked == set(base.statements)


async def test_what_was_sent_to_people_does_not_tell_who_answered(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    await here.pass_time(days=3)
    async with here.store.database.reading() as connection:
        wanted = select(sends.c.person, sends.c.kind, sends.c.state).where(
            sends.c.person.is_not(None)
        )
        rows = (await connection.execute(wanted)).all()
    marks = {one: sorted((kind, state) for who, kind, state in rows if who == one) for one in TEAM}
    assert len({str(mark) for mark in marks.values()}) == 1
    await here.pass_time(days=4)
    async with here.store.database.reading() as connection:
        left = (await connection.execute(wanted.where(sends.c.kind != "pulse.report"))).all()
    assert left == []


async def test_a_pulse_whose_key_is_lost_does_not_hold_up_the_others(here: Town) -> None:
    lost = await here.launch()
    await answered(here, lost, TEAM[:6])
    await here.launch("process|everyone|7d|no|no|0w|C1")
    both = await here.store.pulses.open_in(WORKSPACE, "C1")
    stranger = Cipher((Fernet.generate_key().decode(),)).seal(b"x" * 32)
    async with here.store.database.writing() as connection:
        secret = update(pulse_secrets).where(pulse_secrets.c.pulse == lost.id)
        await connection.execute(secret.values(sealed=stranger))
    here.now = max(one.closes for one in both) + timedelta(minutes=1)
    await here.sending.plan()
    assert [type(error) for error in here.reports.errors] == [WrongKey]
    states = {}
    for one in both:
        found = await here.store.pulses.pulse(WORKSPACE, one.id)
        assert found is not None
        states[one.pillar] = found.state
    assert states["people"] is PulseState.OPEN
    assert states["process"] is not PulseState.OPEN
    here.reports.errors.clear()
