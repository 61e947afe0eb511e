"""Microsoft Teams: conversations and people, and how they are reached again."""

import sqlalchemy as sa
from alembic import op

revision = "0006_teams"
down_revision = "0005_slack"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_conversations",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("team", sa.Text),
        sa.Column("person", sa.Text),
        sa.Column("reference", sa.JSON, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_teams_conversations"),
    )
    op.create_index("ix_teams_conversations_team", "teams_conversations", ["workspace", "team"])
    op.create_table(
        "teams_people",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("zone", sa.Text),
        sa.Column("locale", sa.Text),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_teams_people"),
    )
