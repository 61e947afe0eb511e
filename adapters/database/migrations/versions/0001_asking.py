"""Questions: deliveries, topic at hand, counts, votes, gaps, taught entries."""

import sqlalchemy as sa
from alembic import op

revision = "0001_asking"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "delivery", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_received", "deliveries", ["received"])
    op.create_table(
        "at_hand",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "thread", "person", name="pk_at_hand"),
    )
    op.create_index("ix_at_hand_since", "at_hand", ["since"])
    _feedback()
    _gaps_and_taught()


def _feedback() -> None:
    op.create_table(
        "answers_given",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "day", "topic", name="pk_answers_given"),
    )
    op.create_table(
        "votes",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("voter", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "answer", "voter", name="pk_votes"),
    )
    op.create_index("ix_votes_workspace_channel_day", "votes", ["workspace", "channel", "day"])


def _gaps_and_taught() -> None:
    op.create_table(
        "gaps",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("text_hash", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("nearest", sa.JSON, nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_asked", "gaps", ["asked"])
    same_text = ["workspace", "channel", "text_hash"]
    op.create_index("ix_gaps_workspace_channel_text_hash", "gaps", same_text, unique=True)
    op.create_table(
        "taught",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("questions", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer", sa.Text),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_taught"),
    )
