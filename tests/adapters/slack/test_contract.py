"""Slack shows what the terminal shows."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.slack.blocks import SIGNS
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from knowledge.overlay import Overlay, load_overlay
from tests.adapters.contract import CONVERSATIONS, FOLDER, same_as_in_the_terminal
from tests.adapters.slack.emulator import Emulator
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.whole import Whole, whole_coach
from tests.conftest import APPLICATION_KEY
from tests.talk import Talk

SHOWING = ("chat.postMessage", "chat.postEphemeral", "chat.update")


def everything(node: Any) -> list[str]:
    """Texts and labels of buttons, in reading order."""
    if isinstance(node, list):
        return [text for one in node for text in everything(one)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("text"), str):
        return [_without_sign(node["text"])]
    inside = ("text", "elements", "rows", "positive_button", "negative_button")
    return [text for key in inside for text in everything(node.get(key))]


def _without_sign(text: str) -> str:
    sign = next((one for one in SIGNS.values() if one and text.startswith(one)), "")
    return text.removeprefix(sign)


class Person:
    """Implements tests.adapters.contract.Speaker, in the coach's own conversation."""

    def __init__(self, whole: Whole, dm: str) -> None:
        self.slack = whole.slack
        self.dm = dm
        self.message: dict[str, Any] = {}

    async def say(self, text: str) -> str:
        before = self._shown()
        await self.slack.side.direct(self.slack.user("ada"), self.dm, text)
        return await self._new(before)

    async def press(self, number: int) -> str:
        before = self._shown()
        label = buttons(self.message["blocks"])[number - 1]
        await self.slack.side.click(self.slack.user("ada"), self.dm, self.message, label)
        return await self._new(before)

    def _shown(self) -> int:
        return sum(len(self.slack.proxy.of(method)) for method in SHOWING)

    async def _new(self, before: int) -> str:
        await self.slack.settled()
        calls = [call for call in self.slack.proxy.calls if call.method in SHOWING]
        new = calls[before:]
        assert new, "nothing appeared"
        self.message = {**new[-1].values, "ts": new[-1].answer.get("ts")}
        return "\n".join(text for call in new for text in everything(call.values["blocks"]))


@pytest.fixture(scope="module")
def overlay(base: KnowledgeBase) -> Overlay:
    return load_overlay(FOLDER / "overlay", base.topics)


@pytest.mark.parametrize("conversation", CONVERSATIONS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_conversation_has_the_same_content_as_in_the_terminal(
    conversation: str,
    emulator: Emulator,
    store: DatabaseStore,
    base: KnowledgeBase,
    engine: Engine,
    overlay: Overlay,
    migrated_file: Path,
    tmp_path: Path,
) -> None:
    copy = tmp_path / "terminal.sqlite3"
    shutil.copy(migrated_file, copy)
    database = Database(f"sqlite:///{copy}")
    other = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    terminal = Talk(base=base, finder=engine, store=other, overlay=overlay)
    locale = "zh-CN" if conversation.endswith("zh") else "en-GB"
    try:
        async with whole_coach(emulator, store, base, engine, overlay) as whole:
            whole.slack.proxy.users[whole.slack.user("ada")] = {"locale": locale}
            person = Person(whole, await whole.slack.dm("ada"))
            compared = await same_as_in_the_terminal(conversation, terminal, person)
    finally:
        await database.close()
    assert compared > 0
