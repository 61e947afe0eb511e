"""The usual shapes of an answer to one person."""

from bot.messages import Audience, Message, Note, Part, Tone
from bot.wording import Wording


def to_asker(said: Wording, summary: str, *parts: Part) -> Message:
    """Only the asker sees it."""
    return Message(parts=parts, summary=summary, language=said.language, audience=Audience.ASKER)


def word(said: Wording, text: str, tone: Tone = Tone.INFO) -> Message:
    """One sentence that only the asker sees."""
    return to_asker(said, text, Note(text=text, tone=tone))


def instead(said: Wording, text: str, tone: Tone = Tone.INFO) -> Message:
    """One sentence in place of the message that was clicked."""
    return Message(
        parts=(Note(text=text, tone=tone),),
        summary=text,
        language=said.language,
        audience=Audience.ASKER,
        replaces=True,
    )
