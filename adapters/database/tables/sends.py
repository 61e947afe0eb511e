"""Tables of what the coach sends by itself: the sends, and the pace of each workspace."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text, text

from adapters.database.tables.base import Instant, metadata

# `due` and `late_after` are by the coach's clock; `ready` and `first_try`, which leases and
# look-ups hang on, by the database's, because replicas' clocks differ.
sends = Table(
    "sends",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("private", Boolean, nullable=False),
    Column("person", Text),
    Column("target", Text, nullable=False),  # channel or person that the post goes to
    Column("subject", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("late_after", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("doubtful", Integer, nullable=False),  # tries whose outcome nobody knows
    Column("ready", Instant),  # not tried again before: the lease's end, or a wait; None: at once
    Column("first_try", Instant),
    Column("last_try", Instant),
    Column("before", Integer, nullable=False),  # attempts before a lead said "send again"
    Column("handed", Instant),  # given to a job queue; None: not, or taken back
    Column("finished", Instant),
    Column("reason", Text),  # why the last try failed, in the platform's word
    Column("message", Text),  # the platform's id of what stands there now
    Column("message_channel", Text),
    Column("message_thread", Text),
)
WAITING = text("state = 'waiting'")
Index(  # whose turn it is
    "ix_sends_turn",
    sends.c.workspace,
    sends.c.due,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index("ix_sends_late", sends.c.late_after, sqlite_where=WAITING, postgresql_where=WAITING)
Index("ix_sends_target", sends.c.workspace, sends.c.target, sends.c.last_try)
Index("ix_sends_channel", sends.c.workspace, sends.c.channel, sends.c.due)

paces = Table(
    "paces",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("free", Instant),  # the next post may start then, by our own pacing
    Column("paused", Instant),  # the platform asked to wait until then
    Column("reason", Text),
    Column("rate", Float, nullable=False),  # posts a second, as last used
)
