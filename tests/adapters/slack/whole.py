"""The whole coach running on Slack, with a clock that a test moves, and what people do with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.database.store import DatabaseStore
from bot.assembly import Assembled, Surroundings, assembled
from bot.coach import Coach
from bot.ports import Chat
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from knowledge.overlay import NOTHING, Overlay
from tests.adapters.slack.emulator import COACH, Emulator
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.world import World, world
from tests.talk import Reports, job_failed

TEAM = ("ada", "bo", "chen", "dede", "eli", "fay")


@dataclass(kw_only=True)
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(kw_only=True)
class Whole:
    """The running coach with its clock and its jobs."""

    slack: World
    clock: Clock
    assembled: Assembled

    async def later(self, **time: float) -> None:
        """Time passes, and what is due is sent."""
        self.clock.now += timedelta(**time)
        self.slack.side.now = self.clock.now
        await self.assembled.sending.all_due()

    async def command(self, name: str, command: str, text: str) -> None:
        slack = self.slack
        trigger = slack.trigger(name)
        await slack.side.command(slack.user(name), slack.channel, command, text, trigger=trigger)
        await slack.settled()

    async def click(self, name: str, message: dict[str, Any], label: str) -> None:
        slack = self.slack
        await slack.side.click(
            slack.user(name), slack.channel, message, label, trigger=slack.trigger(name)
        )
        await slack.settled()

    async def submit(self, name: str, values: dict[str, str | list[str]]) -> dict[str, Any]:
        """Send the modal that is open; what takes its place."""
        slack = self.slack
        view = self.open_view()
        await slack.side.submit(slack.user(name), view, values)
        await slack.settled()
        return self.open_view()

    async def press(self, name: str, label: str) -> dict[str, Any]:
        """A button in the modal that is open; what takes its place."""
        view = self.open_view()
        await self.slack.side.click_in_modal(self.slack.user(name), view, label)
        await self.slack.settled()
        return self.open_view()

    def open_view(self) -> dict[str, Any]:
        calls = [c for c in self.slack.proxy.calls if c.method in ("views.open", "views.update")]
        view: dict[str, Any] = calls[-1].answer["view"]
        return view


@asynccontextmanager
async def whole_coach(
    emulator: Emulator,
    store: DatabaseStore,
    base: KnowledgeBase,
    finder: Engine,
    overlay: Overlay = NOTHING,
) -> AsyncIterator[Whole]:
    clock = Clock(now=_monday())
    made: list[Assembled] = []
    reports = Reports()

    def making(chat: Chat) -> Coach:
        around = Surroundings(
            base=base,
            finder=finder,
            overlay=overlay,
            store=store,
            chat=chat,
            clock=clock,
            report=reports,
            job_report=job_failed,
        )
        made.append(assembled(around))
        return made[0].coach

    async with world(emulator, store.installations, making, clock=clock, members=TEAM) as slack:
        slack.proxy.users[slack.user("chen")] = {"locale": "zh-CN", "tz": "Asia/Shanghai"}
        yield Whole(slack=slack, clock=clock, assembled=made[0])
        assert reports.errors == []


def _monday() -> datetime:
    now = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    return now + timedelta(days=7 - now.weekday())


async def invited(whole: Whole) -> None:
    """The coach comes into the channel, invited by Ada, who becomes its lead."""
    slack = whole.slack
    await slack.side.event(
        {
            "type": "member_joined_channel",
            "user": COACH,
            "channel": slack.channel,
            "channel_type": "C",
            "team": slack.side.team,
            "inviter": slack.user("ada"),
            "event_ts": "1.2",
        }
    )
    await slack.settled()


async def launched(whole: Whole) -> dict[str, Any]:
    """A pulse about people, started by its lead; the invitation as it stands."""
    await invited(whole)
    before = len(whole.slack.stands())
    await whole.command("ada", "/pulse", "people")
    form = whole.open_view()
    assert form["callback_id"] == "pulse.start"
    preview = await whole.submit("ada", {})
    launch = buttons(preview["blocks"])[0]
    await whole.press("ada", launch)
    await whole.later(minutes=1)
    posts = [one for one in whole.slack.stands()[before:] if buttons(one.get("blocks") or [])]
    return posts[-1]
