"""`maturity-coach serve` as an operator runs it: its own process, signed requests, a stop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from tests.adapters.slack.emulator import TOKEN, Emulator
from tests.adapters.slack.proxy import Proxy
from tests.adapters.slack.slackside import SECRET, SlackSide
from tests.adapters.slack.world import listening, new_channel, now

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def served(folder: Path, api: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """The running program and its port."""
    environment = {
        "PATH": os.environ["PATH"],
        "COACH_DATA_DIR": str(folder),
        "COACH_SLACK_BOT_TOKEN": TOKEN,
        "COACH_SLACK_SIGNING_SECRET": SECRET,
        "COACH_SLACK_API_URL": api,
        "COACH_ENCODER": "false",
        "COACH_LOG_JSON": "true",
    }
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "maturity_coach.py"),
        "serve",
        "--port",
        "0",
        cwd=folder,
        env=environment,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stderr is not None
    try:
        async with asyncio.timeout(40):
            while b"web.listening" not in (line := await program.stderr.readline()):
                assert line, "the program ended"
        port = int(line.split(b'"port": ')[1].split(b",")[0].strip(b"} \n"))
        yield program, port
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def test_served_it_answers_a_question_and_stops_in_order(
    emulator: Emulator, tmp_path: Path
) -> None:
    async with ClientSession() as session:
        proxy = Proxy(upstream=emulator.url, session=session)
        async with (
            listening(proxy.application()) as base,
            served(tmp_path, f"{base}/api/") as (
                program,
                port,
            ),
        ):
            address = f"http://127.0.0.1:{port}"
            async with session.get(f"{address}/readyz") as ready:
                assert ready.status == 200, await ready.text()
            side = SlackSide(
                url=f"{address}/slack/events",
                session=session,
                now=now(),
                responses=f"{base}/respond",
                speak=emulator.speak,
            )
            channel = new_channel(emulator, ("ada",))
            answer = await side.mention(emulator.users["ada"], channel, "What is CKA?")
            assert answer.status == 200
            async with asyncio.timeout(20):
                while not proxy.of("chat.postMessage"):  # noqa: ASYNC110  another process
                    await asyncio.sleep(0.05)
            assert "CKA" in str(proxy.of("chat.postMessage")[0].values)
            async with session.get(f"{address}/metrics") as metrics:
                shown = await metrics.text()
            assert 'route="/slack/events",status="200"} 1.0' in shown
            program.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(program.wait(), 15) == 0
        assert proxy.problems == []
