"""Notices when a message asks for another level of the model than the one the base holds."""

import re

OWN_LEVEL = 2
NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "两": 2}
NUMERALS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
MENTION = re.compile(
    r"(?:level|lvl|stage|tier)s?[\s-]*(?:no\.?\s*)?([1-5]|one|two|three|four|five)(?![0-9.])"
    r"|(?<![a-z0-9])l([1-5])(?![a-z0-9.])"
    r"|第\s*([一二三四五1-5])\s*(?:个)?(?:级|阶段|层|等级)"
    r"|(?<![0-9])([1-5一二三四五])\s*级(?!别)"
    r"|(?:级别|等级|阶段|level)\s*([一二三四五1-5])(?![0-9])"
)


def mentioned(text: str) -> frozenset[int]:
    """The levels that searchable text names, 1–5."""
    found = set()
    for match in MENTION.finditer(text):
        given = next(one for one in match.groups() if one)
        found.add(NUMERALS.get(given) or int(given))
    return frozenset(found)


def other_level(text: str) -> int | None:
    """The level asked for, if it is only others than ours; the highest, if there are several."""
    levels = mentioned(text)
    return max(levels) if levels and OWN_LEVEL not in levels else None
