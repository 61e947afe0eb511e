"""A payload's fields, each of the type that it must have."""

from collections.abc import Mapping
from typing import Any

MOST_ID = 1024  # characters; ids of Teams have some 200


class Malformed(Exception):
    """Not an activity as Teams sends it; the message names the field, never its value."""


class Fields:
    """Read one object of a payload. A field of the wrong type raises Malformed."""

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self._data = data
        self._path = path

    def has(self, name: str) -> bool:
        return self._data.get(name) is not None

    def object(self, name: str) -> "Fields":
        """Empty where it is missing."""
        value = self._data.get(name)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Fields(value, f"{self._path}{name}.")

    def objects(self, name: str) -> list["Fields"]:
        value = self._data.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._wrong(name, "a list of objects")
        return [Fields(one, f"{self._path}{name}.") for one in value]

    def text(self, name: str) -> str:
        """Empty where it is missing."""
        value = self._data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(name, "text")
        return value

    def id(self, name: str) -> str:
        """One that must be there, and can be an id."""
        value = self.text(name)
        if not value or len(value) > MOST_ID or not value.isprintable():
            raise self._wrong(name, "an id")
        return value

    def maybe_id(self, name: str) -> str | None:
        return self.id(name) if self.has(name) else None

    def texts(self, prefix: str) -> dict[str, str]:
        """All non-empty text fields whose name has this prefix, without it."""
        found = {}
        for name, value in self._data.items():
            if not name.startswith(prefix) or value is None:
                continue
            if not isinstance(value, str):
                raise self._wrong(name, "text")
            if value:
                found[name.removeprefix(prefix)] = value
        return found

    def _wrong(self, name: str, wanted: str) -> Malformed:
        return Malformed(f"{self._path}{name} must be {wanted}")
