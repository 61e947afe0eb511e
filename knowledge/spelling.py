"""Typing slips mended before searching: an unknown English word becomes the base's nearest one."""

import re
from collections.abc import Mapping
from functools import lru_cache
from math import log10

from rapidfuzz import process
from rapidfuzz.distance import OSA

LATIN_WORD = re.compile(r"[a-z]{4,24}")
SHORT_WORD = 5  # letters; up to here one slip is allowed, beyond it two


class Spelling:
    """Knows the base's words, and which other words are real and left alone."""

    def __init__(self, words: Mapping[str, int], real: frozenset[str] = frozenset()) -> None:
        self._count = words
        self._real = real
        self._by_initial: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= 4:
                self._by_initial.setdefault(word[0], []).append(word)
        self._all = [word for word in words if len(word) >= 4]
        self._mended = lru_cache(maxsize=4096)(self._nearest)

    def mend(self, text: str) -> str:
        """Searchable text with its slips mended."""
        return LATIN_WORD.sub(lambda match: self._mend(match.group()), text)

    def _mend(self, word: str) -> str:
        if word in self._count or word in self._real:
            return word
        return self._mended(word)

    def _nearest(self, word: str) -> str:
        allowed = 1 if len(word) <= SHORT_WORD else 2
        near = self._within(word, self._by_initial.get(word[0], []), allowed)
        if not near:
            near = self._within(word, self._all, 1)
        if not near:
            return word
        return min(near, key=lambda one: (near[one], self._oddness(word, one), one))

    def _oddness(self, typed: str, meant: str) -> float:
        """Lowest is likeliest: a word ten times as frequent outweighs a slip one step rarer."""
        return _slip(typed, meant) - log10(self._count[meant] + 1)

    @staticmethod
    def _within(word: str, choices: list[str], allowed: int) -> dict[str, float]:
        found = process.extract(
            word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=8, processor=None
        )
        return {choice: float(distance) for choice, distance, _ in found}


def _slip(typed: str, meant: str) -> int:
    """How usual this slip is, lowest first: a letter left out or doubled, two swapped, another."""
    if len(typed) != len(meant):
        return 0
    return 1 if sorted(typed) == sorted(meant) else 2
