"""Tables of pulses and of the actions that come of them. No row of a ballot has a time or a
number that counts up, and SQLite keeps ballots by their key alone (no row ids)."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from adapters.database.tables.base import Instant, Words, metadata

pulses = Table(
    "pulses",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("pillar", Text, nullable=False),
    Column("statements", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("with_lead", Boolean, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("closes", Instant, nullable=False),  # afterwards: when it did
    Column("days", Integer, nullable=False),
    Column("invites", Boolean, nullable=False),
    Column("reminders", Boolean, nullable=False),
    Column("repeat_weeks", Integer, nullable=False),
    Column("next_start", Instant),  # of the series; None: no further pulse
    Column("invited", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("answered", Integer),  # None while open
    Column("result", JSON(none_as_null=True)),  # None until computed
    Column("post_channel", Text),
    Column("post_thread", Text),
    Column("post_message", Text),
    Column("shown_answered", Integer),  # while open: as everybody is told
    Column("shown_at", Instant),
    Column("reminded", Instant),  # by the lead, out of turn
    Column("not_before", Instant),  # closing or computing it failed: it waits until then
)
Index(None, pulses.c.workspace, pulses.c.channel, pulses.c.opened)
Index(None, pulses.c.state, pulses.c.closes)
Index(None, pulses.c.next_start)
NO_RESULT = text("result IS NULL")
Index(
    "ix_pulses_no_result",
    pulses.c.state,
    pulses.c.closes,
    sqlite_where=NO_RESULT,
    postgresql_where=NO_RESULT,
)
Index(
    "uq_pulses_open",
    pulses.c.workspace,
    pulses.c.channel,
    pulses.c.pillar,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

pulse_secrets = Table(
    "pulse_secrets",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("pulse", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),  # with the application key
)

pulse_audience = Table(
    "pulse_audience",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("pulse", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("zone", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, pulse_audience.c.workspace, pulse_audience.c.person)

sealed_ballots = Table(
    "sealed_ballots",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("pulse", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # HMAC of the person with the pulse's secret
    Column("sealed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

ballots = Table(
    "ballots",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("pulse", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # random
    Column("answers", Text, nullable=False),  # one digit a statement, 0 for "doesn't apply"
    sqlite_with_rowid=False,
)

pulse_comments = Table(
    "pulse_comments",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("pulse", Text, primary_key=True),
    Column("key", Text, primary_key=True),  # random, not the ballot's
    Column("comment", Words, nullable=False),
    sqlite_with_rowid=False,
)

pulse_mutes = Table(
    "pulse_mutes",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("person", Text, primary_key=True),
)

actions = Table(
    "actions",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("title", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("due_week", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended", Instant),
    Column("pulse", Text),
)
Index(None, actions.c.workspace, actions.c.channel, actions.c.state)
