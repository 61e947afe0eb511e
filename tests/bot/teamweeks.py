"""Weeks of a team as tests make them: whatever can be stored, with the worst that people write."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.instrument import Instrument
from bot.messages import Platform, Workspace
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
LONGEST = 3000  # characters that somebody may have written
HOSTILE = (
    "<!channel> <!here> <!everyone> <@U012AB3CD> <!subteam^S1> <#C1|general> ",
    "@channel @everyone @here ",
    "<at>Everyone</at> <at id='1'>Bo</at> ",
    "<https://evil.test|click> [x](http://evil.test) ![](http://evil.test/p.png) ",
    "*bold* _it_ ~gone~ `code` # > 1. - **b** \\ ",
    "{{DATE(2026-11-23T09:00:00Z, SHORT)}} {title} {0} %s ",
    "&lt;!channel&gt; &amp; &nbsp; <script>alert(1)</script> ",
    "部署到测试环境不需要等别的团队，",
    "🧑‍🤝‍🧑🏳️‍🌈🎉",
    "\u202eشحن مجاني\u2066עברית\u2069 ",
    "e\u0301a\u0308o\u0302\u0323\u0336",
    "\u200b\u200d\ufeff\u2060",
    "line\nbreak\r\n\t\u2028next ",
    "\x1b[31mred\x1b[0m \x07\x1b]8;;http://evil.test\x1b\\ ",
    "W" * 40,
)
texts = st.builds(
    lambda piece, times, end: ((piece * times)[:LONGEST] + end)[:LONGEST],
    st.sampled_from(HOSTILE),
    st.sampled_from([1, 5, LONGEST]),
    st.text(max_size=8),
)


def scores(of: st.SearchStrategy[str]) -> st.SearchStrategy[Score]:
    percent = st.integers(0, 100)
    people = st.integers(5, 400)
    return st.builds(Score, of=of, people=people, value=percent, low=percent, high=percent)


@st.composite
def standings(draw: st.DrawFn, pillar: str) -> Standing:
    hidden = draw(st.sampled_from([None, *Hidden]))
    fresh = draw(st.booleans())
    change = st.builds(a_change, st.just(pillar), st.integers(-100, 100), st.booleans())
    shown = st.lists(scores(st.sampled_from(topics_of(pillar))), max_size=5)
    score = None if hidden else draw(scores(st.just(pillar)))
    return Standing(
        pillar=pillar,
        closed=AT - timedelta(days=1 if fresh else 30),
        score=score,
        hidden=hidden,
        change=draw(st.none() | change) if score else None,
        fresh=fresh,
        topics=tuple(draw(shown)) if score else (),
    )


def topics_of(pillar: str) -> list[str]:
    return [topic for topic in BASE.topics if topic.startswith(f"{pillar}.")]


def a_change(pillar: str, difference: int, real: bool) -> Change:
    return Change(
        pillar=pillar,
        since="P0",
        statements=(),
        difference=difference,
        low=-1,
        high=1,
        real=real and difference != 0,
    )


def a_score(of: str, value: int, people: int = 9) -> Score:
    return Score(of=of, people=people, value=value, low=0, high=100)


def a_pulse(pillar: str, value: int | None) -> Pulse:
    """Open if it has no value."""
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
        result=None if value is None else a_result(pillar, value),
    )


def a_result(pillar: str, value: int) -> Result:
    return Result(invited=12, respondents=9, pillars=(a_score(pillar, value),))


def an_action(title: str, owner: str, topic: str = "people.overview") -> Action:
    return Action(
        workspace=WORKSPACE,
        id="A",
        channel="C1",
        topic=topic,
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
        asked=AT - timedelta(days=2),
        times=times,
        aloud=AT - timedelta(days=2),
        times_aloud=times,
    )


def a_team(language: Languages, name: str = "ours") -> Team:
    return Team(workspace=WORKSPACE, channel="C1", name=name, language=language)


@st.composite
def weeks(draw: st.DrawFn) -> TeamWeek:
    pillars = draw(st.lists(st.sampled_from(INSTRUMENT.pillars), unique=True))
    actions = st.builds(an_action, texts, texts)
    found = draw(st.lists(st.builds(a_gap, texts, st.integers(1, 99)), max_size=3))
    past = st.builds(a_pulse, st.sampled_from(INSTRUMENT.pillars), st.integers(0, 100))
    return TeamWeek(
        team=a_team(draw(st.sampled_from(Languages))),
        zone=draw(st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "UTC"])),
        week="2026-W48",
        at=AT,
        standings=tuple(draw(standings(one)) for one in INSTRUMENT.pillars if one in pillars),
        past=tuple(draw(st.lists(past, max_size=8))),
        open=tuple(a_pulse(one, None) for one in pillars[:3]),
        actions=tuple(draw(st.lists(actions, max_size=12))),
        done=tuple(draw(st.lists(actions, max_size=2))),
        asked=tuple((one, draw(st.integers(1, 999))) for one in pillars[:2]),
        gaps=tuple(found),
        unanswered=len(found),
        quiet_before=draw(st.integers(0, 5)),
    )


def in_language(week: TeamWeek, language: Languages) -> TeamWeek:
    return replace(week, team=replace(week.team, language=language))


def fullest(language: Languages, written: str) -> TeamWeek:
    """As much as a week can hold: the model's longest names, and `written` by all people."""
    read = Language.ZH if language is Languages.ZH else Language.EN
    longest = max(
        BASE.topics,
        key=lambda one: len(INSTRUMENT.topic(one, read)) + sum(map(len, steps(one, read))),
    )
    worst = max(INSTRUMENT.pillars, key=lambda one: len(INSTRUMENT.name(one, read)))
    standing = {
        pillar: Standing(
            pillar=pillar,
            closed=AT - timedelta(days=1),
            score=a_score(pillar, 100, people=88_888),
            hidden=None,
            change=a_change(pillar, -100, real=True),
            fresh=True,
            topics=tuple(a_score(one, 0 if one == longest else 100) for one in topics_of(pillar)),
        )
        for pillar in INSTRUMENT.pillars
    }
    return TeamWeek(
        team=a_team(language, written),
        zone="America/Argentina/ComodRivadavia",
        week="2026-W53",
        at=AT,
        standings=tuple(standing.values()),
        past=tuple(a_pulse(pillar, 100) for pillar in (*INSTRUMENT.pillars, worst, worst, worst)),
        open=(a_pulse(worst, None),) * 6,
        actions=(an_action(written, written, longest),) * 40,
        done=(an_action(written, written),) * 10,
        asked=tuple((pillar, 99_999) for pillar in INSTRUMENT.pillars),
        gaps=(a_gap(written, 99_999),) * 3,
        unanswered=100,
        quiet_before=0,
    )


def steps(topic: str, language: Language) -> tuple[str, ...]:
    return INSTRUMENT.steps(topic, language, 1)
