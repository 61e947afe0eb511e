"""A feature that sends, a platform that answers as told, and the sending between them."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from adapters.database.store import DatabaseStore
from bot.delivering import Limits, Taken
from bot.errors import ChatError
from bot.messages import Message, Person, Place, Text, Workspace
from bot.ports.chat import Begun, LookupImpossible, Posted
from bot.ports.sends import Change, Delivery, Send, SendState, Unknown
from bot.sending import Sending
from knowledge.model import Language
from tests.fakes import WORKSPACE, FakeChat

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
QUICK = Limits(
    lease=timedelta(seconds=1),
    tries=3,
    first_wait=timedelta(milliseconds=1),
    longest_wait=timedelta(seconds=1),
)
HELLO = Message(parts=(Text(text="hello"),), summary="hello", language=Language.EN)
OLD = Message(parts=(Text(text="before"),), summary="before", language=Language.EN)


@dataclass(kw_only=True)
class Letters:
    """A feature that sends; implements bot.ports.sends.Sender."""

    policy: Unknown = Unknown.ASK_LEAD
    wanted: bool = True
    instead_of: Posted | None = None
    broken: Exception | None = None
    forgetful: Exception | None = None  # when it hears where its letter stands
    stands: list[Posted] = field(default_factory=list)

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {"letter": self.policy}

    async def plan(self, now: datetime) -> int:
        if self.broken:
            raise self.broken
        return 0

    async def compose(self, send: Send, now: datetime) -> Message | Change | None:
        if self.broken:
            raise self.broken
        if self.instead_of:
            return Change(stands=self.instead_of, message=HELLO)
        return HELLO if self.wanted else None

    async def posted(self, send: Send, posted: Posted) -> None:
        self.stands.append(posted)
        if self.forgetful:
            raise self.forgetful


@dataclass(kw_only=True)
class Told:
    """Keeps what came to a bad end, and whether the channel is gone; has a word to be sent."""

    ends: list[tuple[SendState, bool]] = field(default_factory=list)

    async def words(
        self, send: Send, state: SendState, reason: str, *, gone: bool
    ) -> tuple[Send, ...]:
        self.ends.append((state, gone))
        return (replace(send, key=f"word:{send.key}", kind="letter", subject="word"),)


@dataclass(kw_only=True, slots=True)
class Platform(FakeChat):
    """Answers as told, accepts or not, and can be asked what it accepted."""

    answers: list[ChatError | None] = field(default_factory=list)  # None: accepted
    accepts: bool = False  # although it answers with an error
    searchable: bool = True
    slow: float = 0.0
    unserved: set[Workspace] = field(default_factory=set)
    hanging: set[Workspace] = field(default_factory=set)  # they never answer
    asked: int = 0  # to post

    def pace(self, workspace: Workspace) -> float:
        return 0.0 if workspace in self.unserved else FakeChat.pace(self, workspace)

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        self.asked += 1
        await asyncio.sleep(3600 if place.workspace in self.hanging else self.slow)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.accepts:
            posted = await FakeChat.post(self, place, message, send_key=send_key)
            if answer is None:
                return posted
        raise answer or AssertionError

    async def update(self, posted: Posted, message: Message) -> None:
        await asyncio.sleep(self.slow)
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.accepts:
            await FakeChat.update(self, posted, message)
        if answer is not None:
            raise answer

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        if not self.searchable:
            raise LookupImpossible
        for number, (place, _, key) in enumerate(self.posts, 1):
            if key == send_key:
                return Posted(place=place, message=f"m{number}")
        return None


@dataclass(kw_only=True)
class Office:
    store: DatabaseStore
    chat: Platform = field(default_factory=Platform)
    letters: Letters = field(default_factory=Letters)
    told: Told = field(default_factory=Told)
    errors: list[str] = field(default_factory=list)
    now: datetime = NOW
    most_skew: timedelta | None = None
    limits: Limits = QUICK

    def __post_init__(self) -> None:
        self.sending = Sending(
            store=self.store.sends,
            chat=self.chat,
            senders=(self.letters,),
            trouble=self.told,
            clock=lambda: self.now,
            report=lambda error, *, doing: self.errors.append(doing),
            limits=self.limits,
            most_skew=self.most_skew,
        )

    async def plan(
        self,
        *,
        key: str = "1",
        kind: str = "letter",
        person: str | None = None,
        channel: str | None = None,
        workspace: Workspace = WORKSPACE,
    ) -> None:
        send = Send(
            key=key,
            kind=kind,
            place=Place(workspace=workspace, channel=channel or f"C{key}"),
            person=Person(workspace=workspace, id=person) if person else None,
            due=NOW,
            late_after=NOW + timedelta(hours=12),
        )
        await self.store.sends.insert([send])

    async def take(self, most: int = 10, *, each: int | None = None) -> list[Taken]:
        taken: list[Taken] = []
        await self.sending.take(most, taken.append, each=each)
        return taken

    async def try_once(self) -> None:
        for one in await self.take():
            await self.sending.deliver(one)

    async def try_again(self, wait: float = 1.1) -> None:
        await asyncio.sleep(wait)
        await self.try_once()

    async def outcome(self) -> Delivery:
        found = await self.store.sends.one(WORKSPACE, "1")
        assert found
        return found

    async def word(self) -> Send:
        """About the send that came to a bad end."""
        found = await self.store.sends.one(WORKSPACE, "word:1")
        assert found
        return found.send
