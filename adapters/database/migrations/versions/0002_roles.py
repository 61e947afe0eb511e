"""Leads, admins and the audit trail."""

import sqlalchemy as sa
from alembic import op

from adapters.database.tables.base import Instant

revision = "0002_roles"
down_revision = "0001_asking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leads",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "person", name="pk_leads"),
    )
    op.create_index("ix_leads_workspace_person", "leads", ["workspace", "person"])
    op.create_table(
        "admins",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_admins"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_workspace_channel", "audit", ["workspace", "channel"])


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("admins")
    op.drop_table("leads")
