"""Leads change their digests at random moments, the coach stops, its clock jumps: a random walk.

What should be posted is reckoned beside it, from what was commanded and from what clocks show.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest

from adapters.database.store import DatabaseStore
from benchmarks.reliability.racing import planned
from bot.messages import Person
from bot.ports.sends import SendState
from bot.weekly import LATE
from bot.zonenames import evened, zones
from knowledge.base import KnowledgeBase
from tests.fakes import WORKSPACE
from tests.town import LEAD, Town, town
from tests.wallclock import WHERE, ZONES, Due, clocks

WRITTEN = tuple(zone for zone in ZONES if evened(zone) in zones())  # no offsets, no EST
CHANNELS = ("C1", "C2", "C3", "C4")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)
STOP = timedelta(weeks=3)
STEPS = 45
CALM = timedelta(weeks=6)
BEGINS = (  # soon clocks change, here and there; soon it is New Year
    datetime(2026, 3, 9, 7, tzinfo=UTC),
    datetime(2026, 10, 5, 7, tzinfo=UTC),
    datetime(2026, 12, 7, 7, tzinfo=UTC),
)


@dataclass(kw_only=True)
class Ledger:
    """What one channel should get."""

    channel: str
    weekday: int = 0
    at: time = time(9)
    zone: str = "UTC"
    state: str = "off"
    resume: datetime | None = None
    since: datetime  # what came until then is settled
    taken: dict[str, datetime] = field(default_factory=dict)  # weeks: when they were due
    waiting: list[Due] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)  # weeks

    def newest(self, now: datetime) -> Due:
        return clocks(self.zone).latest(self.weekday, self.at, now)

    def is_paused(self, instant: datetime) -> bool:
        return self.resume is not None and instant < self.resume

    def plan(self, now: datetime) -> None:
        newest = self.newest(now)
        comes = self.state != "off" and newest.at > self.since and newest.week not in self.taken
        if comes and not self.is_paused(newest.at):
            self.taken[newest.week] = newest.at
            self.waiting.append(newest)
        self.since = max(self.since, now)

    def deliver(self, now: datetime) -> None:
        wanted = self.state == "on" and not self.is_paused(now)
        self.posted += [one.week for one in self.waiting if wanted and now < one.at + LATE]
        self.waiting.clear()

    def command(self, words: list[str], now: datetime) -> None:
        match words:
            case ["on", day, at, zone]:
                self.weekday, self.at, self.zone = DAYS.index(day), time.fromisoformat(at), zone
                self.state, self.resume, self.since = "on", None, now
            case ["off"]:
                self.state, self.resume = "off", None
            case _ if self.state == "off":
                pass  # refused: there is nothing to change
            case ["pause"]:
                self.resume = FOR_GOOD
            case ["pause", weeks]:
                self.resume = now + timedelta(weeks=int(weeks))
            case ["resume"]:
                self.state, self.resume, self.since = "on", None, now
            case ["mute"]:
                self.state = "muted"


@dataclass(kw_only=True)
class Walk:
    """A town through which chance leads."""

    here: Town
    chance: random.Random
    is_foretold: bool = True  # else the clock is not to be trusted: what is posted may be right
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    rows: dict[tuple[str, str], datetime] = field(default_factory=dict)  # all sends ever planned

    async def command(self, channel: str, text: str) -> None:
        await self.here.command(LEAD, text, name="digest", channel=channel)
        self.ledgers[channel].command(text.split(), self.here.now)

    async def plan(self) -> None:
        """Every send that is new must be the newest coming of its channel's slot."""
        await self.here.sending.plan()
        now = self.here.now
        for ledger in self.ledgers.values():
            ledger.plan(now)
        for channel, week, key, due in await planned(self.here.store):
            if (channel, week) not in self.rows:
                ledger, self.rows[channel, week] = self.ledgers[channel], due
                newest = ledger.newest(now)
                assert (key, week, due) == (f"digest:{channel}:{week}", newest.week, newest.at)
                assert ledger.state != "off"
                assert not ledger.is_paused(due)
        if self.is_foretold:
            foretold = {
                (c, week): due for c, one in self.ledgers.items() for week, due in one.taken.items()
            }
            assert self.rows == foretold

    async def deliver(self) -> None:
        """No channel gets a post while it is off, paused or muted."""
        before = self.posts()
        await self.here.deliver()
        now = self.here.now
        for channel, ledger in self.ledgers.items():
            ledger.deliver(now)
            new = self.posts()[channel] - before[channel]
            assert new <= (ledger.state == "on" and not ledger.is_paused(now))
            if self.is_foretold:
                assert self.posts()[channel] == len(ledger.posted)

    def posts(self) -> Counter[str]:
        return Counter(place.channel for place, _, _ in self.here.chat.posts)

    async def pass_time(self, span: timedelta) -> None:
        """From one moment at which something is due to the next, the planner a little late."""
        until = self.here.now + span
        while self.here.now < until:
            late = timedelta(seconds=self.chance.choice((0, 1, 90, 1800)))
            self.here.now = min(until, *(one + late for one in await self.here.moments()), until)
            await self.plan()
            await self.deliver()

    async def step(self) -> None:
        channel = self.chance.choice(CHANNELS)
        match self.chance.randrange(12):
            case 0 | 1 | 2 | 3 | 4 | 5:
                await self.command(channel, self.words(channel))
            case 6 | 7:  # planned, and changed before it is posted
                self.here.now = min(await self.here.moments(), default=self.here.now)
                await self.plan()
                planned_in = [one for one in CHANNELS if self.ledgers[one].waiting]
                channel = self.chance.choice(planned_in or CHANNELS)
                await self.command(channel, self.words(channel))
                await self.deliver()
            case _:
                await self.pass_time(timedelta(hours=self.chance.randrange(1, 120)))

    def words(self, channel: str) -> str:
        other = ("off", "pause", f"pause {self.chance.randint(1, 3)}", "resume", "resume", "mute")
        if self.chance.random() < 0.4:
            return self.chance.choice(other)
        zone = self.chance.choice((self.ledgers[channel].zone, *self.chance.choices(WRITTEN, k=2)))
        hours = self.chance.choice((self.chance.randint(-4, 8), self.chance.randrange(168)))
        near = self.here.now.astimezone(WHERE[zone]) + timedelta(hours=hours)
        minute = self.chance.choice((0, 30, near.minute))
        return f"on {DAYS[near.weekday()]} {near.hour:02d}:{minute:02d} {zone}"

    async def jump(self) -> None:
        """The clock is set back or ahead, or wrong for a moment."""
        hours = timedelta(hours=self.chance.randint(1, 24))
        match self.chance.randrange(3):
            case 0:
                self.here.now -= hours
            case 1:
                self.here.now += hours
            case _:
                wrong = timedelta(hours=self.chance.randint(1, 24 * 30))
                self.here.now += wrong
                await self.plan()
                await self.deliver()
                self.here.now -= wrong

    async def calm_down(self) -> None:
        """All switch on what they wish for: each week is posted from now on."""
        for number, (channel, ledger) in enumerate(self.ledgers.items()):
            ledger.taken = {week: due for (of, week), due in self.rows.items() if of == channel}
            ledger.posted = [""] * self.posts()[channel]
            await self.command(channel, f"on {DAYS[number]} 02:30 {self.chance.choice(WRITTEN)}")
        self.is_foretold = True
        begin = self.here.now
        taken = {channel: set(one.taken) for channel, one in self.ledgers.items()}
        await self.pass_time(CALM)
        for channel, one in self.ledgers.items():
            monday = begin.date() - timedelta(days=begin.weekday() + 7)
            dues = clocks(one.zone).weekly(one.weekday, one.at, monday, 9)
            weeks = {due.week for due in dues if begin < due.at <= self.here.now}
            assert len(weeks) >= 5  # of six, as clocks may change
            assert set(one.taken) - taken[channel] == weeks - taken[channel]


async def a_walk(store: DatabaseStore, base: KnowledgeBase, seed: int) -> Walk:
    here = await town(store, base)
    here.now = BEGINS[seed % len(BEGINS)]
    for channel in CHANNELS[1:]:
        lead = Person(workspace=WORKSPACE, id=LEAD)
        await store.roles.add_first_lead(lead, channel, now=here.now)
    walk = Walk(here=here, chance=random.Random(seed))
    walk.ledgers = {one: Ledger(channel=one, since=here.now) for one in CHANNELS}
    return walk


async def none_is_doubled(walk: Walk) -> None:
    """By what the platform got, and by the weeks of what was recorded as sent."""
    keys = [key for _, _, key in walk.here.chat.posts]
    assert len(keys) == len(set(keys)) > 10
    sent = Counter[str]()
    for channel, week in walk.rows:
        found = await walk.here.store.sends.one(WORKSPACE, f"digest:{channel}:{week}")
        assert found
        sent[channel] += found.state is SendState.SENT
    assert sent == walk.posts()


@pytest.mark.parametrize("seed", range(2))
async def test_however_a_digest_is_moved_paused_and_stopped_each_week_is_posted_as_foretold(
    store: DatabaseStore, base: KnowledgeBase, seed: int
) -> None:
    walk = await a_walk(store, base, seed)
    for number in range(STEPS):
        await walk.step()
        if number == STEPS // 2:
            walk.here.now += STOP
    await walk.calm_down()
    await none_is_doubled(walk)


@pytest.mark.parametrize("seed", range(2, 4))
async def test_a_clock_that_jumps_doubles_nothing_and_digests_go_on_when_it_is_right(
    store: DatabaseStore, base: KnowledgeBase, seed: int
) -> None:
    walk = await a_walk(store, base, seed)
    walk.is_foretold = False
    for _ in range(STEPS):
        await walk.step()
        if walk.chance.random() < 0.4:
            await walk.jump()
    await walk.calm_down()
    await none_is_doubled(walk)


async def test_pausing_over_new_year_leaves_those_weeks_out_and_goes_on_after(
    store: DatabaseStore, base: KnowledgeBase
) -> None:
    here = await town(store, base)
    here.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    await here.command(LEAD, "on mon 09:00 Europe/Berlin", name="digest")
    await here.pass_time(days=19)
    await here.command(LEAD, "pause 3", name="digest")
    await here.pass_time(days=41)
    weeks = sorted(week for _, week, _, _ in await planned(store))
    assert weeks == ["2026-W50", "2026-W51", "2027-W02", "2027-W03", "2027-W04"]
    assert len(here.chat.posts) == 5


@pytest.mark.parametrize(("hours", "posts"), [(11, 2), (13, 1)])
async def test_after_a_stop_of_three_weeks_the_newest_is_posted_unless_it_is_late(
    store: DatabaseStore, base: KnowledgeBase, hours: int, posts: int
) -> None:
    here = await town(store, base)
    await here.command(LEAD, "on mon 09:00 UTC", name="digest")
    await here.pass_time(days=7)
    here.now = datetime(2026, 3, 30, 9, tzinfo=UTC) + timedelta(hours=hours)
    await here.deliver()
    assert len(here.chat.posts) == posts
    assert {week for _, week, _, _ in await planned(store)} == {"2026-W11", "2026-W14"}
    await here.pass_time(days=14)
    assert len(here.chat.posts) == posts + 2
