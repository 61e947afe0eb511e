"""What people see: our real payloads painted in Slack's look.

With COACH_PICTURES=docs/pictures in the environment the pictures of the documentation are renewed.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from knowledge.engine import Engine
from knowledge.search import Outcome
from tests.adapters.slack.painter import CHROMIUM, Painter
from tests.adapters.slack.slackside import buttons
from tests.adapters.slack.whole import TEAM, Whole, launched

MOST_BYTES = 150_000


@pytest.fixture
def database_url(tmp_path: Path, migrated_file: Path) -> str:
    """A picture looks the same on every database."""
    file = tmp_path / "coach.sqlite3"
    shutil.copy(migrated_file, file)
    return f"sqlite:///{file}"


@pytest.fixture(scope="session")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    if not Path(CHROMIUM).exists():
        pytest.skip("needs chromium (apt-get install chromium)")
    return Painter(tmp_path_factory.mktemp("painter"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    kept = os.environ.get("COACH_PICTURES")
    return Path(kept) if kept else tmp_path


async def painted(painter: Painter, payload: dict[str, Any], folder: Path, name: str) -> str:
    file = folder / f"slack-{name}.png"
    text = await painter.paint(payload, file)
    assert 3_000 < file.stat().st_size <= MOST_BYTES
    return text


def unsure_of(finder: Engine) -> str:
    """A question that the search can't tell between topics."""
    asked = (
        "What is testing?",
        "testing",
        "What is culture?",
        "how about costs",
        "What is images?",
    )
    return next(one for one in asked if finder.find(one).outcome is Outcome.DID_YOU_MEAN)


async def test_an_answer_and_a_did_you_mean(
    whole: Whole, finder: Engine, painter: Painter, folder: Path
) -> None:
    slack = whole.slack
    await slack.side.mention(slack.user("ada"), slack.channel, "What is policy as code?")
    await slack.settled()
    answer = slack.last("chat.postMessage").values
    text = await painted(painter, answer, folder, "answer")
    assert "Source:" in text
    assert all(label in text for label in buttons(answer["blocks"]) if "elpful" not in label)
    await slack.side.mention(slack.user("ada"), slack.channel, unsure_of(finder))
    await slack.settled()
    unsure = slack.last("chat.postMessage").values
    text = await painted(painter, unsure, folder, "did-you-mean")
    missing = [label for label in buttons(unsure["blocks"]) if label not in text]
    assert [one for one in missing if "elpful" not in one] == []
    assert "None of these" in text


async def test_a_pulse_a_result_a_digest_and_the_home_page(
    whole: Whole, painter: Painter, folder: Path
) -> None:
    slack = whole.slack
    invitation = await launched(whole)
    text = await painted(painter, invitation, folder, "invitation")
    assert buttons(invitation["blocks"])[0] in text
    for number, name in enumerate(TEAM):
        await whole.click(name, invitation, buttons(invitation["blocks"])[0])
        ballot = whole.open_view()
        if name == "ada":
            text = await painted(painter, ballot, folder, "ballot")
            assert ballot["title"]["text"] in text
        fields = [one["block_id"] for one in ballot["blocks"] if one["type"] == "input"]
        chosen = enumerate(one for one in fields if one != "comment")
        await whole.submit(name, {one: str(2 + (number + at) % 4) for at, one in chosen})
    await whole.command("ada", "/digest", "on wed 11:00 UTC")
    await whole.later(days=2, hours=2)
    digest = [one for one in slack.stands() if not one.get("thread_ts")][-1]
    assert digest["text"] != invitation["text"]
    await painted(painter, digest, folder, "digest")
    await whole.later(days=6)
    result = [one for one in slack.stands() if one.get("thread_ts") == invitation["ts"]][-1]
    assert "data_visualization" in [block["type"] for block in result["blocks"]]
    await painted(painter, result, folder, "result")
    await slack.side.event(
        {
            "type": "app_home_opened",
            "user": slack.user("ada"),
            "channel": await slack.dm("ada"),
            "tab": "home",
            "event_ts": "1.2",
        }
    )
    await slack.settled()
    await painted(painter, slack.last("views.publish").values["view"], folder, "home")
