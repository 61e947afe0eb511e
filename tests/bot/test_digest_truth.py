"""What a digest says is so, is said once, and is said as people say it, in both languages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.digest import Digest
from bot.messages import Button, Buttons, Chart, Heading, Message, Note
from bot.plaintext import plain
from bot.ports.actions import Action, ActionState
from bot.ports.channels import Languages
from bot.ports.pulses import Pulse
from bot.scoring import Change, Hidden, Score
from bot.slots import span_of
from bot.teamweek import Standing, TeamWeek
from knowledge.model import Language
from tests.bot.shown import on_slack, on_teams, on_terminal
from tests.bot.teamweeks import AT, BASE, INSTRUMENT, a_gap, a_pulse, a_score, a_team, an_action

DIGEST = Digest(INSTRUMENT)
CHANGE_CONTROL = "process.change-control"
STEPS = [step.say(Language.EN) for step in BASE.topics[CHANGE_CONTROL].do]
SCHRITTE = [step.say(Language.ZH) for step in BASE.topics[CHANGE_CONTROL].do]
BERLIN = "Europe/Berlin"


def a_week(language: Languages = Languages.EN, **facts: Any) -> TeamWeek:
    """A week of which nothing is known but what is given."""
    empty = TeamWeek(
        team=a_team(language),
        zone=BERLIN,
        week="2026-W48",
        at=AT,
        standings=(),
        past=(),
        open=(),
        actions=(),
        done=(),
        asked=(),
        gaps=(),
        unanswered=0,
        quiet_before=0,
    )
    return replace(empty, **facts)


def stands(pillar: str, value: int, *topics: Score, up: int = 0, fresh: bool = True) -> Standing:
    change = Change(
        pillar=pillar, since="P0", statements=(), difference=up, low=1, high=2, real=True
    )
    return Standing(
        pillar=pillar,
        closed=AT - timedelta(days=3),
        score=a_score(pillar, value),
        hidden=None,
        change=change if up else None,
        fresh=fresh,
        topics=topics,
        pulse="P1",
    )


def hidden(pillar: str, why: Hidden) -> Standing:
    return replace(stands(pillar, 0), score=None, hidden=why)


def weak(*, value: int = 31) -> Standing:
    return stands("process", value, a_score(CHANGE_CONTROL, value))


def an_open(title: str, topic: str = CHANGE_CONTROL, due: str = "2026-W50") -> Action:
    return replace(an_action(title, "Bo", topic), due_week=due)


def a_done(title: str, topic: str = CHANGE_CONTROL) -> Action:
    return replace(an_open(title, topic), state=ActionState.DONE, ended=AT - timedelta(days=2))


def said(week: TeamWeek) -> str:
    return plain(DIGEST.message(week))


def lines(week: TeamWeek, beginning: str) -> list[str]:
    return [line for line in said(week).split("\n") if line.startswith(beginning)]


def buttons(message: Message) -> list[Button]:
    return [one for part in message.parts if isinstance(part, Buttons) for one in part.buttons]


# ── the next step ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("title", [STEPS[0], STEPS[0].upper(), SCHRITTE[0].rstrip("。")])
@pytest.mark.parametrize("kind", ["actions", "done", "done_before"])
def test_a_step_that_was_done_or_taken_on_is_not_the_next_one(title: str, kind: str) -> None:
    action = an_open(title) if kind == "actions" else a_done(title)
    facts: dict[str, Any] = {kind: (action,), "standings": (weak(),)}
    week = a_week(Languages.EN, **facts)
    assert lines(week, "Next step:") == [f"Next step: {STEPS[1]}"]


def test_a_step_of_another_topic_counts_for_nothing() -> None:
    week = a_week(standings=(weak(),), done_before=(a_done(STEPS[0], "process.ci-cd"),))
    assert lines(week, "Next step:") == [f"Next step: {STEPS[0]}"]


def test_an_open_action_is_said_once() -> None:
    week = a_week(standings=(weak(),), actions=(an_open(STEPS[0]),))
    assert said(week).count(STEPS[0]) == 1


def test_a_topic_with_nothing_left_to_do_gives_way_to_the_next() -> None:
    both = (a_score(CHANGE_CONTROL, 20), a_score("process.ci-cd", 40))
    done = tuple(a_done(step) for step in STEPS)
    week = a_week(standings=(stands("process", 30, *both),), done_before=done)
    assert lines(week, "Focus:")[0].startswith("Focus: CI/CD (40 of 100, ○ needs attention)")


def test_when_every_step_is_done_that_is_said() -> None:
    week = a_week(standings=(weak(),), done_before=tuple(a_done(step) for step in STEPS))
    assert lines(week, "Next step:") == []
    assert "All our steps on it are done" in said(week)
    assert not any(one.action == "actions.new" for one in buttons(DIGEST.message(week)))


def test_the_step_can_be_made_an_action_and_an_open_pulse_answered_from_the_digest() -> None:
    week = a_week(standings=(weak(),), open=(a_pulse("people", None),))
    found = {one.action: one for one in buttons(DIGEST.message(week))}
    assert found["actions.new"].value == f"P1|{CHANGE_CONTROL}"
    assert found["pulse.answer"].label == "Answer privately: People"
    assert found["actions.new"].opens
    assert found["pulse.answer"].opens


def test_where_everything_is_established_the_focus_says_so() -> None:
    week = a_week(standings=(weak(value=78),))
    assert "Every topic with a score is established" in said(week)
    assert "Focus:" not in said(week)
    assert "有分数的主题都已建立" in said(replace(week, team=a_team(Languages.ZH)))


# ── actions ──────────────────────────────────────────────────────────────────


def test_an_action_elsewhere_has_a_line_of_its_own_with_its_topic() -> None:
    week = a_week(standings=(weak(),), actions=(an_open("Write it down", "people.security"),))
    (line,) = lines(week, "Open action on")
    assert line == "Open action on Security (people): Write it down – Bo, week of 7 Dec"


def test_an_overdue_action_is_told_by_a_word_and_a_shape_even_beside_the_focus() -> None:
    late = an_open("Write it down", "people.security", due="2026-W42")
    week = a_week(standings=(weak(),), actions=(late, an_open("Protect main")))
    assert lines(week, "⚠ Overdue action on Security (people): Write it down – Bo, was due in")
    assert lines(week, "Open action: Protect main – Bo, week of 7 Dec")
    assert "⚠ 安全（人员）的行动项已逾期：Write it down——Bo，应于10月12日那一周完成" in said(
        replace(week, team=a_team(Languages.ZH))
    )


def test_this_week_is_not_overdue() -> None:
    week = a_week(actions=(an_open("Write it down", due="2026-W48"),), open=(a_pulse("all", None),))
    assert "Overdue" not in said(week)


# ── numbers ──────────────────────────────────────────────────────────────────


def test_a_change_is_told_of_the_questions_asked_both_times_and_not_of_the_score() -> None:
    week = a_week(standings=(stands("people", 88, up=88),))
    assert DIGEST.message(week).summary == (
        "People is at 88; on the questions asked both times it is up 88 points."
    )
    assert "People: 88 · ● established · 9 answered · 20 Nov 2026 · ▲ 88 on the questions" in said(
        week
    )


def test_no_real_change_is_set_off_like_everything_else_in_its_line() -> None:
    one = stands("people", 60, up=3)
    assert one.change
    week = a_week(standings=(replace(one, change=replace(one.change, real=False)),))
    assert "· 9 answered · 20 Nov 2026 · no real change" in said(week)
    assert "· 9 人回答 · 2026年11月20日 · 无实质变化" in said(
        replace(week, team=a_team(Languages.ZH))
    )


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        ((("people", 1),), "1 question was answered this week, on People."),
        ((("people", 2),), "2 questions were answered this week, all on People."),
        ((("people", 2), ("policy", 1)), "3 questions were answered this week, most of them on"),
        ((("people", 2), ("policy", 2)), "4 questions were answered this week."),
        ((("people", 2), ("policy", 1), ("process", 1)), "4 questions were answered this week."),
    ],
)
def test_most_of_them_is_more_than_half(asked: tuple[tuple[str, int], ...], head: str) -> None:
    assert DIGEST.message(a_week(asked=asked)).summary.startswith(head)


def test_a_number_of_questions_is_no_win_and_is_told_once() -> None:
    week = a_week(asked=(("people", 2), ("policy", 2)))
    assert "Win" not in said(week)
    assert len([line for line in said(week).split("\n") if "4 question" in line]) == 1
    assert "The questions were on: People 2, Policy 2." in said(week)


def test_the_win_is_another_than_the_headline() -> None:
    done = (a_done("Write it down"), a_done("Protect main"))
    week = a_week(standings=(stands("people", 88, up=20), stands("policy", 70, up=5)), done=done)
    assert lines(week, "Win:") == ["Win: “Write it down” is done."]
    assert lines(replace(week, done=()), "Win:") == [
        "Win: Policy is at 70; on the questions asked both times it is up 5 points."
    ]
    alone = a_week(standings=(stands("people", 88, up=20),))
    assert lines(alone, "Win:") == []
    assert said(a_week(done=done[:1])).count("Write it down") == 1
    assert lines(a_week(done=done), "Win:") == ["Win: “Protect main” is done."]


def test_an_open_pulse_that_is_the_headline_is_not_told_again() -> None:
    week = a_week(open=(a_pulse("people", None),))
    message = DIGEST.message(week)
    assert message.summary.startswith("A pulse on People is open until")
    assert not any(isinstance(part, Note) for part in message.parts)


# ── days, times and zones ────────────────────────────────────────────────────


def test_days_and_times_are_those_of_the_channel_and_times_name_the_zone() -> None:
    """The pulse's own zone is another."""
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # the 20th in Berlin
    pulse = replace(a_pulse("policy", None), closes=late, zone="UTC")
    one = replace(stands("people", 60), closed=late)
    english, chinese = (
        said(a_week(language, standings=(one,), open=(pulse,)))
        for language in (Languages.EN, Languages.ZH)
    )
    assert "20 Nov 2026" in english
    assert "open until Fri 20 Nov, 00:30 (Europe/Berlin)." in english
    assert "2026年11月20日" in chinese
    assert "11月20日 星期五 00:30（Europe/Berlin）截止。" in chinese


@pytest.mark.parametrize(
    ("week", "weekday", "english", "chinese"),
    [
        ("2026-W49", 0, "23–29 Nov 2026", "2026年11月23日–29日"),
        ("2026-W49", 3, "26 Nov–2 Dec 2026", "2026年11月26日–12月2日"),
        ("2026-W01", 4, "26 Dec 2025–1 Jan 2026", "2025年12月26日–2026年1月1日"),
    ],
)
def test_the_title_names_the_days_that_it_tells_of(
    week: str, weekday: int, english: str, chinese: str
) -> None:
    day = span_of(weekday, BERLIN, week).last + timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(BERLIN))
    one = a_week(Languages.BOTH, week=week, weekday=weekday, at=at, asked=(("people", 1),))
    assert DIGEST.message(one).parts[0] == Heading(
        text=f"Weekly digest, {english} · 周报（{chinese}）"
    )


def test_one_that_is_made_later_says_of_when_it_is() -> None:
    week = a_week(asked=(("people", 1),), at=AT + timedelta(days=10))
    assert "Weekly digest, 16–22 Nov 2026, as of 3 Dec 2026" in said(week)
    assert "周报（2026年11月16日–22日，截至2026年12月3日）" in said(
        replace(week, team=a_team(Languages.ZH))
    )


def test_a_span_is_seven_whole_local_days_also_when_clocks_change() -> None:
    span = span_of(0, BERLIN, "2026-W44")  # clocks go back on the 25th of October
    assert (span.first, span.last) == (date(2026, 10, 19), date(2026, 10, 25))
    assert span.until - span.since == timedelta(days=7, hours=1)
    assert span_of(0, BERLIN, "2026-W45").since == span.until
    assert span.holds(span.since)
    assert not span.holds(span.until)


# ── what is hidden, and quiet weeks ──────────────────────────────────────────


@pytest.mark.parametrize("why", Hidden)
def test_a_quiet_week_says_which_pulse_is_hidden_and_why(why: Hidden) -> None:
    one = replace(hidden("people", why), fresh=False)
    text = said(a_week(standings=(one,), last_pulse=one.closed))
    assert "No pulse has been run" not in text
    assert f"People: not shown: {'fewer than 5' if why is Hidden.FEW else 'beside another'}" in text
    assert "20 Nov 2026" in text


def test_a_quiet_week_names_the_day_of_the_last_pulse() -> None:
    week = a_week(standings=(stands("people", 60, fresh=False),))
    assert "Where you stand: People 60; last pulse 20 Nov 2026." in said(week)
    long_ago = a_week(last_pulse=AT - timedelta(days=500))
    assert "The last pulse was on 11 Jul 2025, too long ago" in said(long_ago)
    assert "a lead starts one" in said(long_ago)


@pytest.mark.parametrize(
    ("before", "asks"), [(2, 0), (3, 4), (4, 0), (5, 0), (6, 0), (7, 8), (11, 12)]
)
def test_it_asks_at_every_fourth_quiet_week_with_the_real_number(before: int, asks: int) -> None:
    week = a_week(Languages.BOTH, quiet_before=before)
    assert (f"{asks} quiet weeks in a row" in said(week)) == bool(asks)
    assert (f"已经连续 {asks} 周没有动静了" in said(week)) == bool(asks)


# ── questions ────────────────────────────────────────────────────────────────


def test_a_question_is_quoted_once_beside_both_languages() -> None:
    week = a_week(Languages.BOTH, gaps=(a_gap("how do penguins fly", 2),), unanswered=3)
    assert "- “how do penguins fly” (asked 2 times) · 问过 2 次" in said(week)
    assert "- and 2 more without an answer · 另有 2 个问题没有答案" in said(week)


def test_questions_that_are_not_quoted_are_a_number() -> None:
    week = a_week(asked=(("people", 1),), unanswered=2)
    assert "2 questions this week had no answer." in said(week)
    assert "“" not in said(week)
    alone = DIGEST.message(a_week(unanswered=2))
    assert plain(alone).count("2 questions") == 1


# ── the chart ────────────────────────────────────────────────────────────────


def past() -> tuple[Pulse, ...]:
    """One pillar a pulse, as in life."""
    values = (("people", 40), ("process", 55), ("people", 60), ("business-outcomes", 71))
    return tuple(
        replace(a_pulse(pillar, value), closes=AT - timedelta(days=60 - 14 * number))
        for number, (pillar, value) in enumerate(values)
    )


def the_chart(week: TeamWeek) -> Chart:
    (chart,) = [part for part in DIGEST.message(week).parts if isinstance(part, Chart)]
    return chart


def test_every_score_of_the_last_pulses_is_a_bar_and_none_is_made_up() -> None:
    chart = the_chart(a_week(standings=(weak(),), past=past()))
    bars = dict(zip(chart.labels, chart.series[0].values, strict=True))
    assert bars == {
        "People 24 Sept": 40.0,
        "People 22 Oct": 60.0,
        "Process 8 Oct": 55.0,
        "Business Outcomes 5 Nov": 71.0,
    }


def test_every_platform_draws_it_and_has_each_number_in_words() -> None:
    message = DIGEST.message(a_week(standings=(weak(),), past=past()))
    (page,) = on_slack(message)
    (block,) = [one for one in page["blocks"] if one["type"] == "data_visualization"]
    assert [point["value"] for point in block["chart"]["series"][0]["data"]] == [40, 60, 55, 71]
    assert "Chart.VerticalBar" in str(on_teams(message))
    for text in (page["text"], str(on_teams(message)), on_terminal(message)):
        assert "Business Outcomes 5 Nov: Score 71" in text


def test_pulses_on_everything_take_no_more_bars_than_slack_draws() -> None:
    every = tuple(a_score(pillar, 50) for pillar in INSTRUMENT.pillars)
    pulse = a_pulse("all", 1)
    assert pulse.result
    whole = replace(pulse, result=replace(pulse.result, pillars=every))
    chart = the_chart(a_week(standings=(weak(),), past=(whole,) * 8))
    assert (len(chart.labels), chart.title) == (20, "Scores of the last 4 pulses")
