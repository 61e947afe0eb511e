"""What can be said after `/digest`, in both languages, and what follows a word (pure)."""

import difflib
import re

from bot.daytimes import HAN, number
from bot.errors import Invalid
from bot.hearing import quoted
from bot.ports.channels import Languages
from knowledge.normalise import simplified

MOST_WEEKS = 52
MOST_QUOTED = 40
VERBS = {
    "on": ("on", "开启", "打开", "开"),
    "off": ("off", "关闭", "关掉", "关"),
    "pause": ("pause", "暂停"),
    "resume": ("resume", "恢复", "unmute", "取消静音"),
    "mute": ("mute", "静音"),
    "language": ("language", "语言"),
    "status": ("status", "状态"),
    "preview": ("preview", "预览"),
    "history": ("history", "历史"),
    "again": ("again", "重发", "更新"),
    "rollup": ("rollup", "roll-up", "汇总"),
    "help": ("help", "帮助"),
}
MEANT = {name: verb for verb, names in VERBS.items() for name in names}
# Those that may stand without a space before what follows.
CHINESE = [name for name in MEANT if not name.isascii() and len(name) > 1]
EN, ZH = frozenset({Languages.EN}), frozenset({Languages.ZH})
LANGUAGES = {
    **dict.fromkeys(("en", "english", "英文", "英语"), EN),
    **dict.fromkeys(("zh", "chinese", "中文", "汉语", "简体中文"), ZH),
    **dict.fromkeys(("both", "双语", "中英文", "中英双语"), EN | ZH),
}
BETWEEN = re.compile(r"[\s,，、+/&]+|\band\b|和|与")
WEEKS = re.compile(
    rf"(?:for\s+)?(?P<number>\d{{1,3}}|{HAN}|one|two|three|four|a)"
    r"\s*(?:weeks?|w|个?(?:周|週|星期|礼拜|禮拜))?",
    re.IGNORECASE,
)
ENGLISH = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}


def verb_first(words: list[str]) -> list[str]:
    """The words with the verb apart: 暂停两周 is 暂停 and 两周."""
    if not words:
        return []
    first = simplified(words[0]).casefold()
    if first in MEANT:
        return [first, *words[1:]]
    for verb in CHINESE:
        if first.startswith(verb):
            return [verb, words[0][len(verb) :], *words[1:]]
    return words


def unknown_verb(word: str) -> Invalid:
    """What to say to a word that is no verb: the one that was meant, or all of them."""
    alike = 0.6 if word.isascii() else 0.5  # of two Chinese characters, one is right
    names = [name for name in MEANT if len(name) > 1]
    near = difflib.get_close_matches(simplified(word).casefold(), names, n=3, cutoff=alike)
    if near:
        begins_so = (name for name in near if name[0] == word[0])
        best = next(begins_so, near[0])
        return Invalid("digest.usage_near", given=quoted(word, MOST_QUOTED), near=best)
    return Invalid("digest.usage", given=quoted(word, MOST_QUOTED))


def nothing_more(words: list[str]) -> None:
    """Raises Invalid where something follows that isn't understood."""
    if words:
        raise Invalid("digest.extra_words", given=quoted(" ".join(words), MOST_QUOTED))


def weeks_of(text: str) -> int | None:
    """`2`, `2 weeks`, `两周`; None for an empty text: until resumed. Raises Invalid."""
    if not text.strip():
        return None
    found = WEEKS.fullmatch(text.strip())
    said = found["number"].lower() if found else ""
    weeks = ENGLISH.get(said) or number(said)
    if weeks is None or not 1 <= weeks <= MOST_WEEKS:
        raise Invalid("digest.bad_weeks", most=MOST_WEEKS)
    return weeks


def languages_of(text: str) -> Languages:
    """`en`, `zh`, `both`, `en zh`, `中文和英文`. Raises Invalid."""
    every: set[Languages] = set()
    for name in filter(None, BETWEEN.split(simplified(text).casefold())):
        if name not in LANGUAGES:
            raise Invalid("digest.bad_language")
        every |= LANGUAGES[name]
    if not every:
        raise Invalid("digest.bad_language")
    return every.pop() if len(every) == 1 else Languages.BOTH
