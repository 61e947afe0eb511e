"""Tables of the questions feature: deliveries, topic at hand, counts, votes, gaps, taught."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, Table, Text

from adapters.database.tables.base import Instant, Words, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("delivery", Text, primary_key=True),  # keyed hash: some platforms' ids name a person
    Column("received", Instant, nullable=False, index=True),  # the hour
    Column("claimed", Instant),  # None: nobody has it in hand
    Column("finished", Boolean, nullable=False),
)

# `thread` and `person` are empty where they don't tell conversations apart.
at_hand = Table(
    "at_hand",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("answer", Text),
    Column("language", Text, nullable=False),
    Column("since", Instant, nullable=False, index=True),
)

# In all tables below `channel` is empty for a private conversation: its id would name the person.
answers_given = Table(
    "answers_given",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("day", Date, primary_key=True),  # in the zone of the channel's digest, else UTC
    Column("topic", Text, primary_key=True),
    Column("times", Integer, nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("answer", Text, primary_key=True),
    Column("voter", Text, primary_key=True),  # keyed hash of the person
    Column("channel", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("day", Date, nullable=False),  # UTC
)
Index(None, votes.c.workspace, votes.c.channel, votes.c.day)

gaps = Table(
    "gaps",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("text_hash", Text, nullable=False),  # of the text, its case, spaces and end evened out
    Column("text", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("nearest", JSON, nullable=False),
    Column("asked", Instant, nullable=False, index=True),  # the last time
    Column("times", Integer, nullable=False),
    # Where all of the channel could read it; None and 0: only ever in private.
    Column("aloud", Instant),  # the last time
    Column("times_aloud", Integer, nullable=False, server_default="0"),
)
Index(None, gaps.c.workspace, gaps.c.channel, gaps.c.text_hash, unique=True)

taught = Table(
    "taught",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("reviewer", Text),
)
