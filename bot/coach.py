"""The one door in: what a platform delivers becomes a Message, or nothing if it is a repeat."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeVar

from bot.errors import CoachError, StoreUnavailable
from bot.messages import (
    Audience,
    Click,
    Command,
    Inbound,
    Joined,
    Left,
    Message,
    Note,
    Opened,
    Question,
    Renamed,
    Submission,
    Tone,
)
from bot.ports import Store
from bot.ports.asking import AtHand, Claim, Notes
from bot.wording import language_of, wording
from knowledge.model import Language

T = TypeVar("T")
Delivered = TypeVar("Delivered", bound=Inbound)

REMEMBERED = timedelta(days=1)  # how long a conversation's topic is kept for follow-ups


@dataclass(frozen=True, kw_only=True, slots=True)
class Routes:
    """What one feature answers to.

    A command's key is its name and first word (`coach gaps`), or its name alone for all the rest.
    Those in `alone` are meant only when nothing follows the word: “coach gaps in our logs?” goes
    to `coach`. Clicks and forms are keyed by their full action (`ask.why`).
    """

    commands: Mapping[str, Callable[[Command], Awaitable[Message]]] = field(default_factory=dict)
    clicks: Mapping[str, Callable[[Click], Awaitable[Message]]] = field(default_factory=dict)
    forms: Mapping[str, Callable[[Submission], Awaitable[Message]]] = field(default_factory=dict)
    alone: frozenset[str] = frozenset()


class Feature(Protocol):
    """One module of the bot that people can name."""

    @property
    def routes(self) -> Routes: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What is said, and what is written down with the end of the delivery."""

    message: Message | None
    notes: Notes | None = None


class Conversation(Protocol):
    """The feature that free text, arrivals and the home page belong to."""

    @property
    def routes(self) -> Routes: ...

    async def question(
        self, question: Question, *, at_hand: AtHand | None = None, memory: bool = True
    ) -> Answered:
        """Without `memory` the answer does without the store, which is away."""
        ...

    async def opened(self, opened: Opened) -> Message: ...

    async def joined(self, joined: Joined) -> Message | None: ...

    async def left(self, left: Left) -> None: ...

    async def renamed(self, renamed: Renamed) -> None: ...


class Report(Protocol):
    """Where unexpected errors are written, with the reference that the person was given."""

    def __call__(self, error: Exception, *, reference: str, inbound: Inbound) -> None: ...


class Coach:
    """Handles each delivery once and answers with a Message."""

    def __init__(
        self,
        conversation: Conversation,
        features: tuple[Feature, ...],
        store: Store,
        report: Report,
    ) -> None:
        self._conversation = conversation
        self._store = store
        self._report = report
        every = [conversation.routes, *(feature.routes for feature in features)]
        self._commands = _merged([routes.commands for routes in every])
        self._clicks = _merged([routes.clicks for routes in every])
        self._forms = _merged([routes.forms for routes in every])
        self._alone = frozenset().union(*(routes.alone for routes in every))

    async def handle(self, inbound: Inbound) -> Message | None:
        """The answer; None where nothing is to be said, as for a repeated delivery."""
        language = language_for(inbound)
        try:
            return await self._once(inbound)
        except CoachError as error:
            return refusal(error, language)
        except StoreUnavailable:
            return notice("errors.store_away", language, Tone.ERROR)
        except Exception as error:  # noqa: BLE001  the one place that catches everything
            reference = secrets.token_hex(4)
            self._report(error, reference=reference, inbound=inbound)
            return notice("errors.unexpected", language, Tone.ERROR, reference=reference)

    async def _once(self, inbound: Inbound) -> Message | None:
        inbox, workspace = self._store.inbox, inbound.person.workspace
        try:
            claim = await self._claim(inbound)
        except StoreUnavailable:
            return await self._without_store(inbound)
        if not claim.ours:
            return None
        try:
            answered = await self._answer(inbound, claim)
        except CoachError:
            with suppress(StoreUnavailable):
                await inbox.finish(workspace, inbound.delivery)
            raise
        except BaseException:
            with suppress(StoreUnavailable):  # the claim runs out by itself
                await inbox.release(workspace, inbound.delivery)
            raise
        with suppress(StoreUnavailable):  # what was answered stays answered
            await inbox.finish(workspace, inbound.delivery, answered.notes)
        return answered.message

    async def _claim(self, inbound: Inbound) -> Claim:
        inbox, now = self._store.inbox, inbound.received
        if isinstance(inbound, Question):
            return await inbox.claim_question(
                inbound.place, inbound.person, inbound.delivery, now, since=now - REMEMBERED
            )
        return Claim(ours=await inbox.claim(inbound.person.workspace, inbound.delivery, now))

    async def _without_store(self, inbound: Inbound) -> Message | None:
        """Questions are answered from the base alone; anything else has to wait.

        A delivery that is repeated meanwhile is answered twice: better than not at all.
        Raises StoreUnavailable.
        """
        own = self._conversation.routes
        match inbound:
            case Question():
                return (await self._conversation.question(inbound, memory=False)).message
            case Opened():
                return await self._conversation.opened(inbound)
            case Command() if self._handler(inbound) in own.commands.values():
                return await self._command(inbound)
            case Click() if inbound.action in own.clicks:
                return await _routed(self._clicks, inbound.action, inbound)
        raise StoreUnavailable("nothing can be kept")

    async def _answer(self, inbound: Inbound, claim: Claim) -> Answered:
        if isinstance(inbound, Question):
            return await self._conversation.question(inbound, at_hand=claim.at_hand)
        return Answered(message=await self._said(inbound))

    async def _said(self, inbound: Inbound) -> Message | None:
        match inbound:
            case Command():
                return await self._command(inbound)
            case Click():
                return await _routed(self._clicks, inbound.action, inbound)
            case Submission():
                return await _routed(self._forms, inbound.form, inbound)
            case Opened():
                return await self._conversation.opened(inbound)
            case Joined():
                return await self._conversation.joined(inbound)
            case Left():
                await self._conversation.left(inbound)
            case Renamed():
                await self._conversation.renamed(inbound)
        return None

    async def _command(self, command: Command) -> Message:
        handler = self._handler(command)
        if handler is None:
            raise CoachError("errors.unknown_command", name=command.name[:40])
        return await handler(command)

    def _handler(self, command: Command) -> Callable[[Command], Awaitable[Message]] | None:
        words = command.text.lower().split()
        key = f"{command.name} {words[0]}" if words else command.name
        if key in self._alone and len(words) > 1:
            key = command.name
        return self._commands.get(key) or self._commands.get(command.name)


def _merged(tables: list[Mapping[str, T]]) -> dict[str, T]:
    merged: dict[str, T] = {}
    for table in tables:
        for key, handler in table.items():
            if key in merged:
                raise ValueError(f"two features answer to {key!r}")
            merged[key] = handler
    return merged


async def _routed(
    table: Mapping[str, Callable[[Delivered], Awaitable[Message]]], key: str, inbound: Delivered
) -> Message:
    handler = table.get(key)
    if handler is None:
        raise CoachError("errors.stale_button")
    return await handler(inbound)


def language_for(inbound: Inbound) -> Language:
    """The language to speak where the text doesn't tell: the person's own, English if unknown."""
    return language_of(inbound.locale) or Language.EN


def notice(key: str, language: Language, tone: Tone, **values: object) -> Message:
    """One sentence that only the asker sees."""
    text = wording(language).say(key, **values)
    return Message(
        parts=(Note(text=text, tone=tone),),
        summary=text,
        language=language,
        audience=Audience.ASKER,
    )


def refusal(error: CoachError, language: Language) -> Message:
    """A person's mistake, told kindly."""
    said = wording(language)
    values = {
        name: said.listing(list(value)) if isinstance(value, tuple) else value
        for name, value in error.values.items()
    }
    return notice(error.key, language, Tone.WARNING, **values)
