"""Tables of a team's settings and its past digests."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from adapters.database.tables.base import Instant, Words, metadata

channels = Table(
    "channels",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("name", Words),
    Column("language", Text, nullable=False),  # en, zh or both
    Column("gone", Text),  # why nothing can be posted there any more; None: it can
)

slots = Table(
    "slots",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # digest or rollup
    Column("weekday", Integer, nullable=False),  # 0 is Monday
    Column("minute", Integer, nullable=False),  # of the day
    Column("zone", Text, nullable=False),  # IANA
    Column("state", Text, nullable=False),  # on, off or muted
    Column("resume", Instant),  # paused until then; the far future: until somebody resumes
    Column("week", Text),  # of the next digest, by the intended local date
    Column("next", Instant),  # None: nothing is planned
    Column("changed_by", Text),
)
Index(
    "ix_slots_next",
    slots.c.next,
    sqlite_where=text("next IS NOT NULL"),
    postgresql_where=text("next IS NOT NULL"),
)

digests = Table(
    "digests",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("week", Text, primary_key=True),
    Column("made", Instant, nullable=False),
    Column("headline", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("quiet", Boolean, nullable=False),
)
