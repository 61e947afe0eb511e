"""Rounds over pulses read what is due, not all that there ever were."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.invitations import update

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MANY = 100_000

# One in a thousand is open, one in ten thousand waits for its result, one in five is a series.
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
INSERT INTO pulses (
    workspace, id, channel, pillar, statements, language, zone, lead, with_lead, opened, closes,
    days, invites, reminders, repeat_weeks, next_start, invited, state, answered, result
)
SELECT
    'terminal:W' || (i % 100), 'p' || i, 'C' || i, 'people', '[]', 'en', 'UTC', 'lead', {false},
    {opened}, {closes}, 7, {false}, {false}, 0,
    CASE WHEN i % 5 = 0 THEN {later} END, 12,
    CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'closed' END, 6,
    CASE WHEN i % 1000 = 0 OR i % 10000 = 1 THEN NULL ELSE '{{}}' END
FROM n
"""


def filling(*, sqlite: bool) -> str:
    def ahead(days: str) -> str:
        if sqlite:
            at = f"'{NOW:%Y-%m-%d %H:%M:%S}', ({days}) || ' days'"
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {at})"
        return f"timestamptz '{NOW:%Y-%m-%d %H:%M:%S}+00' + ({days}) * interval '1 day'"

    filled = FILL.format(
        many=MANY,
        false="0" if sqlite else "false",
        opened=ahead("-7 - i % 1000"),
        closes=ahead("3 - i % 1000"),
        later=ahead("1010 - i % 1000"),
    )
    return filled if sqlite else filled.replace("'[]'", "'[]'::json").replace("'{}'", "'{}'::json")


@pytest.fixture
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent, with its values."""
    found: list[tuple[str, Any]] = []

    def keep(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        found.append((statement, values))

    event.listen(Engine, "before_cursor_execute", keep)  # of every engine of the database
    yield found
    event.remove(Engine, "before_cursor_execute", keep)


async def plans(database: Database, asked: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """How the database goes about each statement that reads pulses."""
    reads = [one for one in asked if "FROM pulses" in one[0]]
    explained = []
    async with database.reading() as connection:
        for statement, values in reads:
            explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN (FORMAT JSON) "
            rows = (await connection.exec_driver_sql(explain + statement, values)).all()
            explained.append((statement, json.dumps([list(row) for row in rows], default=str)))
    return explained


async def test_rounds_over_a_hundred_thousand_pulses_use_indexes(
    store: DatabaseStore, database: Database, asked: list[tuple[str, Any]]
) -> None:
    async with database.writing() as connection:
        await connection.execute(text(filling(sqlite=database.is_sqlite).replace(":", "\\:")))
        if not database.is_sqlite:
            await connection.execute(text("ANALYZE pulses"))
    asked.clear()
    pulses = store.pulses
    assert len(await pulses.without_result(NOW, 50)) == 10
    await pulses.due_to_close(NOW, 50)
    await pulses.due_to_repeat(NOW, 50)
    await pulses.tell(NOW, NOW - timedelta(minutes=1), most=50, change=update)
    explained = await plans(database, asked)
    assert len(explained) >= 4
    for statement, plan in explained:
        assert "SCAN pulses" not in plan, (statement, plan)
        assert "Seq Scan" not in plan, (statement, plan)
