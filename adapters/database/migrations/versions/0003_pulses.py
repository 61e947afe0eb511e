"""Pulses, their sealed and closed ballots, and action items."""

import sqlalchemy as sa
from alembic import op

from adapters.database.tables.base import Instant

revision = "0003_pulses"
down_revision = "0002_roles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pulses",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("pillar", sa.Text(), nullable=False),
        sa.Column("statements", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("with_lead", sa.Boolean(), nullable=False),
        sa.Column("opened", Instant(), nullable=False),
        sa.Column("closes", Instant(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("invites", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("repeat_weeks", sa.Integer(), nullable=False),
        sa.Column("next_start", Instant(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("post_channel", sa.Text(), nullable=True),
        sa.Column("post_thread", sa.Text(), nullable=True),
        sa.Column("post_message", sa.Text(), nullable=True),
        sa.Column("shown_answered", sa.Integer(), nullable=True),
        sa.Column("shown_at", Instant(), nullable=True),
        sa.Column("reminded", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_pulses"),
    )
    op.create_index(
        "ix_pulses_workspace_channel_opened", "pulses", ["workspace", "channel", "opened"]
    )
    op.create_index("ix_pulses_state_closes", "pulses", ["state", "closes"])
    op.create_index("ix_pulses_next_start", "pulses", ["next_start"])
    op.create_index(
        "uq_pulses_open",
        "pulses",
        ["workspace", "channel", "pillar"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "pulse_secrets",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pulse", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pulse", name="pk_pulse_secrets"),
    )
    op.create_table(
        "pulse_audience",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pulse", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pulse", "person", name="pk_pulse_audience"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pulse_audience_workspace_person", "pulse_audience", ["workspace", "person"])
    op.create_table(
        "sealed_ballots",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pulse", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pulse", "key", name="pk_sealed_ballots"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballots",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pulse", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pulse", "key", name="pk_ballots"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_comments",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pulse", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pulse", "key", name="pk_pulse_comments"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pulse_mutes",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_pulse_mutes"),
    )
    op.create_table(
        "actions",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_week", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended", Instant(), nullable=True),
        sa.Column("pulse", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_actions"),
    )
    op.create_index(
        "ix_actions_workspace_channel_state", "actions", ["workspace", "channel", "state"]
    )


def downgrade() -> None:
    op.drop_table("actions")
    op.drop_table("pulse_mutes")
    op.drop_table("pulse_comments")
    op.drop_table("ballots")
    op.drop_table("sealed_ballots")
    op.drop_table("pulse_audience")
    op.drop_table("pulse_secrets")
    op.drop_table("pulses")
