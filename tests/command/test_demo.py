"""The sample team: there at once, marked as sample, apart from one's own data, worth reading."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.command.app import run
from maturity_coach import Application

TYPED = (
    *("/digest preview", "/pulse history", "/pulse results", "/coach actions", "/coach leads"),
    *("/coach gaps", "/coach audit", "/digest history", "/coach deliveries"),
)
Output = pytest.CaptureFixture[str]


def shown(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
    *options: str,
    at: datetime | None = None,
) -> tuple[str, str]:
    """What marks it as sample, and what follows."""
    monkeypatch.setenv("COACH_DATA_DIR", str(folder))
    monkeypatch.setenv("COACH_ENCODER", "false")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in TYPED)))
    application = Application(lambda: at) if at else Application()
    assert run(application, ["demo", *options]) == 0
    marked, rest = capsys.readouterr().out.split("\n", 1)
    return marked, rest


def test_a_newcomer_sees_what_a_team_can_come_to_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    marked, rest = shown(tmp_path, monkeypatch, capsys)
    assert "This is sample data" in marked
    for words in ("Results so far", "Agree (95 % interval)", "Weekly digest", "Our actions"):
        assert words in rest
    assert rest.count("/12 |") >= 5  # closed pulses in the history
    assert [file.name for file in tmp_path.glob("*.sqlite3")] == []
    assert (tmp_path / "sample" / "sample.sqlite3").exists()
    preview = rest[rest.index("A preview") : rest.index("Results so far")]
    assert "▲" in preview
    assert "not shown: fewer than 5 answered" in preview
    assert "who orders new laptops" in preview
    assert "Pulse on Technology: open until" in preview
    assert "chen" in preview  # an open action, with its owner
    assert "Done in the last four weeks" in rest
    assert "finished an action" in rest
    assert "no lead yet" not in rest


def test_a_chinese_sample_is_chinese_and_no_digest_of_it_is_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(Application, "zone", "Asia/Shanghai")
    at = datetime(2026, 11, 25, 18, 46, tzinfo=UTC)  # there 17 hours after the digest's time
    marked, rest = shown(tmp_path, monkeypatch, capsys, "--lang", "zh", at=at)
    assert "这是示例数据" in marked
    assert "Weekly digest" not in rest
    assert "教练发给 #sample-team> # " in rest
    assert "新来的同事去哪里领笔记本电脑" in rest
    assert "2026-W48" in rest
    assert "太迟" not in rest
    assert "还没有负责人" not in rest
