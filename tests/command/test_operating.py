"""What an operator runs: doctor, migrate, backup, key; and what is said when something fails."""

import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.command.app import run
from adapters.command.doctor import State, clock
from adapters.database.store import DatabaseStore
from bot.settings import is_key
from maturity_coach import Application
from tests.postgres import Cluster, programs

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory, no settings but this, and a wide terminal."""
    for name in list(os.environ):
        if name.startswith("COACH_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("COACH_DATA_DIR", str(folder))
    monkeypatch.setenv("COACH_ENCODER", "false")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return folder


def command(*arguments: str) -> int:
    return run(Application(), list(arguments))


Output = pytest.CaptureFixture[str]


def test_doctor_finds_a_fresh_installation_in_order_and_makes_nothing(
    home: Path, capsys: Output
) -> None:
    assert command("doctor") == 0
    said = capsys.readouterr().out
    assert "the first start makes it" in said
    assert "topics in 5 pillars" in said
    assert not home.exists()


def test_doctor_tells_all_wrong_settings_at_once_without_their_values(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COACH_APPLICATION_KEY", "not-a-key-but-secret")
    monkeypatch.setenv("COACH_GAPS_DAYS", "0")
    monkeypatch.setenv("COACH_LOG_LEVEL", "loud")
    monkeypatch.setenv("COACH_ENCODR", "true")
    assert command("doctor") == 1
    said = capsys.readouterr().out
    for name in ("COACH_APPLICATION_KEY", "COACH_GAPS_DAYS", "COACH_LOG_LEVEL"):
        assert f"{name}:" in said
    assert "did you mean COACH_ENCODER?" in said
    assert "secret" not in said


def test_a_database_address_that_is_none_of_ours_is_told_as_a_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://coach:secret@host/db")
    assert command("doctor") == 1
    said = capsys.readouterr()
    assert "DATABASE_URL must begin with postgresql://" in said.out
    assert "secret" not in said.out + said.err


def test_other_commands_refuse_wrong_settings_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COACH_GAPS_DAYS", "many")
    assert command("migrate") == 2
    assert "COACH_GAPS_DAYS" in capsys.readouterr().err


def test_doctor_lists_every_problem_of_the_base_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "people.yaml").write_text("format: 1\npillar: people\nnonsense: 1\n")
    monkeypatch.setenv("COACH_KNOWLEDGE_DIR", str(tmp_path / "base"))
    assert command("doctor") == 1
    said = capsys.readouterr().out
    assert "people.yaml:3" in said
    assert "knowledge check" in said


def test_doctor_shows_a_broken_addition_and_the_coach_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.yaml").write_text("topics: [this is no mapping\n")
    monkeypatch.setenv("COACH_OVERLAY_DIR", str(tmp_path / "ours"))
    assert command("doctor") == 0
    assert "a.yaml:" in capsys.readouterr().out


def test_doctor_and_ask_tell_of_an_overlay_folder_that_is_not_there_or_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COACH_OVERLAY_DIR", str(tmp_path / "ours"))
    assert command("doctor") == 0
    assert "is no folder: correct COACH_OVERLAY_DIR" in capsys.readouterr().out
    assert command("ask", "hello") == 0
    said = capsys.readouterr()
    assert "is no folder: correct COACH_OVERLAY_DIR" in said.err
    assert "Hello!" in said.out
    (tmp_path / "ours").mkdir()
    assert command("doctor") == 0
    assert "Put *.yaml files there" in capsys.readouterr().out


def test_doctor_says_that_the_database_could_not_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "file"))
    assert command("doctor") == 1
    said = capsys.readouterr().out
    assert "can't be made" in said
    assert "Name another folder by COACH_DATA_DIR" in said


def test_migrate_makes_the_database_for_its_owner_alone_and_can_be_repeated(
    home: Path, capsys: Output
) -> None:
    assert command("migrate") == 0
    assert "has the schema of this version now" in capsys.readouterr().out
    assert command("migrate") == 0
    assert "was up to date already" in capsys.readouterr().out
    assert stat.S_IMODE((home / "coach.sqlite3").stat().st_mode) == 0o600
    assert command("doctor") == 0
    assert "can be read and written" in capsys.readouterr().out


def test_doctor_says_that_an_old_schema_wants_migrate(home: Path, capsys: Output) -> None:
    command("migrate")
    with closing(sqlite3.connect(home / "coach.sqlite3")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001_asking'")
    assert command("doctor") == 1
    assert "Run `maturity-coach migrate`" in capsys.readouterr().out


def test_doctor_says_when_the_clocks_are_apart() -> None:
    now = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert clock(now, now + timedelta(seconds=4)).state is State.FINE
    late = clock(now, now + timedelta(minutes=6))
    assert late.state is State.ODD
    assert "360 s" in late.said
    assert "NTP" in late.do


async def test_the_database_tells_its_own_time(store: DatabaseStore) -> None:
    await store.ready()
    assert abs((await store.clock() - datetime.now(UTC)).total_seconds()) < 60


def test_doctor_says_why_a_database_cannot_be_used(home: Path, capsys: Output) -> None:
    (home / "coach.sqlite3").mkdir(parents=True)
    assert command("doctor") == 1
    assert "can't be used" in capsys.readouterr().out


def test_the_application_key_is_made_once_for_its_owner_alone(home: Path) -> None:
    first = Application().application_keys
    assert Application().application_keys == first
    file = home / "coach.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["coach.key"]
    assert is_key(first[0])


def test_a_key_file_with_no_key_in_it_is_told_and_kept(home: Path, capsys: Output) -> None:
    command("migrate")
    (home / "coach.key").write_text("spoilt")
    assert command("doctor") == 1
    assert "holds no application key" in capsys.readouterr().out
    assert (home / "coach.key").read_text() == "spoilt"


def test_key_prints_a_new_key_each_time(capsys: Output) -> None:
    command("key")
    command("key")
    first, second = capsys.readouterr().out.split()
    assert is_key(first)
    assert is_key(second)
    assert first != second


def test_a_backup_is_a_whole_database_and_nobody_elses_to_read(
    tmp_path: Path, capsys: Output
) -> None:
    command("migrate")
    copy = tmp_path / "copy.sqlite3"
    assert command("backup", str(copy)) == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    assert {"deliveries", "gaps", "alembic_version"} <= tables
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite3", "data"]


def test_a_backup_is_written_while_somebody_else_writes(home: Path, tmp_path: Path) -> None:
    command("migrate")
    with closing(sqlite3.connect(home / "coach.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert command("backup", str(tmp_path / "copy.sqlite3")) == 0


@pytest.mark.parametrize("target", ["data", "nowhere/copy.sqlite3"])
def test_a_backup_that_cannot_be_written_says_why_and_leaves_nothing(
    target: str, tmp_path: Path, capsys: Output
) -> None:
    command("migrate")
    before = sorted(tmp_path.rglob("*.part"))
    assert command("backup", target) == 1
    said = capsys.readouterr().err
    assert "is there already" in said or "There is no folder" in said
    assert sorted(tmp_path.rglob("*.part")) == before == []


def test_a_backup_of_nothing_says_so(tmp_path: Path, capsys: Output) -> None:
    assert command("backup", str(tmp_path / "copy.sqlite3")) == 1
    assert "There is no database" in capsys.readouterr().err
    assert not (tmp_path / "copy.sqlite3").exists()


def on_postgresql(cluster: Cluster, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    cluster.sql(f"CREATE DATABASE {name}")
    monkeypatch.setenv("DATABASE_URL", cluster.url(name))
    monkeypatch.setenv("COACH_APPLICATION_KEY", "dGVzdCBrZXkgb2YgdGhlIGNvYWNoLCAzMiBieXRlcyE=")
    return cluster.url(name)


def test_postgresql_needs_a_key_that_was_set(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    on_postgresql(postgres, "keyless", monkeypatch)
    monkeypatch.delenv("COACH_APPLICATION_KEY")
    assert command("doctor") == 1
    assert "`maturity-coach key` makes one" in capsys.readouterr().out


def test_postgresql_with_an_old_schema_says_the_command_and_works_after_it(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    on_postgresql(postgres, "old_schema", monkeypatch)
    assert command("doctor") == 1
    assert "Run `maturity-coach migrate`" in capsys.readouterr().out
    assert command("migrate") == 0
    assert command("doctor") == 0


def test_a_backup_of_postgresql_can_be_put_back(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = programs()
    assert folder is not None
    on_postgresql(postgres, "to_dump", monkeypatch)
    command("migrate")
    archive = tmp_path / "coach.dump"
    assert command("backup", str(archive)) == 0
    postgres.sql("CREATE DATABASE put_back")
    subprocess.run(
        [folder / "pg_restore", "--dbname", postgres.url("put_back"), archive], check=True
    )
    monkeypatch.setenv("DATABASE_URL", postgres.url("put_back"))
    assert command("doctor") == 0


def test_without_pg_dump_the_backup_says_what_to_install(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
) -> None:
    on_postgresql(postgres, "no_dump", monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command("backup", str(tmp_path / "coach.dump")) == 1
    assert "client programs" in capsys.readouterr().err


def test_help_names_every_command_and_starts_fast_without_the_sdks() -> None:
    script = (
        "import sys, json; from adapters.command.app import run; run(None, ['--help']); "
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"slack_sdk", "slack_bolt", "botbuilder", "sqlalchemy", "pydantic", "numpy", "aiohttp"}
    assert loaded & heavy == set()
    named = set(re.findall(r"^│ ([a-z]+) {2,}", done.stdout, re.MULTILINE))
    modules = {file.stem for file in (ROOT / "adapters" / "command").glob("[a-z]*.py")}
    assert named == (modules - {"app", "application", "conversing", "plots", "sampleteam"}) | {
        "forget"
    }


def test_an_unknown_failure_gives_a_reference_and_never_its_text(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    async def broken(self: Application) -> bool:
        raise RuntimeError("the private words of a person")

    monkeypatch.setattr(Application, "migrate", broken)
    assert command("migrate") == 1
    said = capsys.readouterr()
    found = re.search(r"reference ([0-9a-f]{8})", said.err)
    assert found
    assert said.err.count(found[1]) == 2  # in the sentence and in the log
    assert "RuntimeError" in said.err
    assert "private words" not in said.out + said.err


def test_the_data_directory_follows_the_custom_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COACH_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert Application().data_folder == tmp_path / "xdg" / "maturity-coach"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert Application().data_folder == tmp_path / "me/.local/share/maturity-coach"
    monkeypatch.setattr(sys, "platform", "darwin")
    expected = tmp_path / "me/Library/Application Support/maturity-coach"
    assert Application().data_folder == expected


def test_the_shell_command_is_there(home: Path) -> None:
    installed = shutil.which("maturity-coach", path=str(Path(sys.executable).parent))
    start = [installed] if installed else [sys.executable, str(ROOT / "maturity_coach.py")]
    done = subprocess.run([*start, "key"], capture_output=True, text=True, check=True)
    assert is_key(done.stdout.strip())
