"""`knowledge …` as whoever edits the base runs it: reached through the whole command line."""

from pathlib import Path

import pytest

from adapters.command.app import run
from maturity_coach import Application
from tests.knowledge.pages import PAGE

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting but a data directory, which none of these commands may make."""
    monkeypatch.delenv("COACH_KNOWLEDGE_DIR", raising=False)
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments: str) -> int:
    return run(Application(), ["knowledge", *arguments])


def words(text: str) -> str:
    """What was printed without line ends: the width of a terminal is not the point."""
    return " ".join(text.split())


def test_the_shipped_base_passes_its_check_and_every_topic_is_counted(
    home: Path, capsys: Output
) -> None:
    assert command("check", "--no-strict") == 0
    said = words(capsys.readouterr().out)
    assert "25 topics" in said
    assert "both languages complete" in said
    assert not (home / "data").exists()


def test_the_check_looks_at_the_base_of_the_settings_and_lists_all_problems(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (home / "base").mkdir()
    (home / "base" / "people.yaml").write_text("format: 1\npillar: people\nnonsense: 1\n")
    (home / "base" / "policy.yaml").write_text("a: [\n")
    monkeypatch.setenv("COACH_KNOWLEDGE_DIR", str(home / "base"))
    assert command("check") == 2
    said = words(capsys.readouterr().err)
    assert "people.yaml:3" in said
    assert "policy.yaml:2" in said
    assert "nothing was changed" in said


def test_a_search_shows_whole_topic_ids_and_the_decision(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert command("search", "--lexical", "Who should own the security of our clusters?") == 0
    said = capsys.readouterr().out
    assert "people.security" in said
    assert "answer, confidence" in said


def test_a_page_is_imported_into_a_file_and_a_wrong_one_leaves_none(
    home: Path, capsys: Output
) -> None:
    (home / "page.md").write_text(PAGE, "utf-8")
    (home / "wrong.md").write_text("no front matter\n", "utf-8")
    assert command("import", "page.md", "-o", "base.yaml") == 0
    assert "people.cncf-certification.cka" in (home / "base.yaml").read_text("utf-8")
    assert command("import", "wrong.md", "-o", "other.yaml") == 2
    assert "wrong.md:1: has no front matter" in capsys.readouterr().err
    assert sorted(one.name for one in home.iterdir()) == ["base.yaml", "page.md", "wrong.md"]


def test_a_place_that_cannot_be_written_is_told_in_words(home: Path, capsys: Output) -> None:
    (home / "page.md").write_text(PAGE, "utf-8")
    assert command("import", "page.md", "-o", "nowhere/base.yaml") == 2
    said = words(capsys.readouterr().err)
    assert "nowhere/base.yaml:1: can't be written (No such file or directory)" in said
    assert "reference" not in said


def test_two_editions_are_compared_and_the_exit_code_says_whether_they_differ(
    home: Path, capsys: Output
) -> None:
    (home / "old.md").write_text(PAGE, "utf-8")
    (home / "new.md").write_text(PAGE.replace("第二句。", "第二句改了。"), "utf-8")
    assert command("diff", "old.md", "old.md") == 0
    assert "No difference." in capsys.readouterr().out
    assert command("diff", "old.md", "new.md") == 1
    said = capsys.readouterr().out
    assert "- 第二句。" in said
    assert "+ 第二句改了。" in said
    assert command("diff", "old.md", "missing.md") == 2
    assert "missing.md:1: can't be read" in capsys.readouterr().err
