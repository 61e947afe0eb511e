"""Results as files, and forgetting somebody, from the command line."""

import asyncio
import csv
import json
from pathlib import Path

import pytest

from adapters.command.app import run
from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.messages import Person
from bot.ports.channels import Team
from knowledge.base import KnowledgeBase
from maturity_coach import Application
from tests.conftest import APPLICATION_KEY
from tests.fakes import WORKSPACE
from tests.town import TEAM, town

KEY = WORKSPACE.key


async def _lived(url: str, base: KnowledgeBase) -> None:
    """Two closed pulses and one that is open."""
    database = Database(url)
    here = await town(DatabaseStore(database, application_keys=(APPLICATION_KEY,)), base)
    for value in (2, 4):
        pulse = await here.launch()
        for one in TEAM:
            await here.answer(one, pulse, value, comment="=1+1 my words")
        await here.pass_time(days=35)
    pulse = await here.launch()
    await here.answer("p2", pulse, 3)
    await database.close()


@pytest.fixture
def lived(database_url: str, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> str:
    asyncio.run(_lived(database_url, base))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("COACH_APPLICATION_KEY", APPLICATION_KEY)
    return database_url


def command(*arguments: str) -> int:
    return run(Application(), list(arguments))


def test_results_are_written_as_a_table_a_tree_and_pictures(lived: str, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"team.{kind}" for kind in ("csv", "json", "png", "svg")}
    for file in files.values():
        assert command("pulse", "export", "C1", str(file), "--workspace", KEY) == 0
    with files["csv"].open(encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    assert {row["level"] for row in rows} == {"pillar", "topic", "statement", "change"}
    assert [row["value"] for row in rows if row["level"] == "pillar"] == ["25", "75"]
    tree = json.loads(files["json"].read_text(encoding="utf-8"))
    assert [pulse["respondents"] for pulse in tree] == [12, 12]
    for name in ("csv", "json"):
        text = files[name].read_text(encoding="utf-8")
        assert "my words" not in text
        assert not any(f'"{one}"' in text for one in TEAM)
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert "<svg" in files["svg"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("C1", "team.txt", "--workspace", KEY),
        ("C9", "team.csv", "--workspace", KEY),
        ("C1", "team.csv", "--workspace", "nowhere"),
        ("C1", "team.csv", "--workspace", "slack:T1"),
    ],
    ids=["a kind that isn't written", "no such channel", "no workspace", "another workspace"],
)
def test_what_cannot_be_exported_is_said_and_nothing_is_written(
    lived: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("pulse", "export", *arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not list(tmp_path.glob("team.*"))


async def _open_count(url: str) -> tuple[int, bool]:
    database = Database(url)
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    (pulse,) = await store.pulses.open_in(WORKSPACE, "C1")
    count = await store.ballots.count(pulse)
    invited = await store.pulses.is_invited(pulse, Person(workspace=WORKSPACE, id="p2"))
    await database.close()
    return count, invited


def test_somebody_who_left_is_forgotten(lived: str) -> None:
    assert asyncio.run(_open_count(lived)) == (1, True)
    assert command("forget", "p2", "--workspace", KEY) == 0
    assert asyncio.run(_open_count(lived)) == (0, False)


def test_a_digest_is_shown_before_it_is_sent(
    lived: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("digest", "preview", "C1", "--workspace", KEY) == 0
    shown = capsys.readouterr().out
    assert "nothing was sent" in shown
    assert "People: " in shown
    assert " answered · " in shown


def test_a_digest_is_found_by_the_channels_name_or_id(
    lived: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_named(lived, C1="Platform", C2="twice", C3="twice"))
    for name in ("C1", "Platform", "#platform"):
        assert command("digest", "preview", name, "--workspace", KEY) == 0
        assert " answered · " in capsys.readouterr().out
    assert command("digest", "preview", "twice", "--workspace", KEY) == 2
    assert "C2, C3" in " ".join(capsys.readouterr().err.split())


def test_a_channel_that_nobody_knows_is_refused_with_those_that_are_known(
    lived: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert command("digest", "preview", "plattform", "--workspace", KEY) == 2
    assert "has none yet" in capsys.readouterr().err
    asyncio.run(_named(lived, C1="Platform", C2="C2"))
    assert command("digest", "preview", "plattform", "--workspace", KEY) == 2
    said = capsys.readouterr()
    assert "I don't know this channel; known: #C2, #Platform (C1)" in said.err
    assert said.out == ""


async def _named(url: str, **names: str) -> None:
    database = Database(url)
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    for channel, name in names.items():
        await store.channels.put_team(Team(workspace=WORKSPACE, channel=channel, name=name))
    await database.close()


def test_a_workspace_that_is_none_is_refused_with_what_to_say(lived: str) -> None:
    assert lived
    assert command("digest", "preview", "C1", "--workspace", "nowhere") == 2
