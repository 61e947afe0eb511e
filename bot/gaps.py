"""What the coach couldn't answer, for leads: to close, or to answer by teaching."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.coach import Routes, language_for
from bot.errors import NotFound
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Command,
    Inbound,
    Message,
    Note,
    Part,
    Style,
    Text,
    Tone,
)
from bot.ports.asking import AskStore, Gap, GapReason
from bot.roles import Role, Roles
from bot.wording import Wording, wording
from knowledge.base import KnowledgeBase

MOST_SHOWN = 5
MOST_READ = 200


class Gaps:
    """`/coach gaps`."""

    def __init__(
        self,
        base: KnowledgeBase,
        store: AskStore,
        roles: Roles,
        clock: Callable[[], datetime],
        *,
        days: int,
    ) -> None:
        self._base = base
        self._store = store
        self._roles = roles
        self._clock = clock
        self._days = days

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"coach gaps": self._gaps, "coach 未答": self._gaps},
            clicks={"gaps.close": self._close},
            alone=frozenset({"coach gaps", "coach 未答"}),
        )

    async def visible(self, inbound: Inbound) -> tuple[Gap, ...]:
        """The gaps that this person may see here, most asked first."""
        workspace = inbound.place.workspace
        since = self._clock() - timedelta(days=self._days)
        if not inbound.place.private:
            channels: tuple[str | None, ...] = (inbound.place.channel,)
        elif await self._roles.of(inbound) is Role.ADMIN:
            channels = (None,)
        else:
            channels = await self._roles.channels(inbound.person)
        found: list[Gap] = []
        for channel in channels:
            found += await self._store.gaps(workspace, channel, since=since, most=MOST_READ)
        return tuple(sorted(found, key=lambda gap: (-gap.times, -gap.asked.timestamp())))

    async def find(self, inbound: Inbound, id: str) -> Gap | None:
        """The gap of this id, if this person may see it."""
        return next((gap for gap in await self.visible(inbound) if gap.id == id), None)

    async def _gaps(self, command: Command) -> Message:
        await self._roles.require_lead(command)
        return await self._listed(command, wording(language_for(command)), ())

    async def _close(self, click: Click) -> Message:
        await self._roles.require_lead(click)
        said = wording(language_for(click))
        if await self.find(click, click.value) is None:
            raise NotFound("gaps.gone")
        await self._store.close_gap(click.place.workspace, click.value)
        done = Note(text=said.say("gaps.closed"), tone=Tone.SUCCESS)
        return await self._listed(click, said, (done,), replaces=True)

    async def _listed(
        self, inbound: Inbound, said: Wording, done: tuple[Part, ...], *, replaces: bool = False
    ) -> Message:
        gaps = await self.visible(inbound)
        parts: list[Part] = [*done]
        summary = said.say("gaps.count", n=len(gaps)) if gaps else said.say("gaps.none")
        parts.append(Text(text=summary))
        for place, gap in enumerate(gaps[:MOST_SHOWN], start=1):
            parts += self._gap(gap, place, said)
        if len(gaps) > MOST_SHOWN:
            parts.append(Note(text=said.say("gaps.more", n=len(gaps) - MOST_SHOWN)))
        parts.append(Note(text=said.say("gaps.privacy", days=self._days)))
        return Message(
            parts=tuple(parts),
            summary=summary,
            language=said.language,
            audience=Audience.ASKER,
            replaces=replaces,
        )

    def _gap(self, gap: Gap, place: int, said: Wording) -> list[Part]:
        why = {
            GapReason.NOT_COVERED: said.say("gaps.not_covered"),
            GapReason.UNHELPFUL: said.say("gaps.unhelpful"),
        }[gap.reason]
        line = said.say("gaps.line", place=place, text=gap.text, why=why, n=gap.times)
        parts: list[Part] = [Text(text=line)]
        titles = [
            self._base.topics[topic].title.say(said.language)
            for topic in gap.nearest[:2]
            if topic in self._base.topics
        ]
        if titles:
            parts.append(Note(text=said.say("gaps.nearest", topics=said.listing(titles))))
        answer = Button(
            label=said.say("gaps.button_teach", place=place),
            action="teach.gap",
            value=gap.id,
            style=Style.PRIMARY,
            opens=True,
        )
        close = Button(
            label=said.say("gaps.button_close", place=place), action="gaps.close", value=gap.id
        )
        parts.append(Buttons(buttons=(answer, close)))
        return parts
