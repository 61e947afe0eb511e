"""What a pulse asks: pillars and topics by their names, and whose turn it is in the bank."""

from collections.abc import Iterable, Sequence

from bot.ports.pulses import ALL, PulseStatement
from bot.schedule import NEVER, Asked, next_pillar, pick
from bot.wording import wording
from knowledge.base import KnowledgeBase
from knowledge.model import Basis, Language, Point, Statement

MOST_OF_ONE = 5  # statements of a pulse on one pillar
MOST_EACH = 2  # of each pillar, when all are asked at once
MOST_TITLE = 200  # characters of an action's
ALL_NAMES = ("all", "everything", "全部", "所有", "全面")


class Instrument:
    """The bank of statements, and how people name its parts."""

    def __init__(self, base: KnowledgeBase) -> None:
        self._base = base
        self.pillars = tuple(one.pillar for one in base.pillars if one.statements)

    def find(self, name: str) -> str | None:
        """A pillar by its id or title in either language, ALL by its names; None for neither."""
        wanted = " ".join(name.casefold().replace("-", " ").split())
        if wanted in ALL_NAMES:
            return ALL
        for pillar in self.pillars:
            title = self._base.pillar(pillar).title
            if wanted in (pillar.replace("-", " "), title.en.casefold(), title.zh):
                return pillar
        return None

    def name(self, pillar: str, language: Language) -> str:
        """Of a pillar, also of one that the base has no more."""
        if pillar == ALL:
            return wording(language).say("pulse.all")
        try:
            return self._base.pillar(pillar).title.say(language)
        except KeyError:
            return pillar

    def names(self, language: Language) -> list[str]:
        return [self.name(pillar, language) for pillar in self.pillars]

    def topic(self, topic: str, language: Language) -> str:
        found = self._base.topics.get(topic)
        return found.title.say(language) if found else topic

    def steps(self, topic: str, language: Language, most: int) -> tuple[str, ...]:
        """What to do about a topic, first things first; what is our advice says so."""
        found = self._base.topics.get(topic)
        return tuple(_marked(step, language) for step in found.do[:most]) if found else ()

    def step_left(self, topic: str, taken: Iterable[str]) -> int | None:
        """Place of the first step that is none of these titles of actions, in either language."""
        found = self._base.topics.get(topic)
        titles = {_even(title) for title in taken}
        for place, step in enumerate(found.do if found else ()):
            if not titles & {_even(step.say(language)) for language in Language}:
                return place
        return None

    def step(self, topic: str, place: int, language: Language) -> str:
        """What is our advice says so."""
        return _marked(self._base.topics[topic].do[place], language)

    def title(self, topic: str, place: int, language: Language) -> str:
        """A step, bare, as the title of an action."""
        return self._base.topics[topic].do[place].say(language)

    def after(self, pillar: str) -> str:
        """Whose turn it is next in a series."""
        return next_pillar(self.pillars, pillar)

    def statements(self, pillar: str, past: Sequence[Sequence[str]]) -> tuple[PulseStatement, ...]:
        """Of the next pulse; `past` are the statements of the channel's pulses, oldest first."""
        if pillar != ALL:
            return self._of(pillar, past, MOST_OF_ONE)
        return tuple(
            statement for one in self.pillars for statement in self._of(one, past, MOST_EACH)
        )

    def _of(
        self, pillar: str, past: Sequence[Sequence[str]], most: int
    ) -> tuple[PulseStatement, ...]:
        bank = {one.id: one for one in self._base.statements_of(pillar)}
        ours = [[one for one in pulse if one in bank] for pulse in past]
        ours = [pulse for pulse in ours if pulse]
        asked: dict[str, Asked] = {}
        for number, pulse in enumerate(ours, 1):
            for one in pulse:
                asked[one] = Asked(times=asked.get(one, NEVER).times + 1, last=number)
        chosen = pick(list(bank), asked, ours[-1] if ours else [], most)
        return tuple(_frozen(bank[one]) for one in chosen)


def _frozen(statement: Statement) -> PulseStatement:
    return PulseStatement(id=statement.id, topic=statement.topic, en=statement.en, zh=statement.zh)


def _even(title: str) -> str:
    """As far as the title of an action keeps a step's text, without its case and last mark."""
    return " ".join(title.casefold().split())[:MOST_TITLE].rstrip(" .。！!")


def _marked(step: Point, language: Language) -> str:
    text = step.say(language)
    if step.basis is Basis.MODEL:
        return text
    return wording(language).say("ask.item_advice", text=text)
