"""Rights and the trail of what was done with them."""

from sqlalchemy import Column, Index, Integer, Table, Text

from adapters.database.tables.base import Instant, metadata

leads = Table(
    "leads",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Index(None, "workspace", "person"),
)

admins = Table(
    "admins",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("since", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=True),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "workspace", "channel"),
)
