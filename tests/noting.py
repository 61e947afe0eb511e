"""Notes of answered questions, for tests that need some to be there."""

from datetime import datetime

from bot.messages import Person, Place
from bot.ports.asking import AtHand, Notes
from knowledge.model import Language


def counted(place: Place, topic: str, now: datetime) -> Notes:
    """Of one answer, given to somebody."""
    at_hand = AtHand(topic=topic, answer=None, language=Language.EN, since=now)
    person = Person(workspace=place.workspace, id="somebody")
    return Notes(place=place, person=person, at_hand=at_hand, counted=True)


def about(place: Place, person: Person, at_hand: AtHand) -> Notes:
    """Of a follow-up, which isn't counted."""
    return Notes(place=place, person=person, at_hand=at_hand, counted=False)
