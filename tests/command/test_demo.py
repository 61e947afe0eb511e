"""The sample team: there at once, marked as sample, apart from one's own data."""

import io
import sys
from pathlib import Path

import pytest

from adapters.command.app import run
from maturity_coach import Application


def test_a_newcomer_sees_results_history_digest_and_actions_of_a_sample_team(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COACH_ENCODER", "false")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    typed = "/pulse history\n/pulse results\n/digest preview\n/coach actions\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert run(Application(), ["demo"]) == 0
    shown = capsys.readouterr().out
    marked, rest = shown.split("\n", 1)
    assert "This is sample data" in marked
    for words in ("Results so far", "Agree (95 % interval)", "Weekly digest", "Our actions"):
        assert words in rest
    assert rest.count("/12 |") >= 5  # closed pulses in the history
    assert [file.name for file in tmp_path.glob("*.sqlite3")] == []
    assert (tmp_path / "sample" / "sample.sqlite3").exists()
