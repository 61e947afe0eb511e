"""`maturity-coach chat` as it is run: what the coach sends by itself appears, typed for or not."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.command.app import run
from adapters.command.conversing import at_keyboard, due
from adapters.database.store import DatabaseStore
from adapters.terminal.app import Terminal
from adapters.terminal.chat import TerminalChat
from adapters.terminal.clock import MovableClock
from adapters.terminal.screen import Lines
from knowledge.base import KnowledgeBase
from maturity_coach import Application
from tests.town import town

ROOT = Path(__file__).parents[2]
START = datetime(2026, 1, 7, 18, 0, tzinfo=UTC)  # a Wednesday
TEAM = ("bo", "chen", "dee", "eli", "fay")
TOGETHER = ["/in #platform", *(f"/as {one}" for one in TEAM), "/as lead", "/invite"]
LAUNCH = ["/pulse people", *[""] * 5]
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("COACH_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COACH_ENCODER", "false")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return tmp_path


def piped(lines: list[str]) -> str:
    """What the command prints for these lines, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "maturity_coach", "chat"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    return done.stdout


def at_start(lines: list[str], monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    """The exit code of the command in this process, begun on a Wednesday."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return run(Application(lambda: START), ["chat", *options])


def test_a_digest_that_comes_due_while_the_clock_is_moved_is_printed() -> None:
    shown = piped(
        ["/in #platform", "/as lead", "/invite", "/digest on mon 09:00 UTC", "/clock +7d"]
    )
    assert shown.count("coach to #platform> A quiet week") == 1
    assert shown.index("is on. Next: Mon") < shown.index("A quiet week")


def test_every_week_that_the_clock_is_moved_over_brings_its_own_digest(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    lines = ["/in #platform", "/as lead", "/invite", "/digest on mon 09:00 UTC", "/clock +3w"]
    assert at_start(lines, monkeypatch) == 0
    assert capsys.readouterr().out.count("coach to #platform> A quiet week") == 3


def test_a_pulse_invites_closes_and_tells_its_result_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert at_start([*TOGETHER, *LAUNCH, "1", "/clock +2d", "/clock +7d"], monkeypatch) == 0
    shown = capsys.readouterr().out
    marks = ("0 of 7 answered · open", "It is Fri 9", "It is Fri 16")
    posted, moved, closed = (shown.index(one) for one in marks)
    assert posted < moved < closed
    assert "coach to @bo>" in shown[moved:closed]
    assert "fewer than 5 answered" in shown[closed:]


def test_the_time_zone_of_who_types_is_the_systems(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    lines = ["/in #platform", "/as lead", "/invite", "/digest on mon 09:00", "/clock"]
    monkeypatch.setattr(Application, "zone", "Asia/Shanghai")
    assert at_start(lines, monkeypatch) == 0
    shown = capsys.readouterr().out
    assert "Next: Mon 12 Jan, 09:00 (Asia/Shanghai)" in shown
    assert "It is Thu 8 Jan, 02:00 (Asia/Shanghai)." in shown


def test_the_system_is_asked_for_its_time_zone() -> None:
    shown = piped(["/in #platform", "/as lead", "/invite", "/digest on mon 09:00"])
    assert "(Europe/Berlin)" in shown


def test_the_clock_stands_still_where_others_live_by_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COACH_SLACK_BOT_TOKEN", "xoxb-1")
    assert at_start(["/clock", "/clock +7d", "/clock"], monkeypatch) == 0
    shown = capsys.readouterr().out
    assert "can't be moved" in shown
    assert shown.count("It is Wed 7 Jan") == 2


def test_the_clock_stands_still_while_a_pulse_is_open_on_a_platform(
    home: Path, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert at_start([], monkeypatch) == 0  # makes the database
    application = Application(lambda: START)

    async def opened() -> None:
        keys = application.application_keys
        here = await town(DatabaseStore(application.database, application_keys=keys), base)
        here.now = START
        await here.launch()
        await application.close()

    asyncio.run(opened())
    assert at_start(["/clock +7d"], monkeypatch) == 0
    assert "can't be moved" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["admin", "lead"])
def test_admin_and_lead_are_admins(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert at_start(["/in #x", f"/as {name}", "/digest rollup preview"], monkeypatch) == 0
    assert "All teams' week" in capsys.readouterr().out


def test_the_terminals_own_words_follow_the_language_that_was_heard(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert (
        at_start(["什么是变更控制", "/help", "what is change control", "/帮助"], monkeypatch) == 0
    )
    shown = capsys.readouterr().out
    assert shown.index("用自己的话提问") < shown.index("Ask in your own words")


def test_help_is_chinese_where_chinese_was_chosen(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert at_start(["/help"], monkeypatch, "--lang", "zh") == 0
    shown = capsys.readouterr().out
    assert "用自己的话提问" in shown
    assert "Ask in" not in shown


class Idle:
    """Somebody at a keyboard who typed these lines and looks on until something is shown."""

    def __init__(self, lines: list[str], screen: io.StringIO) -> None:
        self._lines = list(lines)
        self._screen = screen
        self.asides: list[str] = []
        self.looking = asyncio.Event()
        self.seen = asyncio.Event()

    async def line(self, prompt: str) -> str | None:
        if self._lines:
            return self._lines.pop(0)
        self.looking.set()
        await self.seen.wait()
        return None

    async def aside(self, show: Callable[[], None]) -> None:
        before = len(self._screen.getvalue())
        show()
        self.asides.append(self._screen.getvalue()[before:])
        self.seen.set()


async def test_a_digest_appears_while_nobody_types() -> None:
    application = Application(lambda: START)
    screen, clock, chat = io.StringIO(), MovableClock(application.clock), TerminalChat()
    await application.prepare()
    whole = application.coach(chat, clock)
    terminal = Terminal(whole.coach, chat, clock, Lines(screen), tick=due(whole.sending))
    idle = Idle(["/in #platform", "/as lead", "/invite", "/digest on wed 21:00 UTC"], screen)
    sitting = asyncio.create_task(at_keyboard(application, terminal, whole.sending, idle))
    await asyncio.wait_for(idle.looking.wait(), 30)
    assert "is on. Next: Wed 7 Jan" in screen.getvalue()
    clock.move(timedelta(hours=3))  # as if it had passed
    await asyncio.wait_for(sitting, 30)
    await application.close()
    assert len(idle.asides) == 1
    assert idle.asides[0].startswith("coach to #platform> ")
