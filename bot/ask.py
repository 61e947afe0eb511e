"""Answers questions, remembers what a conversation is about, and learns from what it couldn't."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answering import Answering, Kind, Reply
from bot.coach import REMEMBERED, Answered, Routes, notice
from bot.errors import NotFound, StoreUnavailable
from bot.followups import Facet
from bot.handover import Handover
from bot.messages import Audience, Click, Command, Inbound, Message, Note, Part, Question, Tone
from bot.ports.asking import AskStore, AtHand, GapReason, Notes
from bot.privacy import cleaned
from bot.roles import Roles, is_visitor
from bot.showing import MOST_CHOICES
from bot.taught import TaughtEntries
from bot.topics import pillar_topics
from bot.values import STALE, About, about
from bot.wording import wording
from knowledge.model import Language, Pillar, Topic


class Ask:
    """Questions and everything that can be clicked on an answer."""

    def __init__(
        self,
        *,
        answering: Answering,
        store: AskStore,
        taught: TaughtEntries,
        roles: Roles,
        handover: Handover,
        clock: Callable[[], datetime],
    ) -> None:
        self._answering = answering
        self._store = store
        self._taught = taught
        self._roles = roles
        self._handover = handover
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            clicks={
                **{f"ask.{facet}": self._side for facet in Facet},
                "ask.topic": self._topic,
                "ask.meant": self._meant,
                "ask.none": self._none,
                "ask.pillar": self._pillar,
                "ask.share": self._share,
                "ask.helpful": self._helpful,
                "ask.unhelpful": self._unhelpful,
            },
        )

    async def answer(self, question: Question, *, at_hand: AtHand | None, memory: bool) -> Answered:
        """The reply to a question. Without `memory` the store is left alone: it is away."""
        book = _Book(store=self._store, working=memory)
        reply = await self._reply(question, at_hand, book)
        await book.gap(question, reply, self._clock(), aloud=not question.place.private)
        message = await self._shown(question, reply, Audience.THREAD, book)
        notes = _notes(question, reply, self._clock(), typed=True)
        return Answered(message=message, notes=notes)

    async def answer_alone(self, question: Question) -> Message:
        """The same for the asker alone, after a command."""
        book = _Book(store=self._store, working=True)
        reply = await self._reply(question, await book.at_hand(question, self._clock()), book)
        await self._keep(question, reply, book, typed=True)
        return await self._shown(question, reply, Audience.ASKER, book)

    async def _reply(self, question: Question, at_hand: AtHand | None, book: "_Book") -> Reply:
        local = await self._taught.local(question.person.workspace, memory=book.working)
        return self._answering.reply(
            question.text,
            locale=question.locale,
            at_hand=at_hand.topic if at_hand else None,
            offered=at_hand.offered if at_hand else (),
            local=local,
        )

    def help(self, language: Language) -> Message:
        return self._answering.help(language).message()

    def topics(self, language: Language) -> Message:
        return self._answering.topics(language).message()

    async def _keep(self, inbound: Inbound, reply: Reply, book: "_Book", *, typed: bool) -> None:
        now = self._clock()
        await book.keep(_notes(inbound, reply, now, typed=typed))
        await book.gap(inbound, reply, now, aloud=False)  # answered to one person alone

    async def _shown(
        self, inbound: Inbound, reply: Reply, audience: Audience, book: "_Book"
    ) -> Message:
        parts = list(reply.parts)
        if reply.kind is Kind.NOT_COVERED:
            parts += await self._handover.offer(
                inbound, reply.question, reply.language, memory=book.working
            )
        if reply.facet is Facet.OWNER:
            parts += await self._handover.who(inbound, reply.language, memory=book.working)
        carried = self._answering.about(reply, _reference(inbound))
        if carried is not None and reply.topic is not None and reply.facet is not Facet.RELATED:
            showing = self._answering.showing(reply.language)
            alone = audience is Audience.ASKER or inbound.place.private
            may = not (alone and is_visitor(inbound))  # no buttons that only refuse
            share = audience is Audience.ASKER and not inbound.place.private and may
            parts.append(showing.buttons(carried, leave_out=reply.facet, share=share))
            if reply.facet is None and may:
                parts.append(showing.feedback(carried))
        return replace(reply.message(), parts=tuple(parts), audience=audience)

    # ── clicks ───────────────────────────────────────────────────────────────

    async def _side(self, click: Click) -> Message:
        facet = Facet(click.action.removeprefix("ask."))
        carried = about(click.value)
        topic = self._known(carried.subject)
        return await self._told(click, self._answering.side(topic, facet, carried.language))

    async def _topic(self, click: Click) -> Message:
        carried = about(click.value)
        topic = self._known(carried.subject)
        return await self._told(click, self._answering.about_topic(topic, carried.language))

    async def _meant(self, click: Click) -> Message:
        carried = about(click.value)
        topic = self._known(carried.subject)
        reply = self._answering.for_topic(topic, carried.question, carried.language)
        return await self._told(click, reply, typed=True)

    async def _none(self, click: Click) -> Message:
        carried = about(click.value)
        reply = Reply(
            kind=Kind.NOT_COVERED,
            language=carried.language,
            parts=self._answering.showing(carried.language).not_covered(()),
            summary=wording(carried.language).say("ask.not_covered"),
            question=carried.question,
        )
        return await self._told(click, reply)

    async def _pillar(self, click: Click) -> Message:
        carried = about(click.value)
        parts = pillar_topics(
            self._answering.showing(carried.language), self._pillar_of(carried.subject)
        )
        summary = wording(carried.language).say(
            "topics.of_pillar",
            pillar=self._pillar_of(carried.subject).title.say(carried.language),
        )
        reply = Reply(kind=Kind.HELP, language=carried.language, parts=parts, summary=summary)
        return await self._told(click, reply)

    async def _told(self, click: Click, reply: Reply, *, typed: bool = False) -> Message:
        """What a click shows: to the clicker alone where others read along, but for the answer to
        a question that was typed."""
        audience = Audience.THREAD if typed or click.place.private else Audience.ASKER
        book = _Book(store=self._store, working=True)
        await self._keep(click, reply, book, typed=typed)
        return await self._shown(click, reply, audience, book)

    async def _share(self, click: Click) -> Message:
        self._roles.require_member(click)
        carried = about(click.value)
        reply = self._answering.about_topic(
            self._known(carried.subject), carried.language, answer=carried.answer
        )
        message = await self._shown(
            click, reply, Audience.CHANNEL, _Book(store=self._store, working=True)
        )
        note: Part = Note(text=wording(carried.language).say("ask.shared"))
        return replace(message, parts=(*message.parts, note))

    async def _helpful(self, click: Click) -> Message:
        carried = await self._vote(click, helpful=True)
        return notice("ask.thanks_helpful", carried.language, Tone.SUCCESS)

    async def _unhelpful(self, click: Click) -> Message:
        carried = await self._vote(click, helpful=False)
        said = wording(carried.language)
        if carried.question:
            await self._store.add_gap(
                click.place,
                text=carried.question,
                language=carried.language,
                reason=GapReason.UNHELPFUL,
                nearest=(carried.subject,),
                now=self._clock(),
            )
        text = said.say("ask.sorry_unhelpful" if carried.question else "ask.sorry_noted")
        related = self._known(carried.subject).related
        parts: list[Part] = [Note(text=text, tone=Tone.INFO)]
        if related:
            parts.append(self._answering.showing(carried.language).choices(related[:3]))
        parts += await self._handover.offer(click, carried.question, carried.language, memory=True)
        return Message(
            parts=tuple(parts),
            summary=text,
            language=carried.language,
            audience=Audience.ASKER,
        )

    async def _vote(self, click: Click, *, helpful: bool) -> About:
        self._roles.require_member(click)
        carried = about(click.value)
        await self._store.vote(
            click.place,
            click.person,
            answer=carried.reference,
            topic=self._known(carried.subject).id,
            helpful=helpful,
            now=self._clock(),
        )
        return carried

    def _known(self, topic: str) -> Topic:
        found = self._answering.base.topics.get(topic)
        if found is None:
            raise NotFound(STALE)
        return found

    def _pillar_of(self, pillar: str) -> Pillar:
        try:
            return self._answering.base.pillar(pillar)
        except KeyError as error:
            raise NotFound(STALE) from error


def as_question(command: Command, text: str) -> Question:
    """What was typed after a command, as a question."""
    return Question(
        person=command.person,
        place=command.place,
        delivery=command.delivery,
        received=command.received,
        locale=command.locale,
        standing=command.standing,
        text=text,
        mentions=command.mentions,
    )


def _reference(inbound: Inbound) -> str:
    """One answer given, without telling the delivery."""
    name = f"{inbound.place.workspace.key}/{inbound.delivery}"
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def _notes(inbound: Inbound, reply: Reply, now: datetime, *, typed: bool) -> Notes | None:
    """None where nothing is told of a topic and none is offered. A topic that was only looked at
    is no question."""
    offered = reply.nearest[:MOST_CHOICES] if reply.kind is Kind.DID_YOU_MEAN else ()
    if reply.topic is None and not offered:
        return None
    at_hand = AtHand(
        topic=reply.topic or "",
        offered=offered,
        answer=reply.answer,
        language=reply.language,
        since=now,
    )
    counted = typed and reply.topic is not None and reply.facet is None
    return Notes(place=inbound.place, person=inbound.person, at_hand=at_hand, counted=counted)


@dataclass(kw_only=True, slots=True)
class _Book:
    """Bookkeeping of one reply: after the first failure it stops, and the reply goes out."""

    store: AskStore
    working: bool

    async def at_hand(self, inbound: Inbound, now: datetime) -> AtHand | None:
        found: AtHand | None = None
        with self._or_stop():
            if self.working:
                found = await self.store.at_hand(
                    inbound.place, inbound.person, since=now - REMEMBERED
                )
        return found

    async def keep(self, notes: Notes | None) -> None:
        with self._or_stop():
            if self.working and notes:
                await self.store.keep(notes)

    async def gap(self, inbound: Inbound, reply: Reply, now: datetime, *, aloud: bool) -> None:
        """A question that the model doesn't answer; nothing for any other reply. `aloud`: its
        channel could read it, so that it may be quoted there."""
        if reply.kind is not Kind.NOT_COVERED or not reply.question:
            return
        with self._or_stop():
            if self.working:
                await self.store.add_gap(
                    inbound.place,
                    text=cleaned(reply.question),
                    language=reply.language,
                    reason=GapReason.NOT_COVERED,
                    nearest=reply.nearest,
                    now=now,
                    aloud=aloud,
                )

    def _or_stop(self) -> "_Stopping":
        return _Stopping(book=self)


@dataclass(kw_only=True, slots=True)
class _Stopping:
    """Turns a store that is away into silence, once."""

    book: _Book

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if kind is None or not issubclass(kind, StoreUnavailable):
            return False
        self.book.working = False
        return True
