"""Indexes by which whose turn it is, what is late and what has no result yet are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0007_turns"
down_revision = "0006_teams"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")
NO_RESULT = sa.text("result IS NULL")


def upgrade() -> None:
    op.drop_index("ix_sends_waiting", "sends")
    _index("ix_sends_turn", "sends", ["workspace", "due"], WAITING)
    _index("ix_sends_late", "sends", ["late_after"], WAITING)
    _index("ix_pulses_no_result", "pulses", ["state", "closes"], NO_RESULT)


def downgrade() -> None:
    op.drop_index("ix_pulses_no_result", "pulses")
    op.drop_index("ix_sends_late", "sends")
    op.drop_index("ix_sends_turn", "sends")
    _index("ix_sends_waiting", "sends", ["due"], WAITING)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
