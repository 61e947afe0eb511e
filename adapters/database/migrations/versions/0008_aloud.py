"""Gaps remember whether the channel could read them; those alike but for their end become one."""

import hashlib
import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008_aloud"
down_revision = "0007_turns"
branch_labels = None
depends_on = None

KEY = ("workspace", "channel", "text_hash")
gaps = sa.table(
    "gaps",
    *(sa.column(name, sa.Text) for name in (*KEY, "id", "text")),
    sa.column("asked", sa.DateTime(timezone=True)),
    sa.column("times", sa.Integer),
)


def upgrade() -> None:
    """Nobody knows any more where the old ones were asked: they count as asked in private."""
    op.add_column("gaps", sa.Column("aloud", sa.DateTime(timezone=True)))
    times = sa.Column("times_aloud", sa.Integer, nullable=False, server_default="0")
    op.add_column("gaps", times)
    _merge()


def downgrade() -> None:
    op.drop_column("gaps", "times_aloud")
    op.drop_column("gaps", "aloud")


def _merge() -> None:
    """Into the one asked last, of those that have the same hash now."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(gaps).order_by(gaps.c.asked.desc(), gaps.c.id)).all()
    alike: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        alike.setdefault((row.workspace, row.channel, _hash(row.text)), []).append(row)
    # None may have, even for a moment, the hash that another is about to get.
    connection.execute(sa.update(gaps).values(text_hash=sa.literal("moving ") + gaps.c.id))
    for (workspace, _, new), (kept, *others) in alike.items():
        for other in others:
            connection.execute(sa.delete(gaps).where(*_is(workspace, other.id)))
        values = {"text_hash": new, "times": sum(row.times for row in (kept, *others))}
        connection.execute(sa.update(gaps).where(*_is(workspace, kept.id)).values(values))


def _is(workspace: str, id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return gaps.c.workspace == workspace, gaps.c.id == id


def _hash(text: str) -> str:
    """As adapters.database.gaps made it when this was written."""
    even = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    even = re.sub(r"[\s?？.。!！]+$", "", even) or even
    return hashlib.sha256(even.encode("utf-8", "replace")).hexdigest()
