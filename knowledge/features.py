"""What lexical search sees of a text: words and pieces of words, Han characters and pairs."""

from collections import Counter

from knowledge.normalise import HAN, words

PIECES = (3, 4, 5)  # characters, inside a word with its boundaries


def grams(text: str) -> Counter[str]:
    """Pieces of searchable text with their counts."""
    found: Counter[str] = Counter()
    for word in words(text):
        if HAN.match(word):
            found.update(word)
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        else:
            bounded = f"^{word}$"
            found[f"={word}"] += 1
            for size in PIECES:
                found.update(bounded[at : at + size] for at in range(len(bounded) - size + 1))
    return found
