"""Installations, their tokens sealed with the application key."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.cipher import Cipher
from adapters.database.engine import Database
from adapters.database.tables.slack import consent_states, installations, organisations
from adapters.database.upsert import insert_into
from bot.messages import Platform, Workspace
from bot.ports.installations import Installation


class DatabaseInstallations:
    """Implements bot.ports.installations.InstallationStore."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def save(self, installation: Installation) -> None:
        values = {
            "workspace": installation.workspace.key,
            "sealed_token": self._cipher.seal(installation.token.encode()),
            "coach": installation.coach,
            "scopes": list(installation.scopes),
            "installer": installation.installer,
            "since": installation.since,
        }
        async with self._database.writing() as connection:
            key = installation.workspace.key
            await connection.execute(delete(installations).where(installations.c.workspace == key))
            await connection.execute(insert(installations).values(values))

    async def find(
        self, workspace: Workspace, *, organisation: Workspace | None = None
    ) -> Installation | None:
        async with self._database.reading() as connection:
            own = await self._row(connection, workspace.key)
            key = organisation.key if organisation else await _organisation(connection, workspace)
            shared = await self._row(connection, key) if key and own is None else None
        if shared and organisation:
            await self._remember(workspace, organisation)
        return own or shared

    async def remove(self, workspace: Workspace) -> bool:
        key = workspace.key
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(installations).where(installations.c.workspace == key)
            )
            await connection.execute(
                delete(organisations).where(
                    (organisations.c.workspace == key) | (organisations.c.organisation == key)
                )
            )
        return gone.rowcount > 0

    async def issue(self, workspace: Workspace, state: str, now: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                insert(consent_states).values(
                    workspace=workspace.key, state_hash=_hash(state), issued=now
                )
            )

    async def consume(self, workspace: Workspace, state: str, *, issued_after: datetime) -> bool:
        ours = consent_states.c.workspace == workspace.key
        async with self._database.writing() as connection:
            await connection.execute(
                delete(consent_states).where(ours, consent_states.c.issued <= issued_after)
            )
            found = await connection.execute(
                delete(consent_states).where(ours, consent_states.c.state_hash == _hash(state))
            )
        return found.rowcount > 0

    async def _row(self, connection: AsyncConnection, key: str) -> Installation | None:
        statement = select(installations).where(installations.c.workspace == key)
        row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        platform, _, identity = row.workspace.partition(":")
        return Installation(
            workspace=Workspace(platform=Platform(platform), id=identity),
            token=self._cipher.open(row.sealed_token).decode(),
            coach=row.coach,
            scopes=tuple(row.scopes),
            installer=row.installer,
            since=row.since,
        )

    async def _remember(self, workspace: Workspace, organisation: Workspace) -> None:
        async with self._database.writing() as connection:
            row = insert_into(organisations, connection).values(
                workspace=workspace.key, organisation=organisation.key
            )
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=["workspace"], set_={"organisation": organisation.key}
                )
            )


async def _organisation(connection: AsyncConnection, workspace: Workspace) -> str | None:
    statement = select(organisations.c.organisation).where(
        organisations.c.workspace == workspace.key
    )
    key: str | None = (await connection.execute(statement)).scalar_one_or_none()
    return key


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
