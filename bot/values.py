"""What the buttons of an answer carry, so that a click needs nothing kept."""

from dataclasses import dataclass, replace

from bot.errors import NotFound
from bot.privacy import cleaned
from knowledge.model import Language

SEPARATOR = "|"
STALE = "errors.stale_button"


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """A topic, or a pillar, in a language; for votes and choices also the question, cleaned."""

    subject: str = ""
    language: Language = Language.EN
    answer: str | None = None
    reference: str = ""  # of one answer given
    question: str = ""

    def value(self) -> str:
        """As a button carries it."""
        given = (self.subject, self.language, self.answer or "", self.reference, self.question)
        return SEPARATOR.join(given)

    def asking(self, question: str) -> "About":
        return replace(self, question=cleaned(question))


def about(value: str) -> About:
    """What a click carried. Raises NotFound for anything that no button of ours carries."""
    given = value.split(SEPARATOR, 4)
    if len(given) != 5 or given[1] not in set(Language):
        raise NotFound(STALE)
    subject, language, answer, reference, question = given
    return About(
        subject=subject,
        language=Language(language),
        answer=answer or None,
        reference=reference[:64],
        question=cleaned(question),
    )
