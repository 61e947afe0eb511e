"""Terse look-ups: a message that is nothing but the name of a topic, or one of its keywords."""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from knowledge.base import KnowledgeBase
from knowledge.model import Language
from knowledge.normalise import searchable

ALIKE = 92.0  # of 100, from which a name is the one typed
LONGEST = 40  # characters of what is left of a message
AROUND = re.compile(
    r"\b(?:(?:how|where|when) (?:do|should|can|could|would|to)(?: (?:we|i|you|one))?"
    r" (?:get started|start|begin|get going|get better|improve)(?: (?:with|on|at))?(?: (?:our|my))?"
    r"|get(?:ting)? started with"
    r"|what(?:'s| is| are| about| does)?|how(?: about| to| do we)?|tell me about"
    r"|explain|define|please|thanks?|the|an?|at level (?:2|two)|level (?:2|two)|mean(?:ing)?)\b"
    r"|(?:我们?)?(?:要|该|应该)?(?:怎么|如何|怎样|从(?:哪里|哪儿|哪|何处))"
    r"(?:去|来)?(?:开始|入手|下手|起步|着手|做起|做好|改进|改善|加强)(?:做|搞)?"
    r"|什么是|是什么|怎么做|怎么办|怎么|如何|介绍一下|讲讲|说说|第\s*[2二]\s*级|请问|呢|吗|的"
    r"|[?!.,:;\"'、，。？！：；]"
)


def aliases(base: KnowledgeBase) -> dict[str, str]:
    """Titles, and keywords that name one topic and no other, as they are searched."""
    keyed: dict[str, set[str]] = {}
    titled: dict[str, set[str]] = {}
    for topic in base.topics.values():
        for language in Language:
            titled.setdefault(searchable(topic.title.say(language)), set()).add(topic.id)
            for keyword in topic.keywords.of(language):
                keyed.setdefault(searchable(keyword), set()).add(topic.id)
    both = {**keyed, **titled}
    return {name: next(iter(topics)) for name, topics in both.items() if len(topics) == 1}


class Lookup:
    """The names that stand for one topic alone."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases
        self._names = list(aliases)

    def topic(self, text: str) -> str | None:
        """The topic that searchable text names, and nothing else; None if it says more."""
        bare = " ".join(AROUND.sub(" ", text).split())
        if not bare or len(bare) > LONGEST:
            return None
        if bare in self._aliases:
            return self._aliases[bare]
        near = process.extractOne(bare, self._names, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self._aliases[near[0]] if near else None
