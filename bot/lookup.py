"""Looking a topic up to show it to others: cards without anything to click."""

from bot.answering import Answering
from bot.messages import Buttons, Feedback, Message
from bot.wording import language_of
from knowledge.model import Language

MOST = 5
MOST_TEXT = 300  # characters that are searched


class Lookup:
    """Searches the base by a few words, in the person's language."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def search(self, text: str, locale: str | None) -> tuple[tuple[Message, str], ...]:
        """Cards, best first, each with what the model says; without a text, each pillar's first."""
        language = language_of(locale) or Language.EN
        base = self._answering.base
        if not text.strip():
            topics = tuple(pillar.topics[0].id for pillar in base.pillars)
        else:
            finding = self._answering.finder.find(text[:MOST_TEXT], locale=locale)
            language = finding.language
            topics = tuple(one.topic for one in finding.candidates)
        return tuple(self._card(topic, language) for topic in topics[:MOST])

    def _card(self, topic: str, language: Language) -> tuple[Message, str]:
        found = self._answering.base.topics[topic]
        message = self._answering.about_topic(found, language).message()
        parts = tuple(part for part in message.parts if not isinstance(part, Buttons | Feedback))
        title = found.title.say(language)
        card = Message(parts=parts, summary=title, language=language)
        return card, found.says.say(language)
