"""From one message to one reply, with nothing kept: the whole of asking but its bookkeeping."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.followups import Facet, follow_up
from bot.hearing import MOST_READ, Heard, heard
from bot.messages import Buttons, Message, Part, Text
from bot.showing import Showing
from bot.smalltalk import Talk, small_talk
from bot.topics import all_topics, help_parts
from bot.values import About
from bot.wording import wording
from knowledge.base import KnowledgeBase
from knowledge.model import Answer, Language, Topic
from knowledge.overlay import NOTHING, LocalText, Overlay
from knowledge.search import Finder, Finding, LocalEntry, LocalIndex, Outcome

NEXT_LEVEL = 3
NEAR_SHARE = 0.1  # of the best candidate's score: worth naming beside it where nothing answers


class Kind(StrEnum):
    ANSWER = "answer"
    DID_YOU_MEAN = "did_you_mean"
    NOT_COVERED = "not_covered"
    SMALL_TALK = "small_talk"
    HELP = "help"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What is said, and what it is about."""

    kind: Kind
    language: Language
    parts: tuple[Part, ...]
    summary: str
    topic: str | None = None  # of an answer
    answer: str | None = None  # id of the frequent question that was answered
    facet: Facet | None = None  # the side that was asked for
    nearest: tuple[str, ...] = ()
    question: str = ""
    finding: Finding | None = None

    def message(self) -> Message:
        return Message(parts=self.parts, summary=self.summary, language=self.language)


@dataclass(frozen=True, kw_only=True, slots=True)
class Local:
    """What an organisation added: its overlay, and what its leads taught."""

    index: LocalIndex | None = None
    answers: dict[str, LocalText] = field(default_factory=dict)


class Answering:
    """The base, the search and the overlay, put together to answer."""

    def __init__(self, base: KnowledgeBase, finder: Finder, overlay: Overlay = NOTHING) -> None:
        self.base = base
        self.finder = finder
        self.overlay = overlay

    def showing(self, language: Language) -> Showing:
        return Showing(base=self.base, overlay=self.overlay, language=language)

    def overlay_only(self) -> Local:
        """The overlay without anything taught."""
        return self.local(())

    def local(self, taught: Sequence[tuple[str, str, tuple[str, ...], str]]) -> Local:
        """The overlay and taught entries (id, topic, questions, text), ready for searching."""
        entries = [*self.overlay.entries()]
        answers = {id: one.answer for id, one in self.overlay.answers.items()}
        for id, topic, questions, text in taught:
            if topic in self.base.topics:
                entries.append(LocalEntry(id=id, topic=topic, questions=questions))
                answers[id] = LocalText(en=text, zh=text)
        return Local(index=self.finder.index(entries) if entries else None, answers=answers)

    def reply(
        self,
        text: str,
        *,
        locale: str | None = None,
        at_hand: str | None = None,
        offered: tuple[str, ...] = (),
        local: Local | None = None,
    ) -> Reply:
        """The reply to a message; `at_hand` is the topic that was just talked about.

        `offered` are those that the coach named when it wasn't sure which was meant.
        """
        said = heard(text, locale)
        talk = small_talk(said.bare) if said.bare else Talk.HELP
        if talk is not None:
            return self._talk(talk, said)
        if at_hand not in self.base.topics:
            at_hand = None
        leaning = follow_up(said.bare)
        if leaning and leaning.facet and at_hand:
            return self.side(self.base.topics[at_hand], leaning.facet, said.language)
        offered = tuple(one for one in offered if one in self.base.topics)
        if leaning and leaning.facet and offered:
            return self._which(said, leaning.facet, offered)
        local = local or Local()
        finding = self._find(said, locale, local, leaning.about if leaning else None)
        if finding.level == NEXT_LEVEL and leaning and at_hand:
            return self.side(self.base.topics[at_hand], Facet.NEXT, said.language)
        if leaning and leaning.facet and finding.outcome is not Outcome.ANSWER:
            return self._about_what(said)
        return self._found(finding, said, local)

    def _find(self, said: Heard, locale: str | None, local: Local, about: str | None) -> Finding:
        whole = self.finder.find(said.text, locale=locale, local=local.index)
        if about is None or whole.outcome is Outcome.ANSWER:
            return whole
        part = self.finder.find(about, locale=locale, local=local.index)
        return whole if part.outcome is Outcome.NOT_COVERED and not part.level else part

    def _found(self, finding: Finding, said: Heard, local: Local) -> Reply:
        nearest = tuple(one.topic for one in finding.candidates)
        least = finding.candidates[0].score * NEAR_SHARE if finding.candidates else 0.0
        near = tuple(one.topic for one in finding.candidates if one.score >= least)
        showing = self.showing(said.language)
        known = local.answers.get(finding.local or "")
        if finding.level is not None and known is None:
            parts = showing.other_level(finding.level, near)
            kind = Kind.NOT_COVERED
        elif finding.outcome is Outcome.ANSWER and nearest:
            return self.about_topic(
                self.base.topics[nearest[0]],
                said.language,
                answer=finding.answer,
                local=known,
                finding=finding,
                said=said,
            )
        elif finding.outcome is Outcome.DID_YOU_MEAN and nearest:
            parts = showing.did_you_mean(nearest, said.text)
            kind = Kind.DID_YOU_MEAN
        else:
            parts = showing.not_covered(near)
            kind = Kind.NOT_COVERED
        return Reply(
            kind=kind,
            language=said.language,
            parts=(*_cut(showing, said), *parts),
            summary=_first_text(parts),
            nearest=nearest if kind is Kind.DID_YOU_MEAN else near,
            question=said.text,
            finding=finding,
        )

    def about_topic(
        self,
        topic: Topic,
        language: Language,
        *,
        answer: str | None = None,
        local: LocalText | None = None,
        finding: Finding | None = None,
        said: Heard | None = None,
    ) -> Reply:
        """The topic's card, with the direct answer of this id if the topic has it."""
        showing = self.showing(language)
        direct = _answer_of(topic, answer)
        words = local.say(language) if local else None
        parts = showing.answer(topic, direct, words)
        return Reply(
            kind=Kind.ANSWER,
            language=language,
            parts=(*(_cut(showing, said) if said else ()), *parts),
            summary=_first_text(parts),
            topic=topic.id,
            answer=direct.id if direct else None,
            question=said.text if said else "",
            finding=finding,
        )

    def for_topic(self, topic: Topic, question: str, language: Language) -> Reply:
        """The question answered for a topic that the person chose."""
        title = topic.title.say(language)
        answer = self._direct(topic, question) or self._direct(topic, f"{title} {question}")
        return self.about_topic(topic, language, answer=answer)

    def _direct(self, topic: Topic, question: str) -> str | None:
        finding = self.finder.find(question)
        best = finding.candidates[:1]
        return finding.answer if best and best[0].topic == topic.id else None

    def side(self, topic: Topic, facet: Facet, language: Language) -> Reply:
        """One side of a topic."""
        showing = self.showing(language)
        parts = self._owner(topic, language) if facet is Facet.OWNER else showing.side(topic, facet)
        return Reply(
            kind=Kind.ANSWER,
            language=language,
            parts=parts,
            summary=_first_text(parts) or topic.title.say(language),
            topic=topic.id,
            facet=facet,
        )

    def _owner(self, topic: Topic, language: Language) -> tuple[Part, ...]:
        """Whom the base, or the organisation, names for a topic; honest where nobody is named."""
        showing = self.showing(language)
        title = topic.title.say(language)
        found = self._direct(topic, showing.said.say("ask.owner_question", title=title))
        answer = _answer_of(topic, found)
        if answer is not None:
            return showing.answer(topic, answer, None)
        none = Text(text=showing.said.say("ask.owner_unknown", title=title))
        return (none, *showing.local(topic.id), showing.source(topic))

    # ── not a question ───────────────────────────────────────────────────────

    def _talk(self, talk: Talk, said: Heard) -> Reply:
        if talk is Talk.HELP:
            return self.help(said.language)
        if talk is Talk.TOPICS:
            return self.topics(said.language)
        text = wording(said.language).say(f"talk.{talk}")
        parts: tuple[Part, ...] = (Text(text=text),)
        kind = Kind.HELP if talk is Talk.DIGEST else Kind.SMALL_TALK
        return Reply(kind=kind, language=said.language, parts=parts, summary=text)

    def _about_what(self, said: Heard) -> Reply:
        text = wording(said.language).say("ask.about_what")
        parts = (Text(text=text), self.showing(said.language).pillars())
        return Reply(kind=Kind.HELP, language=said.language, parts=parts, summary=text)

    def _which(self, said: Heard, facet: Facet, offered: tuple[str, ...]) -> Reply:
        """The topics once more: a choice leads straight to the side that was asked for."""
        showing = self.showing(said.language)
        text = showing.said.say("ask.which")
        return Reply(
            kind=Kind.DID_YOU_MEAN,
            language=said.language,
            parts=(Text(text=text), showing.choices(offered, action=f"ask.{facet}")),
            summary=text,
            nearest=offered,
            facet=facet,
        )

    def help(self, language: Language) -> Reply:
        """What the coach is for, with examples that work."""
        parts = help_parts(self.showing(language))
        return Reply(kind=Kind.HELP, language=language, parts=parts, summary=_first_text(parts))

    def topics(self, language: Language) -> Reply:
        parts = all_topics(self.showing(language))
        return Reply(kind=Kind.HELP, language=language, parts=parts, summary=_first_text(parts))

    def about(self, reply: Reply, reference: str) -> About | None:
        """What the buttons of this reply carry; None if it isn't about a topic."""
        if reply.topic is None:
            return None
        return About(
            subject=reply.topic,
            language=reply.language,
            answer=reply.answer,
            reference=reference,
        ).asking(reply.question)


def _answer_of(topic: Topic, answer: str | None) -> Answer | None:
    return next((one for one in topic.answers if one.id == answer), None)


def _cut(showing: Showing, said: Heard) -> tuple[Part, ...]:
    return (showing.cut(MOST_READ),) if said.cut else ()


def _first_text(parts: Sequence[Part]) -> str:
    """The first words of a card that say something, for the notification."""
    for part in parts:
        if isinstance(part, Text):
            return part.text
    for part in parts:
        if not isinstance(part, Buttons) and getattr(part, "title", None):
            return str(part.title)  # type: ignore[union-attr]
    return ""
