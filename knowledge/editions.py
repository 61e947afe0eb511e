"""What changed between two editions of the model's page, sentence by sentence."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from knowledge.importer import Imported


class Change(StrEnum):
    """What happened to a topic between two editions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    kind: Change
    id: str
    title: str
    before: tuple[str, ...] = ()  # sentences that went
    after: tuple[str, ...] = ()  # sentences that came


SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n+")


def differences(old: Imported, new: Imported) -> list[Difference]:
    """What changed between two editions, sentence by sentence, in the new edition's order."""
    before, after = old.topics(), new.topics()
    found = []
    for topic in after.values():
        earlier = before.get(topic.id)
        if earlier is None:
            sentences = _sentences(topic.text)
            found.append(
                Difference(kind=Change.ADDED, id=topic.id, title=topic.title, after=sentences)
            )
            continue
        gone, come = _changed(earlier.text, topic.text)
        if gone or come:
            found.append(
                Difference(
                    kind=Change.CHANGED, id=topic.id, title=topic.title, before=gone, after=come
                )
            )
        if earlier.title != topic.title:
            found.append(
                Difference(
                    kind=Change.RENAMED,
                    id=topic.id,
                    title=topic.title,
                    before=(earlier.title,),
                    after=(topic.title,),
                )
            )
    for topic in before.values():
        if topic.id not in after:
            gone = _sentences(topic.text)
            found.append(
                Difference(kind=Change.REMOVED, id=topic.id, title=topic.title, before=gone)
            )
    return found


def _changed(old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = _sentences(old), _sentences(new)
    gone: list[str] = []
    come: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            gone += before[a:b]
            come += after[c:d]
    return tuple(gone), tuple(come)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in SENTENCE.split(text) if one.strip())
