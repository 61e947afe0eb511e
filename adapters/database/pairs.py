"""Rows that belong to one of many pairs of keys, found by an index on both databases."""

from collections.abc import Iterable

from sqlalchemy import Column, ColumnElement, false, or_


def one_of(
    first: Column[str], second: Column[str], pairs: Iterable[tuple[str, str]]
) -> ColumnElement[bool]:
    """Whether (first, second) is one of these pairs.

    A row value `IN` makes SQLite read the whole table: https://sqlite.org/rowvalue.html names no
    index for a list of them. So it is one `IN` for each value of `first`, which should be few.
    """
    seconds: dict[str, list[str]] = {}
    for one, other in dict.fromkeys(pairs):
        seconds.setdefault(one, []).append(other)
    return or_(false(), *((first == one) & second.in_(of) for one, of in seconds.items()))
