"""The tables, one module a feature; importing this package registers them all."""

from adapters.database.tables import asking, channels, pulses, roles, sends, slack, teams
from adapters.database.tables.base import metadata

__all__ = ["asking", "channels", "metadata", "pulses", "roles", "sends", "slack", "teams"]
