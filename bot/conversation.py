"""Free text, arrivals, the home page and the `/coach` command: what isn't one feature's alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.answering import Answering
from bot.ask import Ask, as_question
from bot.coach import Answered, Routes, language_for
from bot.messages import (
    Audience,
    Command,
    Joined,
    Left,
    Message,
    Opened,
    Part,
    Question,
    Renamed,
    Text,
)
from bot.ports.asking import AtHand
from bot.roles import Roles
from bot.topics import home_parts
from bot.wording import wording


class Watcher(Protocol):
    """A feature that wants to know when the coach comes, goes, or its channel changes."""

    async def joined(self, joined: Joined) -> None: ...

    async def left(self, left: Left) -> None: ...

    async def renamed(self, renamed: Renamed) -> None: ...


class Page(Protocol):
    """What of a person's own stands on the home page."""

    async def parts(self, opened: Opened) -> tuple[Part, ...]: ...


class Talking:
    """Implements bot.coach.Conversation."""

    def __init__(
        self,
        ask: Ask,
        answering: Answering,
        roles: Roles,
        watchers: Sequence[Watcher] = (),
        page: Page | None = None,
    ) -> None:
        self._ask = ask
        self._answering = answering
        self._roles = roles
        self._watchers = (roles, *watchers)
        self._page = page

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={
                "coach": self._coach,
                "coach help": self._help,
                "coach 帮助": self._help,
                "coach topics": self._topics,
                "coach 主题": self._topics,
            },
            clicks=self._ask.routes.clicks,
            alone=frozenset({"coach help", "coach 帮助", "coach topics", "coach 主题"}),
        )

    async def question(
        self, question: Question, *, at_hand: AtHand | None = None, memory: bool = True
    ) -> Answered:
        return await self._ask.answer(question, at_hand=at_hand, memory=memory)

    async def _coach(self, command: Command) -> Message:
        """The same, for the asker alone."""
        question = as_question(command, command.text)
        return await self._ask.answer_alone(question)

    async def _help(self, command: Command) -> Message:
        message = self._ask.help(language_for(command))
        return replace(message, audience=Audience.ASKER)

    async def _topics(self, command: Command) -> Message:
        message = self._ask.topics(language_for(command))
        return replace(message, audience=Audience.ASKER)

    async def opened(self, opened: Opened) -> Message:
        language = language_for(opened)
        own = await self._page.parts(opened) if self._page else ()
        return Message(
            parts=(*own, *home_parts(self._answering.showing(language))),
            summary=wording(language).say("help.home_title"),
            language=language,
            audience=Audience.ASKER,
        )

    async def joined(self, joined: Joined) -> Message | None:
        """A greeting when the coach itself arrives; people are let in without a word."""
        for watcher in self._watchers:
            await watcher.joined(joined)
        if not joined.coach:
            return None
        language = language_for(joined)
        said = wording(language)
        parts = [Text(text=said.say("talk.joined"))]
        leads = () if joined.place.private else await self._roles.lead_names(joined)
        if leads:
            text = said.say("talk.joined_lead", names=said.listing(list(leads)))
            parts.append(Text(text=text))
        pillars = self._answering.showing(language).pillars()
        return Message(
            parts=(*parts, pillars),
            summary=said.say("talk.joined"),
            language=language,
            audience=Audience.THREAD if joined.place.private else Audience.CHANNEL,
        )

    async def left(self, left: Left) -> None:
        for watcher in self._watchers:
            await watcher.left(left)

    async def renamed(self, renamed: Renamed) -> None:
        for watcher in self._watchers:
            await watcher.renamed(renamed)
