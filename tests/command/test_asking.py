"""`ask` and `chat` as a person or a script runs them."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, str(ROOT / "maturity_coach.py")]
KEYS = [
    "id",
    "q",
    "language",
    "outcome",
    "topic",
    "candidates",
    "confidence",
    "answer",
    "source",
    "ms",
]


def environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COACH_") and name != "DATABASE_URL"
    }
    return kept | {
        "COACH_DATA_DIR": str(folder / "data"),
        "COACH_ENCODER": "false",
        "TERM": "xterm",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "error",
    }


def run(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
        cwd=folder,
        env=environment(folder),
    )


def results(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.decode("utf-8").splitlines()]


def test_a_question_is_answered_in_text_and_nothing_is_kept(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "Who should own the security of our clusters?")
    assert done.returncode == 0
    assert done.stdout.startswith(b"coach> # ")
    assert b"Source: " in done.stdout
    assert not (tmp_path / "data").exists()


def test_a_question_as_json_has_the_promised_fields(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "--json", "集群安全应该由谁负责？")
    (result,) = results(done.stdout)
    assert list(result) == KEYS
    assert result["outcome"] == "answer"
    assert result["language"] == "zh"
    assert result["topic"] == "people.security"
    assert result["candidates"][0]["topic"] == "people.security"
    assert len(result["candidates"]) == 5
    assert set(result["source"]) == {
        "document",
        "level",
        "edition",
        "pillar",
        "section",
        "heading",
        "part",
    }


def test_every_line_of_json_lines_gets_one_result_whatever_it_holds(tmp_path: Path) -> None:
    given = b"\n".join(
        [
            b'{"id": 7, "q": "Who should own the security of our clusters?"}',
            b'{"q": "hello", "locale": "en"}',
            b'{"q": "help"}',
            b'{"q": "", "locale": "zh-CN"}',
            b'{"q": "What does Level 4 expect from us on policy?"}',
            b"not json",
            b"",
            b'{"id": "x", "q": 5}',
            b'{"id": "y", "q": "a", "locale": 3}',
            b"[1, 2]",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"q": "\\ud800 audit"}',
            b'{"q": "' + b"audit " * 20_000 + b'"}',
            '\ufeff{"id": null, "q": "谢谢"}'.encode(),
        ]
    )
    done = run(tmp_path, "ask", "--jsonl", given=given)
    assert done.returncode == 0, done.stderr
    found = results(done.stdout)
    outcomes = [result.get("outcome", "error") for result in found]
    assert outcomes[:5] == ["answer", "small_talk", "help", "help", "not_covered"]
    assert outcomes[5:11] == ["error"] * 6
    assert found[0]["id"] == 7
    assert found[3]["language"] == "zh"
    assert [result["id"] for result in found[5:8]] == [None, "x", "y"]
    assert found[5]["line"] == 6
    assert outcomes[13] == "small_talk"
    assert all(list(result) == KEYS for result in found if "error" not in result)


@pytest.mark.parametrize("arguments", [(), ("why", "--jsonl"), ("--json",)])
def test_asking_without_one_question_says_what_is_missing(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = run(tmp_path, "ask", *arguments)
    assert done.returncode == 2
    assert b"give one question" in done.stderr


def test_a_piped_chat_answers_line_by_line_and_ends_with_its_input(tmp_path: Path) -> None:
    given = "hello\nWho should own the security of our clusters?\n1\n\n/lang zh\n谢谢"
    done = run(tmp_path, "chat", given=given.encode())
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    shown = done.stdout.decode("utf-8")
    assert shown.startswith("coach> Hello!")
    assert "coach> # Why: Security (people)" in shown
    assert "For example:" in shown
    assert shown.endswith("教练> 不客气！\n")
    again = run(tmp_path, "chat", given=b"why?\n")
    assert b"# Why: Security (people)" in again.stdout


@pytest.mark.parametrize(("key", "word"), [(b"\x04", b""), (b"\x03", b""), (b"/quit\r", b"Bye.")])
def test_a_terminal_chat_shows_cards_and_ends_cleanly(
    tmp_path: Path, key: bytes, word: bytes
) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "chat"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=tmp_path,
        env=environment(tmp_path) | {"COLUMNS": "80", "LINES": "24"},
        start_new_session=True,
    )
    os.close(follower)
    watched = Watched(leader=leader)
    try:
        watched.until(b"engineer>")
        os.write(leader, b"hello\r")
        watched.until("╯".encode())
        watched.until(b"engineer>")
        os.write(leader, key)
        while watched.more(1.0) is not False:
            if process.poll() is not None and watched.more(0.0) is None:
                break
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    assert "╭".encode() in watched.seen
    assert b"Traceback" not in watched.seen
    assert word in watched.seen
    assert (tmp_path / "data" / "history").read_text("utf-8").count("+hello") == 1


@dataclass(kw_only=True)
class Watched:
    """What a terminal shows; answers where the cursor is when asked, as a real one does."""

    leader: int
    seen: bytes = b""
    read_to: int = 0

    def until(self, wanted: bytes) -> None:
        """Wait for `wanted` behind what was waited for before."""
        deadline = time.monotonic() + 60
        while (at := self.seen.find(wanted, self.read_to)) < 0:
            assert time.monotonic() < deadline, self.seen
            assert self.more(1.0) is not False, self.seen
        self.read_to = at + len(wanted)

    def more(self, seconds: float) -> bool | None:
        """True if there was more, None if not in time, False at the end."""
        if not select.select([self.leader], [], [], seconds)[0]:
            return None
        try:
            piece = os.read(self.leader, 4096)
        except OSError:  # Linux says EIO when the other end is closed
            return False
        if b"\x1b[6n" in piece:
            os.write(self.leader, b"\x1b[1;1R")
        self.seen += piece
        return bool(piece)
