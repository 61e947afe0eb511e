"""A simulated year of weekly slots on a real store: planners race, an oracle says what is right."""

import asyncio
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy import event, select

from adapters.database.store import DatabaseStore
from adapters.database.tables.sends import sends
from benchmarks.reliability.clocks import HALF_HOURS, TURN, a_slot, mondays
from bot.delivering import Taken
from bot.digesting import digesting
from bot.instrument import Instrument
from bot.ports.channels import Slot
from bot.roles import Roles
from bot.sending import Sending
from bot.weekly import set_next
from knowledge.base import KnowledgeBase
from tests.fakes import FakeChat
from tests.wallclock import ZONES, Due, clocks

SECOND, QUARTER = timedelta(seconds=1), timedelta(minutes=15)
BEFORE, AFTER = timedelta(days=3), timedelta(days=2)  # looked at around the weeks of the years
NEAR = 8  # quarters of an hour around a change of clocks
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    years: tuple[int, ...] = (2026, 2027)  # ISO years, one after the other
    zones: tuple[str, ...] = ZONES  # a channel each
    step: timedelta = timedelta(minutes=30)  # between looks of the planners, at the most
    seed: int = 1

    @property
    def begin(self) -> datetime:
        return _midnight(date.fromisocalendar(self.years[0], 1, 1)) - BEFORE

    @property
    def end(self) -> datetime:
        return _midnight(date.fromisocalendar(self.years[-1] + 1, 1, 1)) + AFTER


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """A slot and what the oracle says of it."""

    slot: Slot
    dues: tuple[Due, ...]
    around: tuple[Due, ...]  # those in the weeks in which clocks change there
    shifted: int  # dues whose local time the clocks jump over
    twice: int  # dues whose local time the clocks show twice


@dataclass(kw_only=True, slots=True)
class Verdict:
    channels: int
    digests: int  # that there should be
    shifted: int
    twice: int
    looks: int = 0  # instants at which all planners looked
    shares: tuple[int, ...] = ()  # slots that each planner moved on
    a_year: dict[int, set[int]] = field(default_factory=dict)  # ISO year: digests a channel
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        years = ", ".join(f"{year}: {sorted(of)} a channel" for year, of in self.a_year.items())
        return (
            f"channels {self.channels} | looks {self.looks} | digests {self.digests} ({years}) | "
            f"skipped times {self.shifted} | doubled times {self.twice} | by planner "
            f"{' + '.join(map(str, self.shares))} | wrong {len(self.wrong)} {self.wrong[:5]}"
        )


class Planner(Protocol):
    """One replica."""

    async def look(self, now: datetime) -> int:
        """Do what is due; how many slots came."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Turner:
    """Plans, and leaves the sends to others."""

    store: DatabaseStore
    most: int  # slots in a transaction: the fewer, the more the planners meet

    async def look(self, now: datetime) -> int:
        came = 0
        while more := await self.store.channels.turn(now, most=self.most, turn=TURN):
            came += more
            if more < self.most:
                break
        return came


class Died(Exception):
    """Stands for kill -9 in the middle of a transaction."""


class Mortal:
    """A turner that dies before some of its statements and commits, and is started again."""

    def __init__(self, store: DatabaseStore, most: int, *, share: float, seed: int) -> None:
        self._store = store
        self._most = most
        self._share = share  # of statements that write, and of commits
        self._chance = random.Random(seed)
        self._works = False  # what others do with the store is left alone
        self.deaths = 0
        engine = store.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "commit", self._perhaps)

    async def look(self, now: datetime) -> int:
        came = 0
        while True:
            self._works = True
            try:
                more = await self._store.channels.turn(now, most=self._most, turn=TURN)
            except Died:
                self.deaths += 1
                continue
            finally:
                self._works = False
            came += more
            if more < self._most:
                return came

    def _before(self, _: object, __: object, statement: str, *___: object) -> None:
        if not statement.startswith(("SELECT", "BEGIN")):
            self._perhaps()

    def _perhaps(self, *_: object) -> None:
        if self._works and self._chance.random() < self._share:
            raise Died


class Replica:
    """Plans and posts, as a process does that serves."""

    def __init__(self, store: DatabaseStore, chat: FakeChat, base: KnowledgeBase) -> None:
        self._now = datetime.min.replace(tzinfo=UTC)
        digest = digesting(
            store=store,
            chat=chat,
            roles=Roles(store.roles, chat, self._clock),
            instrument=Instrument(base),
            clock=self._clock,
        )
        self._sending = Sending(
            store=store.sends,
            chat=chat,
            senders=digest.senders,
            trouble=digest.deliveries,
            clock=self._clock,
            report=_report,
        )

    async def look(self, now: datetime) -> int:
        self._now = now
        came = await self._sending.plan()
        taken: list[Taken] = []
        while await self._sending.take(AT_ONCE, taken.append):
            await asyncio.gather(*(self._sending.deliver(one) for one in taken))
            taken.clear()
        return came

    def _clock(self) -> datetime:
        return self._now


def _report(error: Exception, *, doing: str) -> None:
    raise AssertionError(doing) from error


def channels(plan: Plan) -> list[Channel]:
    """One a zone, its slot as near as can be to a change of clocks."""
    return [_channel(number, zone, plan) for number, zone in enumerate(plan.zones)]


def _channel(number: int, zone: str, plan: Plan) -> Channel:
    chosen = random.Random(f"{plan.seed} {zone}")
    rules, changing = clocks(zone), set(mondays(zone))
    weekday, at = chosen.randrange(7), chosen.choice(HALF_HOURS)
    changes = [one for one in rules.changes() if plan.begin < one[1].begin < plan.end]
    if changes:  # the first local time that is jumped over or comes twice, more or less
        before, after = chosen.choice(changes)
        first = after.begin + min(before.offset, after.offset)
        near = first + chosen.randint(-NEAR, NEAR) * QUARTER
        weekday, at = near.weekday(), near.time()
    slot = a_slot(weekday, at, zone, f"C{number}")
    first_week = (plan.begin - timedelta(days=plan.begin.weekday() + 7)).date()
    weeks = (plan.end.date() - first_week).days // 7 + 2
    every = rules.weekly(weekday, at, first_week, weeks)
    dues = tuple(due for due in every if plan.begin < due.at <= plan.end)
    times = Counter(rules.times(due.day, at) for due in dues)
    around = tuple(due for due in dues if due.day - timedelta(days=weekday) in changing)
    return Channel(slot=slot, dues=dues, around=around, shifted=times[0], twice=times[2])


async def race(planners: Sequence[Planner], store: DatabaseStore, plan: Plan) -> Verdict:
    """All planners look at each instant, their clocks a second apart."""
    every = channels(plan)
    for one in every:
        await store.channels.put_slot(set_next(one.slot, plan.begin))
    verdict = Verdict(
        channels=len(every),
        digests=sum(len(one.dues) for one in every),
        shifted=sum(one.shifted for one in every),
        twice=sum(one.twice for one in every),
    )
    dues = sorted(due.at for one in every for due in one.dues)
    shares, done = [0] * len(planners), 0
    for now in instants(plan, every):
        first = verdict.looks % len(planners)  # each is the first to begin in its turn
        order = [*range(first, len(planners)), *range(first)]
        looks = (planners[place].look(now - place * SECOND) for place in order)
        came = await asyncio.gather(*looks)
        for place, more in zip(order, came, strict=True):
            shares[place] += more
        verdict.looks += 1
        if sum(came) != (should := bisect_right(dues, now) - done):
            verdict.wrong.append(f"{now}: {sum(came)} slots came, not {should}")
        done += should
    verdict.shares = tuple(shares)
    await judge(verdict, every, store, plan)
    return verdict


def instants(plan: Plan, every: Iterable[Channel]) -> list[datetime]:
    """Regular ones, and where clocks change each due instant and a second before it."""
    steps = int((plan.end - plan.begin) / plan.step)
    regular = {plan.begin + number * plan.step for number in range(1, steps + 1)}
    exact = {due.at for one in every for due in one.around}
    return sorted(regular | exact | {one - SECOND for one in exact} | {plan.end})


async def judge(
    verdict: Verdict, every: Sequence[Channel], store: DatabaseStore, plan: Plan
) -> None:
    """Whether the sends are those of the oracle, no more, no fewer, each when it should be."""
    found = await planned(store)
    expected = {(one.slot.channel, due.week): due.at for one in every for due in one.dues}
    keys = {f"digest:{channel}:{week}" for channel, week in expected}
    numbers = Counter((channel, week) for channel, week, _, _ in found)
    verdict.wrong += [f"{one}: missing" for one in expected.keys() - numbers.keys()]
    verdict.wrong += [f"{one}: {number} times" for one, number in numbers.items() if number > 1]
    for channel, week, key, due in found:
        if expected.get((channel, week)) != due or key not in keys:
            verdict.wrong.append(f"{key}: {due}, not {expected.get((channel, week))}")
    for year in plan.years:
        a_channel = Counter(channel for channel, week, _, _ in found if week[:4] == str(year))
        verdict.a_year[year] = {a_channel[one.slot.channel] for one in every}


async def planned(store: DatabaseStore) -> list[tuple[str, str, str, datetime]]:
    """Channel, week, key and due instant of every send."""
    async with store.database.reading() as connection:
        query = select(sends.c.channel, sends.c.subject, sends.c.key, sends.c.due)
        return [
            (row.channel, row.subject, row.key, row.due) for row in await connection.execute(query)
        ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
