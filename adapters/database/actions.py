"""Action items as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from adapters.database.engine import Database
from adapters.database.tables.pulses import actions
from bot.messages import Person, Workspace
from bot.ports.actions import Action, ActionState


class DatabaseActions:
    """Implements bot.ports.actions.ActionStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, action: Action) -> None:
        row = {
            "workspace": action.workspace.key,
            "id": action.id,
            "channel": action.channel,
            "topic": action.topic,
            "title": action.title,
            "owner": action.owner,
            "due_week": action.due_week,
            "author": action.author,
            "created": action.created,
            "state": action.state,
            "ended": action.ended,
            "pulse": action.pulse,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(actions).values(row))

    async def action(self, workspace: Workspace, action: str) -> Action | None:
        wanted = select(actions).where(actions.c.workspace == workspace.key, actions.c.id == action)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        return action_of(workspace, row) if row else None

    async def open_in(self, workspace: Workspace, channel: str) -> tuple[Action, ...]:
        return await self._actions(
            workspace,
            select(actions)
            .where(
                actions.c.workspace == workspace.key,
                actions.c.channel == channel,
                actions.c.state == ActionState.OPEN,
            )
            .order_by(actions.c.due_week, actions.c.created, actions.c.id),
        )

    async def ended_in(
        self, workspace: Workspace, channel: str, *, since: datetime
    ) -> tuple[Action, ...]:
        return await self._actions(
            workspace,
            select(actions)
            .where(
                actions.c.workspace == workspace.key,
                actions.c.channel == channel,
                actions.c.state != ActionState.OPEN,
                actions.c.ended >= since,
            )
            .order_by(actions.c.ended.desc(), actions.c.id),
        )

    async def end(self, action: Action, state: ActionState, now: datetime) -> bool:
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(actions)
                .where(
                    actions.c.workspace == action.workspace.key,
                    actions.c.id == action.id,
                    actions.c.state == ActionState.OPEN,
                )
                .values(state=state, ended=now)
            )
            return changed.rowcount > 0

    async def forget(self, person: Person, *, names: tuple[str, ...], stand_in: str) -> int:
        async with self._database.writing() as connection:
            count = 0
            for column, whose in (
                (actions.c.owner, actions.c.owner.in_(names)),
                (actions.c.author, actions.c.author == person.id),
            ):
                changed = await connection.execute(
                    update(actions)
                    .where(actions.c.workspace == person.workspace.key, whose)
                    .values({column.name: stand_in})
                )
                count += changed.rowcount
            return count

    async def _actions(self, workspace: Workspace, wanted: Any) -> tuple[Action, ...]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(action_of(workspace, row) for row in rows)


def action_of(workspace: Workspace, row: RowMapping) -> Action:
    """A row as an action."""
    return Action(
        workspace=workspace,
        id=row["id"],
        channel=row["channel"],
        topic=row["topic"],
        title=row["title"],
        owner=row["owner"],
        due_week=row["due_week"],
        author=row["author"],
        created=row["created"],
        state=ActionState(row["state"]),
        ended=row["ended"],
        pulse=row["pulse"],
    )
