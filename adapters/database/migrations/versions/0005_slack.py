"""Installations in several workspaces, their organisations, states of the consent page."""

import sqlalchemy as sa
from alembic import op

from adapters.database.tables.base import Instant

revision = "0005_slack"
down_revision = "0004_sends"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=False),
        sa.Column("coach", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("installer", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_installations"),
    )
    op.create_table(
        "organisations",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_organisations"),
    )
    op.create_index("ix_organisations_organisation", "organisations", ["organisation"])
    op.create_table(
        "consent_states",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.Text(), nullable=False),
        sa.Column("issued", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "state_hash", name="pk_consent_states"),
    )
    op.create_index("ix_consent_states_issued", "consent_states", ["issued"])


def downgrade() -> None:
    op.drop_table("consent_states")
    op.drop_table("organisations")
    op.drop_table("installations")
