"""Paints real cards for the documentation: python -m tests.adapters.teams.pictures

The scenes run through the whole adapter, on the wire; what is painted is what was sent. Charts are
native in Teams; Microsoft's open renderer shows the table that older clients get.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from adapters.database import migrate
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from knowledge.engine import Engine
from knowledge.load import load
from tests.adapters.teams.activities import PERSONAL, Payload
from tests.adapters.teams.connector import Sent
from tests.adapters.teams.harness import Wire
from tests.adapters.teams.painter import Painter
from tests.adapters.teams.test_whole import (
    PEOPLE,
    Whole,
    answer_button,
    start_pulse,
    team,
    vote,
)
from tests.conftest import APPLICATION_KEY

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
STYLE = """
  * { font-family: 'Noto Sans', 'Noto Sans CJK SC', sans-serif; }
  #stage { width: 520px; padding: 12px !important; border: 1px solid #d8d8d8; }
  .ac-pushButton { background: #fff; border: 1px solid #c8c8c8; border-radius: 4px;
    padding: 5px 12px; font-size: 13px; margin-bottom: 4px; }
  .ac-pushButton.style-positive { background: #2b5797; color: #fff; border-color: #2b5797; }
  .ac-input { font-size: 14px; } textarea, input[type=text], select { width: 100%; padding: 6px;
    box-sizing: border-box; border: 1px solid #c8c8c8; border-radius: 4px; }
  .ac-choiceSetInput-expanded > div { padding: 2px 0; }
"""


async def scenes(store: DatabaseStore) -> dict[str, Payload]:
    """The same scenes as Slack's: answer, Chinese answer, ballot, invitation, result, digest."""
    wire = Wire(store)
    await wire.start()
    whole = Whole(wire, load(examples=False), Engine.open())
    await wire.client.close()
    await wire.use(whole.parts.coach, whole.parts.lookup)
    team(wire, *PEOPLE)
    found: dict[str, Payload] = {}
    await wire.say(wire.sends.message("Who should own the security of our clusters?"))
    found["teams-answer"] = whole.last().card
    chinese = wire.sends.message("集群的安全应该由谁负责？", where=PERSONAL, locale="zh-CN")
    await wire.say(chinese)
    found["teams-answer-zh"] = whole.last().card
    await wire.say(wire.sends.message("What is the best pizza in town?"))
    found["teams-not-covered"] = whole.last().card
    post = await start_pulse(whole)
    found["teams-invitation"] = post.card
    reply = await wire.say(wire.sends.execute(answer_button(post.card)))
    found["teams-ballot"] = reply.body["task"]["value"]["card"]["content"]
    for number, person in enumerate(PEOPLE):
        await vote(whole, post, person, 2 + number % 3)
    found["teams-result"] = await posted_by(
        whole, timedelta(days=7, hours=1), lambda one: "messageid" in one.path
    )
    await wire.say(wire.sends.message("/digest on tue 09:00 Europe/Berlin"))
    found["teams-digest"] = await posted_by(
        whole, timedelta(hours=23), lambda one: "channelData" in one.body
    )
    await wire.stop()
    return found


async def posted_by(whole: Whole, after: timedelta, wanted: Callable[[Sent], bool]) -> Payload:
    """The card that the coach posts by itself when this time has passed."""
    posted = await whole.due(after)
    for _ in range(20):
        for one in posted:
            if wanted(one):
                return one.card
        posted = await whole.due(timedelta(minutes=1))
    raise RuntimeError(f"not posted by {whole.wire.now}; errors: {whole.errors}")


async def gathered() -> dict[str, Payload]:
    folder = Path(tempfile.mkdtemp())
    database = Database(f"sqlite:///{folder / 'coach.sqlite3'}")
    database.make_file()
    await migrate.upgrade(database)
    try:
        return await scenes(DatabaseStore(database, application_keys=(APPLICATION_KEY,)))
    finally:
        await database.close()
        shutil.rmtree(folder)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    painter = Painter()
    for name, card in asyncio.run(gathered()).items():
        painter.picture(card, FOLDER / f"{name}.png", STYLE)
        print(name, (FOLDER / f"{name}.png").stat().st_size)
    painter.close()


if __name__ == "__main__":
    main()
