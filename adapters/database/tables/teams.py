"""Tables of Microsoft Teams: how conversations and people are reached again."""

from sqlalchemy import JSON, Boolean, Column, Index, Table, Text

from adapters.database.tables.base import Instant, Words, metadata

conversations = Table(
    "teams_conversations",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("team", Text),
    Column("person", Text),  # whose personal chat it is
    Column("reference", JSON, nullable=False),  # the Bot Framework's ConversationReference
    Column("gone", Boolean, nullable=False),
    Column("seen", Instant, nullable=False),
    Index("ix_teams_conversations_team", "workspace", "team"),
)

people = Table(
    "teams_people",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("channel", Text),  # their personal chat with the coach
    Column("zone", Text),  # IANA
    Column("locale", Words),
    Column("seen", Instant, nullable=False),
)
