"""Local questions and answers that leads taught in chat, with their review."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from adapters.database.engine import Database
from adapters.database.tables.asking import taught as entries
from bot.messages import Workspace
from bot.ports.asking import Taught, TaughtState
from knowledge.model import Language


class DatabaseTaught:
    """The part of bot.ports.asking.AskStore about taught entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(self, workspace: Workspace, taught: Taught) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                insert(entries).values(
                    workspace=workspace.key,
                    id=taught.id,
                    topic=taught.topic,
                    questions=list(taught.questions),
                    text=taught.text,
                    language=taught.language.value,
                    state=taught.state.value,
                    author=taught.author,
                    created=taught.created,
                    reviewer=taught.reviewer,
                )
            )

    async def taught(self, workspace: Workspace, *, state: TaughtState) -> tuple[Taught, ...]:
        """Oldest first."""
        query = (
            select(entries)
            .where(entries.c.workspace == workspace.key, entries.c.state == state.value)
            .order_by(entries.c.created, entries.c.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(_taught(row) for row in rows)

    async def review(
        self, workspace: Workspace, taught: str, *, state: TaughtState, reviewer: str
    ) -> Taught | None:
        async with self._database.writing() as connection:
            reviewed = await connection.execute(
                update(entries)
                .where(entries.c.workspace == workspace.key, entries.c.id == taught)
                .values(state=state.value, reviewer=reviewer)
                .returning(entries)
            )
            row = reviewed.first()
        return _taught(row) if row else None


def _taught(row: Row[Any]) -> Taught:
    return Taught(
        id=row.id,
        topic=row.topic,
        questions=tuple(row.questions),
        text=row.text,
        language=Language(row.language),
        state=TaughtState(row.state),
        author=row.author,
        created=row.created,
        reviewer=row.reviewer,
    )
