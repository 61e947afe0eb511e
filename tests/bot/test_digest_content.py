"""Whatever a week holds, its digest is short, the same each time, and tells nothing it must not."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.digest import Digest
from bot.instrument import Instrument
from bot.messages import Bullets, Buttons, Heading, Message, Platform, Text, Workspace
from bot.plaintext import plain
from bot.ports.actions import Action
from bot.ports.asking import Gap, GapReason
from bot.ports.channels import Languages, Team
from bot.ports.pulses import Pulse, PulseState
from bot.scoring import Change, Hidden, Result, Score
from bot.teamweek import Standing, TeamWeek
from knowledge.load import load
from knowledge.model import Language

WORKSPACE = Workspace(platform=Platform.SLACK, id="T1")
BASE = load(examples=False)
INSTRUMENT = Instrument(BASE)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
MOST_PARTS = 12
MOST_HEADING, MOST_TEXT, MOST_ALL, MOST_BUTTON = 150, 3000, 12_000, 75  # Slack's, characters
LONG = st.text(min_size=1, max_size=3000)


def scores(of: st.SearchStrategy[str]) -> st.SearchStrategy[Score]:
    return st.builds(
        Score,
        of=of,
        people=st.integers(5, 400),
        value=st.integers(0, 100),
        low=st.integers(0, 100),
        high=st.integers(0, 100),
    )


@st.composite
def standings(draw: st.DrawFn, pillar: str) -> Standing:
    hidden = draw(st.sampled_from([None, *Hidden]))
    fresh = draw(st.booleans())
    topics = [topic for topic in BASE.topics if topic.startswith(f"{pillar}.")]
    score = None if hidden else draw(scores(st.just(pillar)))
    change = st.builds(
        Change,
        pillar=st.just(pillar),
        since=st.just("P0"),
        statements=st.just(()),
        difference=st.integers(-100, 100),
        low=st.just(-1),
        high=st.just(1),
        real=st.booleans(),
    )
    return Standing(
        pillar=pillar,
        closed=AT - timedelta(days=1 if fresh else 30),
        score=score,
        hidden=hidden,
        change=draw(st.none() | change) if score else None,
        fresh=fresh,
        topics=tuple(draw(st.lists(scores(st.sampled_from(topics)), max_size=5))) if score else (),
    )


def a_pulse(pillar: str, value: int | None) -> Pulse:
    score = Score(of=pillar, people=9, value=value or 0, low=0, high=100)
    return Pulse(
        workspace=WORKSPACE,
        id="P",
        channel="C1",
        pillar=pillar,
        statements=(),
        language=Language.EN,
        zone="UTC",
        lead="U1",
        with_lead=True,
        opened=AT - timedelta(days=9),
        closes=AT - timedelta(days=2),
        days=7,
        invites=True,
        reminders=True,
        invited=12,
        state=PulseState.OPEN if value is None else PulseState.CLOSED,
        result=None if value is None else Result(invited=12, respondents=9, pillars=(score,)),
    )


def an_action(title: str, owner: str) -> Action:
    return Action(
        workspace=WORKSPACE,
        id="A",
        channel="C1",
        topic="people.overview",
        title=title,
        owner=owner,
        due_week="2026-W50",
        author="U1",
        created=AT,
    )


def a_gap(text: str, times: int) -> Gap:
    return Gap(
        id="G",
        text=text,
        language=Language.EN,
        reason=GapReason.NOT_COVERED,
        nearest=(),
        asked=AT,
        times=times,
    )


@st.composite
def weeks(draw: st.DrawFn) -> TeamWeek:
    pillars = draw(st.lists(st.sampled_from(INSTRUMENT.pillars), unique=True))
    actions = st.builds(an_action, LONG, LONG)
    return TeamWeek(
        team=Team(
            workspace=WORKSPACE,
            channel="C1",
            name="ours",
            language=draw(st.sampled_from(Languages)),
        ),
        zone=draw(st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "UTC"])),
        week="2026-W48",
        at=AT,
        standings=tuple(draw(standings(one)) for one in INSTRUMENT.pillars if one in pillars),
        past=tuple(
            a_pulse(draw(st.sampled_from(INSTRUMENT.pillars)), draw(st.integers(0, 100)))
            for _ in range(draw(st.integers(0, 8)))
        ),
        open=tuple(a_pulse(one, None) for one in pillars[:3]),
        actions=tuple(draw(st.lists(actions, max_size=12))),
        done=tuple(draw(st.lists(actions, max_size=2))),
        asked=tuple((one, draw(st.integers(1, 999))) for one in pillars[:2]),
        gaps=tuple(draw(st.lists(st.builds(a_gap, LONG, st.integers(1, 99)), max_size=3))),
        quiet_before=draw(st.integers(0, 5)),
    )


many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def texts(message: Message) -> list[str]:
    return [part.text for part in message.parts if isinstance(part, Text)]


@given(weeks())
@many
def test_it_is_short_and_within_every_platforms_limits(week: TeamWeek) -> None:
    message = Digest(INSTRUMENT).message(week)
    assert len(message.parts) <= MOST_PARTS
    assert len(plain(message)) <= MOST_ALL
    assert all(len(text) <= MOST_TEXT for text in texts(message))
    for part in message.parts:
        match part:
            case Heading():
                assert len(part.text) <= MOST_HEADING
            case Bullets():
                assert len("\n".join(part.items)) <= MOST_TEXT
            case Buttons():
                assert all(len(button.label) <= MOST_BUTTON for button in part.buttons)


@given(weeks())
@many
def test_the_same_week_always_gives_the_same_message(week: TeamWeek) -> None:
    assert Digest(INSTRUMENT).message(week) == Digest(INSTRUMENT).message(week)


@given(weeks())
@many
def test_the_headline_stands_in_the_message_and_is_the_notification(week: TeamWeek) -> None:
    message = Digest(INSTRUMENT).message(week)
    assert message.summary
    assert all(part in plain(message) for part in message.summary.split(" / ")[:1])


@given(weeks())
@many
def test_hidden_scores_are_replaced_by_the_reason(week: TeamWeek) -> None:
    """A hidden pillar shows no number at all but the least group size and the date."""
    message = Digest(INSTRUMENT).message(week)
    if week.quiet or week.team.language is not Languages.EN:
        return
    lines = plain(message).split("\n")
    for one in week.standings:
        if one.hidden:
            name = INSTRUMENT.name(one.pillar, Language.EN)
            line = next(line for line in lines if line.startswith(f"{name}: not shown"))
            assert re.findall(r"\d+(?= of|%| ·)", line) == []


@given(weeks())
@many
def test_a_quiet_week_has_three_lines_and_a_full_one_a_way_to_the_details(week: TeamWeek) -> None:
    message = Digest(INSTRUMENT).message(week)
    if week.quiet:
        assert len(texts(message)) == 3
        assert any(isinstance(part, Buttons) for part in message.parts) == week.asks_to_pause
    else:
        buttons = [part for part in message.parts if isinstance(part, Buttons)]
        assert buttons[-1].buttons[0].action == "digest.details"
