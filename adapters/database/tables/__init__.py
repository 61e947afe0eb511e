"""The tables, one module a feature; importing this package registers them all."""

from adapters.database.tables.base import metadata

__all__ = ["metadata"]
