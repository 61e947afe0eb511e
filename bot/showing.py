"""How an answer looks: a topic, one side of it, a choice between topics, an honest no."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.followups import Facet
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Feedback,
    Heading,
    Note,
    Part,
    SourceLine,
    Text,
    Tone,
)
from bot.values import About
from bot.wording import Wording, wording
from knowledge.base import KnowledgeBase
from knowledge.model import SENTENCE_END, Answer, Basis, Bilingual, Language, Point, Topic
from knowledge.overlay import Overlay

MOST_STEPS = 3
MOST_CHOICES = 3
MOST_RELATED = 6
BRIEF = {Language.EN: 320, Language.ZH: 150}  # characters of `says` in an answer
SIDES = (Facet.WHY, Facet.START, Facet.EVIDENCE, Facet.PITFALLS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Showing:
    """Cards about the base in one language."""

    base: KnowledgeBase
    overlay: Overlay
    language: Language

    @property
    def said(self) -> Wording:
        return wording(self.language)

    def title(self, topic: str) -> str:
        return self.base.topics[topic].title.say(self.language)

    # ── an answer ────────────────────────────────────────────────────────────

    def answer(self, topic: Topic, answer: Answer | None, local: str | None) -> tuple[Part, ...]:
        """The direct answer, or the topic in brief; then first steps and the source."""
        parts: list[Part] = [Heading(text=topic.title.say(self.language))]
        if local is not None:
            parts.append(Text(text=self.said.say("ask.local", text=local)))
        if answer is not None:
            parts += self._direct(answer)
        else:
            parts.append(Text(text=_brief(topic.says, self.language)))
        parts += self.local(topic.id, notes=local is None)
        parts.append(self._points("ask.first_steps", topic.do[:MOST_STEPS]))
        parts.append(self.source(topic))
        return tuple(parts)

    def _direct(self, answer: Answer) -> list[Part]:
        parts: list[Part] = []
        if answer.model:
            parts.append(Text(text=answer.model.say(self.language)))
        if answer.advice:
            parts.append(self.advice(answer.advice))
        return parts

    def advice(self, text: Bilingual) -> Text:
        return Text(text=self.said.say("ask.our_advice", text=text.say(self.language)))

    def local(self, topic: str, *, notes: bool = True) -> list[Part]:
        """What the organisation itself adds to a topic."""
        parts: list[Part] = []
        for text in self.overlay.notes(topic, self.language) if notes else ():
            parts.append(Text(text=self.said.say("ask.local", text=text)))
        contacts = self.overlay.contacts(topic)
        if contacts:
            who = self.said.listing(list(contacts))
            parts.append(Text(text=self.said.say("ask.local_contacts", who=who)))
        for link in self.overlay.links(topic):
            shown = self.said.say(
                "ask.local_link", title=link.title.say(self.language), url=link.url
            )
            parts.append(Text(text=shown))
        return parts

    def source(self, topic: Topic) -> SourceLine:
        pillar = self.base.pillar(topic.pillar)
        return SourceLine(
            text=self.said.say(
                "ask.source",
                pillar=pillar.title.say(self.language),
                section=topic.title.say(self.language),
                document=pillar.document.name.say(self.language),
                level=pillar.document.level.say(self.language),
                edition=pillar.document.edition,
            )
        )

    def buttons(self, about: About, *, leave_out: Facet | None = None, share: bool) -> Buttons:
        """The other sides of a topic, what is related, and sharing it when it was private."""
        value = About(subject=about.subject, language=about.language, answer=about.answer).value()
        labels = {
            Facet.WHY: self.said.say("ask.button_why"),
            Facet.START: self.said.say("ask.button_start"),
            Facet.EVIDENCE: self.said.say("ask.button_evidence"),
            Facet.PITFALLS: self.said.say("ask.button_pitfalls"),
        }
        buttons = [
            Button(label=labels[side], action=f"ask.{side}", value=value)
            for side in SIDES
            if side is not leave_out
        ]
        if self.base.topics[about.subject].related:
            label = self.said.say("ask.button_related")
            buttons.append(Button(label=label, action="ask.related", value=value))
        if share:
            label = self.said.say("ask.button_share")
            buttons.append(Button(label=label, action="ask.share", value=value))
        return Buttons(buttons=tuple(buttons))

    def feedback(self, about: About) -> Feedback:
        return Feedback(
            value=about.value(),
            helpful=self.said.say("ask.helpful"),
            unhelpful=self.said.say("ask.unhelpful"),
        )

    # ── one side of a topic ──────────────────────────────────────────────────

    def side(self, topic: Topic, facet: Facet) -> tuple[Part, ...]:
        """What the follow-up asks for; `owner` is answered elsewhere, it needs to know people."""
        title = topic.title.say(self.language)
        match facet:
            case Facet.WHY:
                head = self.said.say("ask.why_title", title=title)
                return (Heading(text=head), self.advice(topic.why), self.source(topic))
            case Facet.START:
                return self._side("ask.start_title", topic, topic.do)
            case Facet.EVIDENCE:
                return self._side("ask.evidence_title", topic, topic.evidence)
            case Facet.PITFALLS:
                return self._side("ask.pitfalls_title", topic, topic.pitfalls)
            case Facet.NEXT:
                return self._next(topic)
            case Facet.RELATED:
                return self.related(topic)
            case _:
                says = Text(text=topic.says.say(self.language))
                return (
                    Heading(text=title),
                    says,
                    self.advice(topic.why),
                    *self.local(topic.id),
                    self.source(topic),
                )

    def _side(self, key: str, topic: Topic, points: tuple[Point, ...]) -> tuple[Part, ...]:
        title = topic.title.say(self.language)
        return (self._points(key, points, title=title), self.source(topic))

    def _points(self, key: str, points: Sequence[Point], **values: object) -> Bullets:
        """A list; our own points are marked, all at once where they are all ours."""
        title = self.said.say(key, **values)
        if all(point.basis is Basis.ADVICE for point in points):
            marked = self.said.say("ask.title_advice", title=title)
            return Bullets(title=marked, items=tuple(point.say(self.language) for point in points))
        return Bullets(title=title, items=tuple(self._marked(point) for point in points))

    def _marked(self, point: Point) -> str:
        text = point.say(self.language)
        if point.basis is Basis.MODEL:
            return text
        return self.said.say("ask.item_advice", text=text)

    def _next(self, topic: Topic) -> tuple[Part, ...]:
        title = topic.title.say(self.language)
        head = Heading(text=self.said.say("ask.next_title", title=title))
        if topic.next is None:
            return (head, Text(text=self.said.say("ask.next_unknown")), self.source(topic))
        return (head, Text(text=topic.next.say(self.language)), self.source(topic))

    def related(self, topic: Topic) -> tuple[Part, ...]:
        title = topic.title.say(self.language)
        text = Text(text=self.said.say("ask.related_title", title=title))
        return (text, self.choices(topic.related[:MOST_RELATED]))

    # ── choices ──────────────────────────────────────────────────────────────

    def choices(
        self, topics: Sequence[str], *, action: str = "ask.topic", question: str = ""
    ) -> Buttons:
        """One button a topic; with the question, if the choice is to answer it."""
        return Buttons(
            buttons=tuple(
                Button(
                    label=self.title(topic),
                    action=action,
                    value=About(subject=topic, language=self.language).asking(question).value(),
                )
                for topic in topics
            )
        )

    def pillars(self) -> Buttons:
        return Buttons(
            buttons=tuple(
                Button(
                    label=pillar.title.say(self.language),
                    action="ask.pillar",
                    value=About(subject=pillar.pillar, language=self.language).value(),
                )
                for pillar in self.base.pillars
            )
        )

    def did_you_mean(self, topics: Sequence[str], question: str) -> tuple[Part, ...]:
        few = topics[:MOST_CHOICES]
        buttons = self.choices(few, action="ask.meant", question=question).buttons
        none = Button(
            label=self.said.say("ask.button_none"),
            action="ask.none",
            value=About(language=self.language).asking(question).value(),
        )
        text = Text(text=self.said.say("ask.did_you_mean"))
        return (text, Buttons(buttons=(*buttons, none)))

    def not_covered(self, topics: Sequence[str]) -> tuple[Part, ...]:
        return (Text(text=self.said.say("ask.not_covered")), *self._nearest(topics))

    def other_level(self, level: int, topics: Sequence[str]) -> tuple[Part, ...]:
        own = self.base.document.level.say(self.language)
        text = Text(text=self.said.say("ask.other_level", level=level, own=own))
        return (text, *self._nearest(topics))

    def _nearest(self, topics: Sequence[str]) -> tuple[Part, ...]:
        if not topics:
            return (Text(text=self.said.say("ask.browse")), self.pillars())
        return (Text(text=self.said.say("ask.nearest")), self.choices(topics[:MOST_CHOICES]))

    def cut(self, most: int) -> Note:
        text = self.said.say("ask.cut", most=self.said.number(most))
        return Note(text=text, tone=Tone.INFO)


def _brief(text: Bilingual, language: Language) -> str:
    """Whole sentences from the start, as many as fit; at least the first."""
    whole = text.say(language)
    if len(whole) <= BRIEF[language]:
        return whole
    ends = [match.end() for match in SENTENCE_END.finditer(whole)]
    fitting = [end for end in ends if end <= BRIEF[language]]
    return whole[: fitting[-1] if fitting else (ends or [len(whole)])[0]].strip()
