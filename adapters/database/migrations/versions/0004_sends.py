"""What the coach sends by itself, teams' settings and weekly slots, past digests."""

import sqlalchemy as sa
from alembic import op

from adapters.database.tables.base import Instant, Words

revision = "0004_sends"
down_revision = "0003_pulses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sends()
    _channels()


def _sends() -> None:
    op.create_table(
        "sends",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("late_after", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("ready", Instant(), nullable=True),
        sa.Column("first_try", Instant(), nullable=True),
        sa.Column("last_try", Instant(), nullable=True),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("handed", Instant(), nullable=True),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("message_channel", sa.Text(), nullable=True),
        sa.Column("message_thread", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_sends"),
    )
    op.create_index("ix_sends_channel", "sends", ["workspace", "channel", "due"])
    op.create_index("ix_sends_target", "sends", ["workspace", "target", "last_try"])
    op.create_index(
        "ix_sends_waiting",
        "sends",
        ["due"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "paces",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("free", Instant(), nullable=True),
        sa.Column("paused", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_paces"),
    )


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", Words(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("gone", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channels"),
    )
    op.create_table(
        "slots",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resume", Instant(), nullable=True),
        sa.Column("week", sa.Text(), nullable=True),
        sa.Column("next", Instant(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "channel", "kind", name="pk_slots"),
    )
    op.create_index(
        "ix_slots_next",
        "slots",
        ["next"],
        sqlite_where=sa.text("next IS NOT NULL"),
        postgresql_where=sa.text("next IS NOT NULL"),
    )
    op.create_table(
        "digests",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("made", Instant(), nullable=False),
        sa.Column("headline", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "kind", "week", name="pk_digests"),
    )


def downgrade() -> None:
    for table in ("digests", "slots", "channels", "paces", "sends"):
        op.drop_table(table)
