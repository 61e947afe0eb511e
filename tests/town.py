"""A channel with people in it, a coach, and a clock that the test moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, union_all

from adapters.database.store import DatabaseStore
from adapters.database.tables.channels import slots
from adapters.database.tables.pulses import pulses
from adapters.database.tables.sends import sends
from bot.coach import Answered, Coach, Routes
from bot.digesting import Digesting, digesting
from bot.messages import (
    MEMBER,
    Button,
    Buttons,
    Click,
    Command,
    Inbound,
    Joined,
    Left,
    Message,
    Opened,
    Person,
    Place,
    Question,
    Renamed,
    Standing,
    Submission,
)
from bot.ports.asking import AtHand
from bot.ports.pulses import Pulse, PulseState
from bot.ports.sends import SendState
from bot.roles import Roles
from bot.scoring import Limits
from bot.sending import Sending
from bot.surveying import Surveying, surveying
from knowledge.base import KnowledgeBase
from tests.fakes import WORKSPACE, FakeChat, members

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TEAM = tuple(f"p{number}" for number in range(1, 13))
LEAD = TEAM[0]
LAUNCH = "people|everyone|7d|yes|yes|0w|C1"


class Silent:
    """A conversation that has nothing to say."""

    routes = Routes()

    async def question(
        self, question: Question, *, at_hand: AtHand | None = None, memory: bool = True
    ) -> Answered:
        raise AssertionError("no questions here")

    async def opened(self, opened: Opened) -> Message:
        raise AssertionError("nothing is opened here")

    async def joined(self, joined: Joined) -> Message | None:
        return None

    async def left(self, left: Left) -> None:
        return None

    async def renamed(self, renamed: Renamed) -> None:
        return None


@dataclass(kw_only=True)
class Reports:
    """Unexpected errors, which tests take as failures."""

    errors: list[Exception] = field(default_factory=list)

    def __call__(self, error: Exception, *, reference: str, inbound: Inbound) -> None:
        self.errors.append(error)

    def job(self, error: Exception, *, doing: str) -> None:
        self.errors.append(error)


@dataclass(kw_only=True)
class Town:
    store: DatabaseStore
    chat: FakeChat
    roles: Roles
    surveying: Surveying
    digesting: Digesting
    coach: Coach
    sending: Sending
    reports: Reports
    now: datetime = MONDAY
    numbers: "count[int]" = field(default_factory=count)

    async def command(self, who: str, text: str, *, name: str = "pulse", **about: Any) -> Message:
        return await self._handle(Command(**self._from(who, **about), name=name, text=text))

    async def click(
        self,
        who: str,
        action: str,
        value: str = "",
        *,
        standing: Standing = MEMBER,
        private: bool = False,
        **about: Any,
    ) -> Message:
        inbound = self._from(who, standing=standing, private=private, **about)
        return await self._handle(Click(**inbound, action=action, value=value))

    async def submit(
        self,
        who: str,
        form: str,
        context: str,
        values: Mapping[str, str],
        *,
        standing: Standing = MEMBER,
        **about: Any,
    ) -> Message:
        inbound = self._from(who, standing=standing, **about)
        return await self._handle(Submission(**inbound, form=form, context=context, values=values))

    async def launch(self, token: str = LAUNCH, *, who: str = LEAD) -> Pulse:
        """A pulse as a lead starts it; the invitation stands in the channel."""
        channel = token.rsplit("|", 1)[1]
        await self.click(who, "pulse.launch", token, channel=channel)
        await self.deliver()
        return (await self.store.pulses.open_in(WORKSPACE, channel))[-1]

    async def answer(
        self, who: str, pulse: Pulse, values: str | int, *, comment: str = "", **about: Any
    ) -> Message:
        """`values` are the answers as digits, one a statement (0 for "doesn't apply")."""
        digits = str(values) if isinstance(values, str) else str(values) * len(pulse.statements)
        ballot = {
            one.id: "na" if digit == "0" else digit
            for one, digit in zip(pulse.statements, digits, strict=True)
        }
        if comment:
            ballot["comment"] = comment
        return await self.submit(who, "pulse.ballot", pulse.id, ballot, **about)

    async def pass_time(self, **time: float) -> None:
        """From one moment at which something is due to the next."""
        until = self.now + timedelta(**time)
        while self.now < until:
            self.now = min([until, *await self.moments()])
            await self.deliver()

    async def moments(self) -> list[datetime]:
        """Later than now, of what is planned."""
        async with self.store.database.reading() as connection:
            waiting = select(sends.c.due).where(sends.c.state == SendState.WAITING)
            closing = select(pulses.c.closes).where(pulses.c.state == PulseState.OPEN)
            series = select(pulses.c.next_start).where(pulses.c.next_start.is_not(None))
            weekly = select(slots.c.next).where(slots.c.next.is_not(None))
            every = union_all(waiting, closing, series, weekly)
            found = (await connection.execute(every)).scalars()
            return [moment for moment in found if moment > self.now]

    async def deliver(self) -> None:
        """Plan, and send what is due."""
        await self.sending.plan()
        async with self.store.database.reading() as connection:
            due = select(sends.c.workspace, sends.c.key).where(
                sends.c.state == SendState.WAITING, sends.c.due <= self.now
            )
            keys = [key for _, key in (await connection.execute(due)).all()]
        for key in keys:
            for taken in await self.sending.take_these(WORKSPACE, [key]):
                await self.sending.deliver(taken)
        assert not self.reports.errors

    async def pulse(self, pulse: Pulse) -> Pulse:
        """As it is now."""
        found = await self.store.pulses.pulse(pulse.workspace, pulse.id)
        assert found
        return found

    def _from(
        self,
        who: str,
        *,
        channel: str = "C1",
        locale: str = "en",
        standing: Standing = MEMBER,
        private: bool = False,
    ) -> dict[str, Any]:
        place = f"dm-{who}" if private else channel
        return {
            "person": Person(workspace=WORKSPACE, id=who),
            "place": Place(workspace=WORKSPACE, channel=place, private=private),
            "delivery": f"d{next(self.numbers)}",
            "received": self.now,
            "locale": locale,
            "standing": standing,
        }

    async def _handle(self, inbound: Inbound) -> Message:
        answer = await self.coach.handle(inbound)
        if self.reports.errors:
            raise self.reports.errors[0]
        assert answer
        return answer


async def town(
    store: DatabaseStore,
    base: KnowledgeBase,
    *,
    people: tuple[str, ...] = TEAM,
    limits: Limits | None = None,
    chat: FakeChat | None = None,
) -> Town:
    # Time is not real: nothing is spaced.
    chat = chat or FakeChat(channels={"C1": members(people)}, posts_a_second=10_000.0)
    reports = Reports()
    made: list[Town] = []

    def clock() -> datetime:
        return made[0].now if made else MONDAY

    roles = Roles(store.roles, chat, clock)
    survey = surveying(
        store=store,
        chat=chat,
        roles=roles,
        base=base,
        clock=clock,
        report=reports.job,
        limits=limits,
    )
    digest = digesting(
        store=store,
        chat=chat,
        roles=roles,
        instrument=survey.instrument,
        clock=clock,
        limits=limits,
    )
    coach = Coach(Silent(), (roles, *survey.features, *digest.features), store, reports)
    sending = Sending(
        store=store.sends,
        chat=chat,
        senders=(survey.sender, *digest.senders),
        trouble=digest.deliveries,
        clock=clock,
        report=reports.job,
    )
    made.append(
        Town(
            store=store,
            chat=chat,
            roles=roles,
            surveying=survey,
            digesting=digest,
            coach=coach,
            sending=sending,
            reports=reports,
        )
    )
    lead = Person(workspace=WORKSPACE, id=LEAD)
    await store.roles.add_first_lead(lead, "C1", now=MONDAY)
    return made[0]


def button(message: Message, action: str) -> Button:
    """The first button with this action. Raises LookupError."""
    for part in message.parts:
        if isinstance(part, Buttons):
            for one in part.buttons:
                if one.action == action:
                    return one
    raise LookupError(action)
