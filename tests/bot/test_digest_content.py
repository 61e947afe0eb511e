"""Whatever a week holds, its digest is short, says what it must, and fits every platform."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from adapters.teams.outbound import card
from bot.digest import Digest
from bot.messages import Buttons, Message, Text
from bot.plaintext import plain
from bot.ports.channels import Languages, SlotKind
from bot.ports.pulses import ALL, Pulse
from bot.ports.weeks import Channel, ChannelWeek
from bot.replies import to_asker
from bot.rollup import Rollup, TeamLine, WorkspaceWeek
from bot.scoring import Hidden, Limits, Result, StatementResult
from bot.teamweek import TeamWeek, TeamWeeks
from bot.wording import wording
from knowledge.model import Language
from tests.adapters.teams.painter import problems
from tests.bot.printed import a_slot
from tests.bot.shown import left_out_on_teams, read, wrong
from tests.bot.teamweeks import (
    AT,
    HOSTILE,
    INSTRUMENT,
    LONGEST,
    a_gap,
    a_pulse,
    a_result,
    a_team,
    fullest,
    in_language,
    weeks,
)

DIGEST = Digest(INSTRUMENT)
MOST_PARTS = 12
UNSEEN = ("\u200b\u200d\ufeff\u2060", "\x1b[31mred\x1b[0m \x07\x1b]8;;http://evil.test\x1b\\ ")

many = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],  # a smaller example is not worth minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def texts(message: Message) -> list[str]:
    return [part.text for part in message.parts if isinstance(part, Text)]


def every_page(week: TeamWeek) -> dict[str, Message]:
    """The digest in each language, the details, and both again as the history shows them."""
    pages = {
        **{str(one): DIGEST.message(in_language(week, one)) for one in Languages},
        **{f"details {one}": DIGEST.details(week, one) for one in Language},
    }
    kept = pages["both"]
    old = to_asker(wording(Language.ZH), kept.summary, Text(text=plain(kept)))
    return {**pages, "history": old}


def a_rollup(language: Languages, name: str, teams: int) -> Message:
    number = 10**6
    line = TeamLine(
        name=name, last_pulse=AT, open_pulses=number, open_actions=number, questions=number
    )
    week = WorkspaceWeek(week="2026-W53", own=a_team(language), lines=(line,) * teams, more=9)
    return Rollup.message(week)


@given(weeks())
@many
def test_whatever_a_week_holds_every_platform_takes_it(week: TeamWeek) -> None:
    for name, page in every_page(week).items():
        assert (name, wrong(page)) == (name, [])


@given(weeks())
@many
def test_it_has_about_twelve_parts_and_its_longest_text_is_readable(week: TeamWeek) -> None:
    message = DIGEST.message(week)
    assert len(message.parts) <= MOST_PARTS
    assert len(message.summary) <= 400
    assert all(len(text) <= 1500 for text in texts(message))


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_fullest_week_with_the_worst_texts_fits_every_platform(piece: str) -> None:
    week = fullest(Languages.BOTH, (piece * LONGEST)[:LONGEST])
    for name, page in every_page(week).items():
        assert (name, wrong(page)) == (name, [])
        assert not left_out_on_teams(page)
    assert len(DIGEST.message(week).parts) <= MOST_PARTS


@pytest.mark.parametrize("language", Languages)
def test_the_fullest_week_is_a_card_that_microsofts_schema_takes(language: Languages) -> None:
    week = fullest(language, HOSTILE[0] * LONGEST)
    assert problems(card(DIGEST.message(week))) == []
    assert problems(card(a_rollup(language, HOSTILE[0] * 9, teams=3))) == []


@pytest.mark.parametrize("language", Languages)
def test_everything_of_the_fullest_week_can_be_read_on_every_platform(
    language: Languages,
) -> None:
    week = fullest(language, "Write it down")
    assert week.weakest
    for spoken in [Language.EN, Language.ZH] if language is Languages.BOTH else [language]:
        said = Language(spoken)
        wanted = [
            *INSTRUMENT.names(said),
            INSTRUMENT.topic(week.weakest.of, said),
            wording(said).say("digest.chart_title", n=8),
            wording(said).say("digest.gaps_title"),
            wording(said).moment(week.open[0].closes, week.zone),
            "88888",
            "99999",
        ]
        for platform in read(DIGEST.message(week)):
            even = "".join(one for one in platform if one not in "│ \n")
            assert [one for one in wanted if one.replace(" ", "") not in even] == []


@pytest.mark.parametrize("language", Languages)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_roll_up_of_many_teams_with_the_worst_names_fits_every_platform(
    language: Languages, piece: str
) -> None:
    message = a_rollup(language, (piece * LONGEST)[:LONGEST], teams=500)
    assert wrong(message) == []
    assert not left_out_on_teams(message)


@pytest.mark.parametrize("written", UNSEEN)
def test_what_cannot_be_seen_is_no_owner(written: str) -> None:
    week = replace(fullest(Languages.EN, "Write it down"), done=())
    nobodys = replace(week.actions[0], owner=HOSTILE[11] * 3)
    shown = plain(DIGEST.message(replace(week, actions=(nobodys,))))
    assert "nobody has taken it yet" in shown
    nobodys = replace(week.actions[0], title=written)
    assert "\x1b" not in plain(DIGEST.message(replace(week, actions=(nobodys,))))


@given(weeks())
@many
def test_the_headline_stands_in_the_message_and_is_the_notification(week: TeamWeek) -> None:
    message = DIGEST.message(week)
    assert message.summary
    assert all(part in plain(message) for part in message.summary.split(" / ")[:1])


@pytest.mark.parametrize("language", Languages)
@given(week=weeks())
@many
def test_hidden_scores_are_replaced_by_the_reason(language: Languages, week: TeamWeek) -> None:
    """In the same words on every platform, and without a band, a number of people or a change."""
    message = DIGEST.message(in_language(week, language))
    if week.quiet:
        return
    for spoken in [Language.EN, Language.ZH] if language is Languages.BOTH else [language]:
        said = wording(Language(spoken))
        for one in week.standings:
            if one.hidden:
                day = said.day(one.closed.date())
                why = said.say(f"digest.hidden_{one.hidden.value}", day=day, least=5)
                name = INSTRUMENT.name(one.pillar, said.language)
                assert_reason(message, name, why)


def assert_reason(message: Message, name: str, why: str) -> None:
    pairs = {pair for part in message.parts if hasattr(part, "pairs") for pair in part.pairs}
    (value,) = [value for label, value in pairs if name in label.split(" · ")]
    assert why in value.split("\n")
    for platform in read(message)[:2]:
        assert why in platform


@given(weeks())
@many
def test_a_quiet_week_has_three_lines_and_a_full_one_a_way_to_the_details(week: TeamWeek) -> None:
    message = DIGEST.message(week)
    if week.quiet:
        assert len(texts(message)) == 3
        assert any(isinstance(part, Buttons) for part in message.parts) == week.asks_to_pause
    else:
        buttons = [part for part in message.parts if isinstance(part, Buttons)]
        assert buttons[-1].buttons[0].action == "digest.details"


@pytest.mark.parametrize("language", Languages)
@pytest.mark.parametrize("why", Hidden)
def test_a_result_that_is_hidden_is_the_headline_with_its_true_reason(
    language: Languages, why: Hidden
) -> None:
    week = fullest(language, "x")
    hidden = replace(week.standings[0], score=None, hidden=why, change=None, topics=())
    nothing_else = replace(
        week, standings=(hidden,), open=(), actions=(), done=(), asked=(), gaps=(), past=()
    )
    message = DIGEST.message(nothing_else)
    few = ("too few answers", "回答人数太少")
    assert any(one in message.summary for one in few) == (why is Hidden.FEW)


def a_read(closed: tuple[Pulse, ...], gaps: int = 0) -> TeamWeek:
    """What becomes of a channel as it stands in the store."""
    read = ChannelWeek(
        team=a_team(Languages.BOTH),
        slot=None,
        closed=closed,
        open=(),
        actions=(),
        ended=(),
        answered=(),
        gaps=tuple(a_gap(f"question {number}", 1) for number in range(gaps)),
        past=(),
    )
    return TeamWeeks(NoStore(), INSTRUMENT.pillars).made(
        read, a_slot(SlotKind.DIGEST), "2026-W48", AT
    )


class NoStore:
    """Implements bot.ports.weeks.WeekStore; nothing is read."""

    async def of(
        self,
        channels: Sequence[Channel],
        *,
        since: datetime,
        most_pulses: int,
        most_ended: int,
        most_gaps: int,
        most_past: int,
    ) -> Mapping[Channel, ChannelWeek]:
        raise AssertionError("nothing is read")


def test_in_a_pulse_on_everything_each_pillar_has_its_own_reason() -> None:
    def hidden(topic: str, why: Hidden) -> StatementResult:
        nothing = (0, 0, 0, 0, 0)
        return StatementResult(statement=topic, topic=topic, counts=nothing, apart=0, hidden=why)

    statements = (
        hidden("people.overview", Hidden.DIFFERENCE),
        hidden("process.ci-cd", Hidden.FEW),
    )
    result = replace(a_result("policy", 60), statements=statements)
    week = a_read((replace(a_pulse(ALL, 60), result=result),))
    assert {one.pillar: one.hidden for one in week.standings} == {
        "people": Hidden.DIFFERENCE,
        "process": Hidden.FEW,
        "policy": None,
        "technology": Hidden.FEW,
        "business-outcomes": Hidden.FEW,
    }


def test_questions_without_an_answer_are_counted_all_and_three_are_listed() -> None:
    message = DIGEST.message(a_read((), gaps=7))
    assert message.summary.startswith("7 questions are still waiting")
    assert plain(message).count("“question") == 3
    assert "and 4 more without an answer · 另有 4 个问题没有答案" in plain(message)


def test_a_minimum_that_was_raised_is_the_one_that_is_named() -> None:
    few = Result(invited=12, respondents=7, hidden=Hidden.FEW)
    week = a_read((replace(a_pulse("people", 60), result=few),))
    message = Digest(INSTRUMENT, Limits(scores=8)).message(week)
    assert "fewer than 8 answered" in plain(message)
    assert "回答者少于 8 人" in plain(message)


def test_a_quiet_week_tells_where_the_team_stood_and_nothing_that_is_hidden() -> None:
    shown = fullest(Languages.BOTH, "x").standings
    old = replace(shown[0], fresh=False)
    hidden = replace(shown[1], fresh=False, score=None, hidden=Hidden.FEW, change=None, topics=())
    week = replace(a_read(()), standings=(old, hidden))
    text = plain(DIGEST.message(week))
    assert "Where you stand: People 100; last pulse 22 Nov 2026." in text
    assert "目前的分数：人员 100；上次脉搏调查：2026年11月22日。" in text
    assert "Process" not in text
