"""Teams shows what the terminal shows, and isn't loaded where it isn't used."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from knowledge.overlay import load_overlay
from tests.adapters.contract import CONVERSATIONS, FOLDER, same_as_in_the_terminal
from tests.adapters.teams.activities import PERSONAL, Payload
from tests.adapters.teams.harness import Wire
from tests.adapters.teams.test_whole import Whole
from tests.conftest import APPLICATION_KEY
from tests.talk import Talk


def everything(card: Payload) -> list[str]:
    """Texts and labels of buttons, in reading order."""
    found: list[str] = []

    def look(element: Any) -> None:
        if isinstance(element, list):
            for one in element:
                look(one)
        elif isinstance(element, dict):
            if str(element.get("type", "")).startswith("Action."):
                found.append(element["title"])
                return
            if isinstance(element.get("text"), str):
                found.append(element["text"].replace("\\", ""))
            for key in ("body", "items", "inlines", "rows", "cells", "actions"):
                look(element.get(key, []))

    look(card)
    return found


def actions(element: Any) -> list[Payload]:
    if isinstance(element, list):
        return [action for one in element for action in actions(one)]
    if not isinstance(element, dict):
        return []
    if str(element.get("type", "")).startswith("Action."):
        return [element]
    return [action for key in ("body", "items", "actions") for action in actions(element.get(key))]


class Person:
    """Implements tests.adapters.contract.Speaker, in a personal chat."""

    def __init__(self, wire: Wire, locale: str) -> None:
        self.wire = wire
        self.locale = locale
        self.card: Payload = {}

    async def say(self, text: str) -> str:
        sent = self.wire.sends.message(text, where=PERSONAL, locale=self.locale)
        return await self._shown(sent)

    async def press(self, number: int) -> str:
        action = actions(self.card)[number - 1]
        sent = self.wire.sends.execute(action, where=PERSONAL, locale=self.locale)
        return await self._shown(sent)

    async def _shown(self, activity: Payload) -> str:
        before = len(self.wire.connector.posts())
        reply = await self.wire.say(activity)
        posts = self.wire.connector.posts()[before:]
        if posts:
            self.card = posts[-1].card
            return "\n".join(text for post in posts for text in everything(post.card))
        return str(reply.body.get("value", ""))


@pytest.mark.parametrize("conversation", CONVERSATIONS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_conversation_has_the_same_content_as_in_the_terminal(
    conversation: str,
    store: DatabaseStore,
    base: KnowledgeBase,
    engine: Engine,
    migrated_file: Path,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "terminal.sqlite3"
    shutil.copy(migrated_file, copy)
    database = Database(f"sqlite:///{copy}")
    other = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    overlay = load_overlay(FOLDER / "overlay", base.topics)
    terminal = Talk(base=base, finder=engine, store=other, overlay=overlay)
    wire = Wire(store)
    await wire.start()
    whole = Whole(wire, base, engine, overlay)
    await wire.client.close()
    await wire.use(whole.parts.coach, whole.parts.lookup)
    locale = "zh-CN" if conversation.endswith("zh") else "en-GB"
    try:
        compared = await same_as_in_the_terminal(conversation, terminal, Person(wire, locale))
    finally:
        await wire.stop()
        await database.close()
    assert compared > 0


def test_the_sdk_is_not_loaded_where_teams_is_not_configured() -> None:
    code = (
        "import sys, maturity_coach as m; a = m.Application(); assert a.teams(None) is None; "
        "print([n for n in sys.modules if n.split('.')[0] in ('botbuilder', 'botframework')])"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    made = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert made.stdout.strip() == "[]"
