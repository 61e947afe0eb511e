"""All examples of the base in one row: what people ask, what it is about, and who wrote it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from knowledge.base import KnowledgeBase
from knowledge.model import AlsoAbout, Language, Phrasings, Topic

BASE = "base"  # the author of what stands in the pillar files
KEYWORDS = "keywords"  # titles and keywords: nobody asked them, so they are never held out


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    text: str
    language: Language
    topics: tuple[str, ...]  # the best first; none: must not be answered
    author: str
    answer: str | None = None  # id of the frequent question in the first topic
    weight: float = field(default=1.0)  # in training


def examples(base: KnowledgeBase) -> list[Example]:
    """Every phrasing, example question, title, keyword and negative, each text once."""
    found: dict[tuple[str, str], Example] = {}
    for one in _all(base):
        key = (one.text.casefold(), one.language)
        known = found.get(key)
        if known is None:
            found[key] = one
        elif one.topics and known.topics:
            merged = (*known.topics, *(topic for topic in one.topics if topic not in known.topics))
            found[key] = replace(known, topics=merged)
    return list(found.values())


def _all(base: KnowledgeBase) -> Iterator[Example]:
    for topic in base.topics.values():
        yield from _phrasings(topic)
    for author in base.questions:
        for topic_id, asked in author.questions.items():
            for language, given in ((Language.EN, asked.en), (Language.ZH, asked.zh)):
                for one in given:
                    also = one.also if isinstance(one, AlsoAbout) else ()
                    yield Example(
                        text=one.q if isinstance(one, AlsoAbout) else one,
                        language=language,
                        topics=(topic_id, *also),
                        author=author.author,
                    )
    for topic in base.topics.values():
        yield from _words(topic)
    for negatives in base.negatives:
        for writer in negatives.authors:
            for kind in writer.kinds.values():
                yield from _texts(kind, (), writer.author)


def _phrasings(topic: Topic) -> Iterator[Example]:
    yield from _texts(topic.asks, (topic.id,), BASE)
    for answer in topic.answers:
        for one in _texts(answer.asks, (topic.id,), BASE):
            yield replace(one, answer=answer.id)


def _words(topic: Topic) -> Iterator[Example]:
    titles = Phrasings(en=(topic.title.en,), zh=(topic.title.zh,))
    yield from _texts(titles, (topic.id,), KEYWORDS)
    for one in _texts(topic.keywords, (topic.id,), KEYWORDS):
        yield replace(one, weight=0.3)


def _texts(given: Phrasings, topics: tuple[str, ...], author: str) -> Iterator[Example]:
    for language in Language:
        for text in given.of(language):
            yield Example(text=text, language=language, topics=topics, author=author)


# ── the same questions, as people also type them ─────────────────────────────

OPENERS = {
    Language.EN: (
        "hi there! ",
        "hey, quick one before lunch: ",
        "Hello team, hope you are well. ",
        "sorry if this was asked before, ",
        "morning all :) ",
        "ok so ",
        "Long day here... ",
        "I'm new on the team and a bit lost. ",
        "My manager asked me this today and I had no idea: ",
        "random thought over coffee, ",
        "Hope this is the right place to ask. ",
        "Funny story from this week, but never mind. ",
        "lol we were just arguing about this. ",
        "Hi coach, ",
    ),
    Language.ZH: (
        "大家好，",
        "hi，请教一下，",
        "早上好！刚来公司，还有点懵，",
        "不好意思打扰了，",
        "刚开完会，领导问我：",
        "弱弱地问一句，",
        "在吗？想问下，",
        "今天又加班……顺便问问，",
        "各位大佬，",
        "哈哈我们刚才还在争这个，",
    ),
}
CLOSERS = {
    Language.EN: (
        " thanks a lot!",
        " any thoughts?",
        " Cheers",
        " thx :)",
        " Would love your opinion.",
        " help please!",
        " What would you do?",
        " no rush though",
    ),
    Language.ZH: ("谢谢！", "，求指教", "，大家怎么看？", "，在线等，挺急的", "～感谢", "，不急"),
}
SLIPS_EACH = 6  # one slip for so many letters of a text


def disguised(given: Sequence[Example], *, seed: int = 11) -> list[Example]:
    """One variant of each question: small talk around it, or typing slips in it."""
    random = Random(seed)  # noqa: S311  variety, not secrecy
    return [
        replace(one, text=_disguise(one, random), answer=None, weight=one.weight * 0.5)
        for one in given
        if one.author != KEYWORDS
    ]


def _disguise(one: Example, random: Random) -> str:
    slipping = one.language is Language.EN and random.random() < 0.5
    if slipping:
        return slipped(one.text, random)
    opener = random.choice(OPENERS[one.language])
    closer = random.choice(CLOSERS[one.language]) if random.random() < 0.5 else ""
    return f"{opener}{one.text}{closer}"


def slipped(text: str, random: Random) -> str:
    """English as fingers type it: letters swapped, dropped or doubled, inside longer words."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    for place in random.sample(long, min(len(long), max(1, len(text) // (SLIPS_EACH * 5)))):
        words[place] = _slip(words[place], random)
    return " ".join(words)


def _slip(word: str, random: Random) -> str:
    at = random.randrange(1, len(word) - 1)
    match random.randrange(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case _:
            return word[:at] + word[at] + word[at:]
