"""The base made ready for searching: vectors, pieces of words, classifiers, in one file."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.gate import Gate
from knowledge.linear import Floats, Ints, Linear, Rows
from knowledge.load import sheets

FORMAT = 1
FILE = "index.npz"  # in the folder of the base
VECTOR_STEPS = 127.0  # vectors are kept as whole numbers of this many steps


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """The pieces of words that the base knows, and how telling each is."""

    pieces: dict[str, int]
    weight: Floats  # inverse document frequency, a piece

    def row(self, counts: Counter[str]) -> tuple[Ints, Floats]:
        """The known pieces of a text as a unit vector: columns and values; none if it has none."""
        columns = [place for piece in counts if (place := self.pieces.get(piece)) is not None]
        if not columns:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        found = [count for piece, count in counts.items() if piece in self.pieces]
        at = np.array(columns, dtype=np.int32)
        values = (1 + np.log(np.array(found, dtype=np.float32))) * self.weight[at]
        length = float(np.sqrt(values @ values)) or 1.0
        return at, (values / length).astype(np.float32)

    def rows(self, texts: list[Counter[str]]) -> Rows:
        columns, values, starts = [], [], [0]
        for text in texts:
            at, value = self.row(text)
            if len(at) == 0:  # every row holds something, so that sums over rows stay simple
                at, value = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.float32)
            columns.append(at)
            values.append(value)
            starts.append(starts[-1] + len(at))
        return Rows(
            np.array(starts, dtype=np.int32),
            np.concatenate(columns) if columns else np.zeros(0, dtype=np.int32),
            np.concatenate(values) if values else np.zeros(0, dtype=np.float32),
            len(self.pieces),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """Entries stand sorted by class; the last class is `none`: what must not be answered."""

    fingerprint: str
    topics: tuple[str, ...]
    bounds: Ints  # entries of class c: bounds[c] up to bounds[c + 1]
    answers: tuple[str, ...]  # ids, as the entries refer to them
    answer_of: Ints  # an entry: place in `answers`, or -1
    lexicon: Lexicon
    rows: Rows  # an entry: its pieces
    lexical: Linear
    words: dict[str, int]  # how often the base uses each Latin word
    aliases: dict[str, str]  # titles and keywords that name one topic alone: that topic
    vectors: Floats | None  # an entry: its point; None in an index without encoder
    dense: Linear | None
    gates: dict[str, Gate]  # `hybrid`, `lexical`

    @property
    def none(self) -> int:
        return len(self.topics)


def fingerprint(folder: Path) -> str:
    """Of everything that an index is made of: what people ask, not what is answered.

    Raises KnowledgeError where the pillar files can't be read.
    """
    digest = hashlib.sha256(f"format {FORMAT}\n".encode())
    for sheet in sheets(folder):
        for topic in sheet.data.topics:
            asked: list[Any] = [topic.id, topic.title.model_dump(), topic.asks.model_dump()]
            asked += [[one.id, one.asks.model_dump()] for one in topic.answers]
            asked.append(topic.keywords.model_dump())
            digest.update(json.dumps(asked, ensure_ascii=False, sort_keys=True).encode())
    examples = sorted([*folder.glob("questions/*.yaml"), *folder.glob("negatives.yaml")])
    for path in examples:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def save(index: Index, path: Path) -> None:
    """Whole or not at all."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "bounds": index.bounds,
        "answer_of": index.answer_of.astype(np.int16),
        "idf": index.lexicon.weight.astype(np.float16),
        "row_starts": index.rows.starts,
        "row_indices": index.rows.indices,
        "row_values": index.rows.values.astype(np.float16),
        "lexical_weights": index.lexical.weights.astype(np.float16),
        "lexical_bias": index.lexical.bias,
    }
    if index.vectors is not None and index.dense is not None:
        arrays["vectors"] = np.round(index.vectors * VECTOR_STEPS).astype(np.int8)
        arrays["dense_weights"] = index.dense.weights.astype(np.float16)
        arrays["dense_bias"] = index.dense.bias
    names = {
        "fingerprint": index.fingerprint,
        "topics": index.topics,
        "answers": index.answers,
        "pieces": list(index.lexicon.pieces),
        "words": index.words,
        "aliases": index.aliases,
        "gates": {name: gate.as_dict() for name, gate in index.gates.items()},
    }
    text = json.dumps(names, ensure_ascii=False).encode()
    arrays["names"] = np.frombuffer(text, dtype=np.uint8)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    part.replace(path)


def read(path: Path) -> Index:
    """Raises OSError, ValueError or KeyError if it can't be read."""
    with np.load(path, allow_pickle=False) as file:
        names = json.loads(file["names"].tobytes())
        pieces = {piece: place for place, piece in enumerate(names["pieces"])}
        dense = None
        vectors = None
        if "vectors" in file:
            vectors = file["vectors"].astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
            dense = Linear(file["dense_weights"].astype(np.float32), file["dense_bias"])
        return Index(
            fingerprint=names["fingerprint"],
            topics=tuple(names["topics"]),
            bounds=file["bounds"],
            answers=tuple(names["answers"]),
            answer_of=file["answer_of"].astype(np.int32),
            lexicon=Lexicon(pieces=pieces, weight=file["idf"].astype(np.float32)),
            rows=Rows(
                file["row_starts"],
                file["row_indices"],
                file["row_values"].astype(np.float32),
                len(pieces),
            ),
            lexical=Linear(file["lexical_weights"].astype(np.float32), file["lexical_bias"]),
            words=names["words"],
            aliases=names["aliases"],
            vectors=vectors,
            dense=dense,
            gates={name: Gate.of(given) for name, given in names["gates"].items()},
        )
