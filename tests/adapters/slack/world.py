"""Everything between a person on Slack and the coach, running: app, proxy, emulator, sender."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web

from adapters.slack.app import Coach
from adapters.slack.mount import Access, Slack
from adapters.web.app import application
from adapters.web.metrics import Metrics
from bot.ports.chat import Chat
from bot.ports.installations import InstallationStore
from tests.adapters.slack.emulator import CLIENT_ID, CLIENT_SECRET, COACH, TOKEN, Emulator
from tests.adapters.slack.proxy import Call, Proxy
from tests.adapters.slack.slackside import SECRET, SlackSide

PUBLIC = "http://coach.test"
SINGLE = Access(bot_token=TOKEN, signing_secret=SECRET)
SEVERAL = Access(
    signing_secret=SECRET, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, public_url=PUBLIC
)


def now() -> datetime:
    return datetime.now(UTC)


async def at_once(seconds: float) -> None:
    """No pause between the pages of a message."""


class Ready:
    async def problems(self) -> dict[str, str]:
        return {}


@dataclass(kw_only=True)
class World:
    """One running coach on Slack."""

    emulator: Emulator
    proxy: Proxy
    slack: Slack
    side: SlackSide
    address: str
    channel: str
    session: ClientSession
    pauses: list[float]

    def user(self, name: str) -> str:
        return str(self.emulator.users[name])

    async def settled(self) -> None:
        assert self.slack.app is not None
        await self.slack.app.idle()

    async def dm(self, name: str) -> str:
        """The person's conversation with the coach."""
        opened = self.emulator.call("conversations.open", token=TOKEN, users=self.user(name))
        channel: Any = opened["channel"]
        return str(channel["id"])

    def trigger(self, name: str) -> str:
        made = self.emulator.call("views.generateTriggerId", token=TOKEN, user_id=self.user(name))
        return str(made["trigger_id"])

    def stands(self, channel: str | None = None) -> list[dict[str, Any]]:
        """The coach's messages in a channel as the emulator keeps them, oldest first."""
        channel = channel or self.channel
        read: Any = self.emulator.call(
            "conversations.history", token=TOKEN, channel=channel, include_all_metadata=True
        )
        roots = list(reversed(read["messages"]))
        every: list[dict[str, Any]] = []
        for root in roots:
            thread: Any = self.emulator.call(
                "conversations.replies",
                token=TOKEN,
                channel=channel,
                ts=root["ts"],
                include_all_metadata=True,
            )
            every += thread["messages"]
        return [one for one in every if one.get("user") == COACH or one.get("bot_id")]

    def last(self, method: str) -> Call:
        return self.proxy.of(method)[-1]

    def private(self) -> list[dict[str, Any]]:
        """What single persons were shown: by response_url, or as ephemeral messages."""
        shown = [body for _name, body in self.proxy.responses]
        return shown + [call.values for call in self.proxy.of("chat.postEphemeral")]


Making = Callable[[Chat], Coach]


@asynccontextmanager
async def world(
    emulator: Emulator,
    store: InstallationStore,
    making: Making,
    *,
    access: Access = SINGLE,
    clock: Callable[[], datetime] = now,
    members: tuple[str, ...] = ("ada", "bo", "chen"),
) -> AsyncIterator[World]:
    """A running coach; at the end nothing unexpected may have been refused or sent."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        session = await enter(ClientSession(timeout=ClientTimeout(total=10)))
        proxy = Proxy(upstream=emulator.url, session=session)
        base = await enter(listening(proxy.application()))
        proxy.base = f"{base}/api/"
        consent = f"{emulator.url}/oauth/v2/authorize"
        slack = Slack(replace(access, api=proxy.base, consent=consent), store, session, clock)
        app = slack.connect(making(slack.chat))
        pauses: list[float] = []

        async def no_sleep(seconds: float) -> None:
            pauses.append(seconds)

        app.replies.sleep = no_sleep
        slack.chat.posts_a_second = 10_000.0  # unpaced: the pace counts by the wall clock
        slack.chat.sleep = at_once
        ours = await enter(listening(application([slack], Ready(), Metrics())))
        side = SlackSide(
            url=f"{ours}/slack/events",
            session=session,
            now=clock(),
            responses=f"{base}/respond",
            speak=emulator.speak,
        )
        made = World(
            emulator=emulator,
            proxy=proxy,
            slack=slack,
            side=side,
            address=ours,
            channel=new_channel(emulator, members),
            session=session,
            pauses=pauses,
        )
        yield made
        await made.settled()
        assert proxy.problems == []


def new_channel(
    emulator: Emulator, members: tuple[str, ...], *, private: bool = False, coach: bool = True
) -> str:
    made: Any = emulator.call(
        "conversations.create",
        name=f"team-{datetime.now(UTC).timestamp():.6f}".replace(".", "-"),
        is_private=private,
    )
    channel = str(made["channel"]["id"])
    users = [emulator.users[name] for name in members] + ([COACH] if coach else [])
    emulator.call("conversations.invite", channel=channel, users=",".join(users))
    return channel


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
