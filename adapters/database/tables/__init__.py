"""The tables, one module a feature; importing this package registers them all."""

from adapters.database.tables import asking, roles
from adapters.database.tables.base import metadata

__all__ = ["asking", "metadata", "roles"]
