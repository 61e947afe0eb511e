"""Nothing of fewer than five people is told by a digest, whatever they said, wherever it is read.

Ballots are really cast, closed and counted in the store. What may be told is worked out here from
the ballots alone; and what may not be told is answered the other way round, in a second world:
its digests must be the same, byte for byte, on every platform.
"""

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.closing import Closing
from bot.digest import Digest
from bot.messages import Chart, Facts, Message, Person, Platform, Standing, Text, Workspace
from bot.plaintext import plain
from bot.ports.channels import Languages, Slot, SlotKind, Team
from bot.ports.pulses import ALL, Ballot, Invitee, Pulse
from bot.rollup import Rollup
from bot.scoring import APART, LEAST_FOR_SCORES, Limits
from bot.slots import week_key
from bot.teamweek import TeamWeek, TeamWeeks
from knowledge.base import KnowledgeBase
from knowledge.model import Language
from tests.bot.shown import payloads, read
from tests.bot.teamweeks import BASE, INSTRUMENT
from tests.conftest import APPLICATION_KEY
from tests.town import LEAD, TEAM, Town, town

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = tuple(f"p{number}" for number in range(12))
NEAR = timedelta(days=28)  # answers this close in time are taken as the same
Answers = tuple[int, ...]
ROW = re.compile(r"(\d+) (?:answered|人回答)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One pulse of a history: when it closes after the one before, of whom, and what they said."""

    pillar: str
    days: int
    invited: tuple[str, ...]
    ballots: dict[str, Answers]


@dataclass(kw_only=True)
class World:
    """One workspace with one team in it, in a store that all worlds share."""

    runner: asyncio.Runner
    store: DatabaseStore
    name: str
    pulses: list[Pulse] = field(default_factory=list)
    now: datetime = START

    @property
    def workspace(self) -> Workspace:
        return Workspace(platform=Platform.TERMINAL, id=self.name)

    async def live(self, history: list[Asked]) -> None:
        for number, one in enumerate(history):
            await self._ask(f"P{number}", one)

    async def _ask(self, id: str, one: Asked) -> None:
        past = await self.store.pulses.asked_in(self.workspace, "C1")
        closes = self.now + timedelta(days=one.days)
        pulse = a_pulse(self.workspace, id, one, past, self.now, closes)
        invited = [Invitee(person=self._person(who), zone="UTC") for who in one.invited]
        assert await self.store.pulses.launch(pulse, invited, ())
        for who, answers in one.ballots.items():
            ballot = Ballot(answers=answers[: len(pulse.statements)])
            await self.store.ballots.answer(pulse, self._person(who), ballot, self.now)
        assert await self.store.ballots.close(pulse, closes, Limits())
        closed = await self._again(pulse)
        result = await Closing(self.store.pulses, self.store.ballots, Limits()).result(closed)
        assert await self.store.pulses.keep_result(closed, result, ())
        self.pulses.append(await self._again(pulse))
        self.now = closes

    async def _again(self, pulse: Pulse) -> Pulse:
        found = await self.store.pulses.pulse(pulse.workspace, pulse.id)
        assert found
        return found

    def _person(self, who: str) -> Person:
        return Person(workspace=self.workspace, id=who)

    def slot(self, kind: SlotKind = SlotKind.DIGEST) -> Slot:
        at = time(9)
        return Slot(workspace=self.workspace, channel="C1", kind=kind, weekday=0, at=at, zone="UTC")

    async def week(self, language: Languages) -> TeamWeek:
        team = Team(workspace=self.workspace, channel="C1", name="Ours", language=language)
        await self.store.channels.put_team(team)
        weeks = TeamWeeks(self.store.weeks, INSTRUMENT.pillars)
        week = week_key((self.now + timedelta(days=7)).date())  # it tells of the days until now
        return await weeks.of(self.slot(), week, self.now + timedelta(hours=1))

    async def pages(self) -> dict[str, Message]:
        """All that a digest can tell of it."""
        digest, found = Digest(INSTRUMENT), {}
        rollup = Rollup(
            channels=self.store.channels,
            pulses=self.store.pulses,
            actions=self.store.actions,
            asking=self.store.asking,
        )
        for language in Languages:
            week = await self.week(language)
            found[f"digest {language}"] = digest.message(week)
            line = await rollup.of(self.slot(SlotKind.ROLLUP), "2026-W20", self.now)
            found[f"roll-up {language}"] = rollup.message(line)
        for one in Language:
            found[f"details {one}"] = digest.details(week, one)
        return found


def a_pulse(
    workspace: Workspace,
    id: str,
    one: Asked,
    past: tuple[tuple[str, ...], ...],
    opened: datetime,
    closes: datetime,
) -> Pulse:
    return Pulse(
        workspace=workspace,
        id=id,
        channel="C1",
        pillar=one.pillar,
        statements=INSTRUMENT.statements(one.pillar, past),
        language=Language.EN,
        zone="UTC",
        lead="p0",
        with_lead=True,
        opened=opened,
        closes=closes,
        days=one.days,
        invites=False,
        reminders=False,
        invited=len(one.invited),
    )


# ── what may be told, worked out from the ballots ────────────────────────────


def told(pulses: list[Pulse], history: list[Asked], number: int) -> set[str]:
    """Statements of one pulse of which anything may be told at all."""
    one, pulse = history[number], pulses[number]
    if len(one.ballots) < LEAST_FOR_SCORES:
        return set()
    counts = {
        statement: sum(answers[place] != APART for answers in one.ballots.values())
        for place, statement in enumerate(pulse.order)
    }
    enough = {statement for statement, count in counts.items() if count >= LEAST_FOR_SCORES}
    for other, before in zip(pulses[:number], history[:number], strict=True):
        if other.closes > pulse.closes - NEAR and too_close(one, before):
            enough -= set(other.order)
    return enough


def too_close(one: Asked, other: Asked) -> bool:
    """Subtracting one result from the other would tell of one to four people."""
    ours, theirs = set(one.invited), set(other.invited)
    apart = (len(ours - theirs), len(theirs - ours), abs(len(one.ballots) - len(other.ballots)))
    return bool(ours & theirs) and any(0 < number < LEAST_FOR_SCORES for number in apart)


def score(pulse: Pulse, one: Asked, statements: set[str]) -> int | None:
    """0–100 over these statements; None where fewer than five people answered any of them."""
    given = [
        [
            answers[place]
            for place, statement in enumerate(pulse.order)
            if statement in statements and answers[place] != APART
        ]
        for answers in one.ballots.values()
    ]
    every = [answer for answers in given for answer in answers]
    if sum(bool(answers) for answers in given) < LEAST_FOR_SCORES:
        return None
    return round((sum(every) / len(every) - 1) * 25)


def of_group(pulse: Pulse, statements: set[str], group: str) -> set[str]:
    return {
        one.id
        for one in pulse.statements
        if one.id in statements and f"{one.topic}.".startswith(f"{group}.")
    }


def otherwise(history: list[Asked], pulses: list[Pulse]) -> list[Asked]:
    """The same people, and the other way round whatever may not be told."""
    made = []
    for number, (one, pulse) in enumerate(zip(history, pulses, strict=True)):
        open_book = told(pulses, history, number)
        ballots = {
            who: tuple(
                answer if statement in open_book or answer == APART else 6 - answer
                for statement, answer in zip(pulse.order, answers, strict=False)
            )
            for who, answers in one.ballots.items()
        }
        made.append(Asked(pillar=one.pillar, days=one.days, invited=one.invited, ballots=ballots))
    return made


# ── histories ────────────────────────────────────────────────────────────────

MOST = 10  # statements of a pulse


def a_history(random: Random) -> list[Asked]:
    return [asked(random) for _ in range(random.randint(2, 4))]


def asked(random: Random) -> Asked:
    """Of all or nearly all, of whom any number from none to twelve answer."""
    invited = PEOPLE[random.choice([0, 0, 0, 1, 5]) : random.choice([9, 12, 12, 12])]
    came = min(len(invited), random.choice([random.randint(0, 4), 5, 6, 8, 11, 12, 12]))
    steps = random.choice([(1, 2, 3, 4, 5), (4, 5, 5), (1, 1, 2), (APART, APART, 1, 5)])
    return Asked(
        pillar=random.choice([ALL, "people", "people", "process"]),
        days=random.choice([3, 7, 7, 40]),
        invited=invited,
        ballots={who: tuple(random.choices(steps, k=MOST)) for who in invited[:came]},
    )


@pytest.fixture(scope="module")
def worlds(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Iterator[World]]:
    """New workspaces in one store."""
    copy = tmp_path_factory.mktemp("worlds") / "coach.sqlite3"
    shutil.copy(migrated_file, copy)
    with asyncio.Runner() as runner:
        database = Database(f"sqlite:///{copy}")
        store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
        yield (World(runner=runner, store=store, name=f"W{n}") for n in range(10**6))
        runner.run(database.close())


def lived(worlds: Iterator[World], history: list[Asked]) -> World:
    world = next(worlds)
    world.runner.run(world.live(history))
    return world


few = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # a smaller example is not worth minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
histories = st.builds(a_history, st.randoms(use_true_random=True))


@given(history=histories)
@few
def test_what_may_not_be_told_changes_no_byte_on_any_platform(
    worlds: Iterator[World], history: list[Asked]
) -> None:
    world = lived(worlds, history)
    other = lived(worlds, otherwise(history, world.pulses))
    ours, theirs = world.runner.run(world.pages()), world.runner.run(other.pages())
    for name, page in ours.items():
        assert plain(page) == plain(theirs[name])
        assert payloads(page) == payloads(theirs[name])


@given(history=histories)
@few
def test_every_number_is_one_that_at_least_five_people_stand_behind(
    worlds: Iterator[World], history: list[Asked]
) -> None:
    world = lived(worlds, history)
    for name, page in world.runner.run(world.pages()).items():
        for platform in read(page):
            assert [number for number in ROW.findall(platform) if int(number) < 5] == []
        if name.startswith("digest"):
            check_scores(page, world.pulses, history)
            check_chart(page, world.pulses, history)
            check_focus(page, world.pulses, history)
    pairs = combinations(range(len(history)), 2)
    assert not any(gives_away(world.pulses, history, *pair) for pair in pairs)


def names(group: str) -> list[str]:
    """As a digest writes a pillar or a topic, in each of its languages and in both."""
    name = INSTRUMENT.topic if "." in group else INSTRUMENT.name
    english, chinese = name(group, Language.EN), name(group, Language.ZH)
    return [english, chinese, f"{english} · {chinese}"]


def latest(pillar: str, history: list[Asked]) -> int | None:
    asking = [n for n, one in enumerate(history) if one.pillar in (pillar, ALL)]
    return asking[-1] if asking else None


def check_scores(page: Message, pulses: list[Pulse], history: list[Asked]) -> None:
    """Each pillar's line begins with its score, or tells none."""
    for part in page.parts:
        for label, value in part.pairs if isinstance(part, Facts) else ():
            (pillar,) = [one for one in INSTRUMENT.pillars if label in names(one)]
            number = latest(pillar, history)
            allowed = None
            if number is not None:
                shown = of_group(pulses[number], told(pulses, history, number), pillar)
                allowed = score(pulses[number], history[number], shown)
            for line in value.split("\n"):
                found = re.match(r"(\d+) (?:分 )?·", line)
                assert (int(found[1]) if found else None) in (None, allowed)


def check_chart(page: Message, pulses: list[Pulse], history: list[Asked]) -> None:
    """Its points, and so its numbers in words, are scores that may be told, in their order."""
    for chart in (part for part in page.parts if isinstance(part, Chart)):
        (line,) = chart.series
        bars = list(zip(chart.labels, line.values, strict=True))
        for pillar in INSTRUMENT.pillars:
            own = [value for label, value in bars if label.startswith(tuple(names(pillar)))]
            allowed = [
                score(pulse, one, of_group(pulse, told(pulses, history, number), pillar))
                for number, (pulse, one) in enumerate(zip(pulses, history, strict=True))
            ]
            left = iter(allowed)
            assert all(any(value == one for one in left) for value in own)


def check_focus(page: Message, pulses: list[Pulse], history: list[Asked]) -> None:
    """A topic is named as the focus only where five people answered about it."""
    for text in (part.text for part in page.parts if isinstance(part, Text)):
        found = re.match(r"(?:Focus: |重点：|Every.+?: |有分数.+?：)(.+?)[ （(]+(\d+)", text)
        if found:
            (topic,) = [one for one in BASE.topics if found[1] in names(one)]
            number = latest(topic.partition(".")[0], history)
            assert number is not None
            shown = of_group(pulses[number], told(pulses, history, number), topic)
            assert int(found[2]) == score(pulses[number], history[number], shown)


def gives_away(pulses: list[Pulse], history: list[Asked], first: int, second: int) -> bool:
    """Two results that stand beside each other, near in time, on the same statements, and of
    groups that differ by one to four people."""
    near = pulses[second].closes - pulses[first].closes < NEAR
    results = [pulses[first].result, pulses[second].result]
    shown = [
        {one.statement for one in result.statements if one.hidden is None}
        for result in results
        if result
    ]
    return near and bool(shown[0] & shown[1]) and too_close(history[second], history[first])


# ── the whole way, by hand ───────────────────────────────────────────────────


async def test_a_channel_where_four_answered_hears_no_number_wherever_it_looks(
    store: DatabaseStore, base: KnowledgeBase
) -> None:
    """Process has a score of its own; of People all is hidden: four agreed with everything."""
    here = await town(store, base)
    for setting in ("on mon 09:00 UTC", "language both"):
        await here.command(LEAD, setting, name="digest")
    for pillar, people, answer in (("people", TEAM[:4], 5), ("process", TEAM, 2)):
        here.now += timedelta(minutes=1)
        pulse = await here.launch(f"{pillar}|everyone|3d|yes|yes|0w|C1")
        for who in people:
            await here.answer(who, pulse, answer)
    await here.pass_time(days=14)
    pages = await wherever_it_looks(here)
    for name, page in pages.items():
        for platform in read(page):
            text = re.sub("95 %|of 100|满分 100", "", platform)
            assert (
                name,
                re.findall(r"(?<![\d:])100(?!\d)|(?<!\d)4 (?:answered|人回答)", text),
            ) == (name, [])
            assert (name, "established" in text or "成熟" in text) == (name, False)
    assert "12 answered" in plain(pages["digest"])
    for why in ("fewer than 5 answered", "回答者少于 5 人"):
        assert why in plain(pages["digest"])
        assert why in plain(pages["shown again"])


async def wherever_it_looks(here: Town) -> dict[str, Message]:
    """The two digests as posted, and all that can be asked for afterwards."""
    boss = Standing(admin=True)
    return {
        "digest": here.chat.posts[-2][1],
        "quiet": here.chat.posts[-1][1],
        "history": await here.command(LEAD, "history", name="digest"),
        "preview": await here.command(LEAD, "preview", name="digest"),
        "roll-up": await here.command(LEAD, "rollup preview", name="digest", standing=boss),
        "details": await here.click(LEAD, "digest.details", "2026-W11"),
        "shown again": await here.click(LEAD, "digest.show", "digest 2026-W11"),
    }
