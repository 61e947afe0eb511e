"""A pulse that can't be closed or computed is put off instead of tried in every round."""

import sqlalchemy as sa
from alembic import op

from adapters.database.tables.base import Instant

revision = "0009_put_off"
down_revision = "0008_aloud"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pulses", sa.Column("not_before", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("pulses", "not_before")
