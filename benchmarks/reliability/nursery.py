"""Replicas are forked from one warm process: a start costs milliseconds, not seconds of imports.

The harness writes a line of JSON for each replica that it wants; the nursery answers with
`started PID`, the replica itself with `ready PID`, and at the end of one comes `ended PID CPU`.
"""

import asyncio
import json
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.reliability import replica

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60.0  # seconds


@dataclass(kw_only=True)
class Child:
    """A replica's process."""

    pid: int
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, number: signal.Signals) -> None:
        if not self.ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """The harness's end."""

    def __init__(self) -> None:
        self.cpu = 0.0  # seconds, of all that have ended
        self._children: dict[int, Child] = {}
        self._born: asyncio.Queue[Child] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.reliability.nursery"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())

    async def fork(self, arguments: list[str], log: Path) -> Child:
        """Raises TimeoutError."""
        assert self._process.stdin
        async with self._one_at_a_time:
            wanted = json.dumps({"arguments": arguments, "log": str(log)})
            self._process.stdin.write(f"{wanted}\n".encode())
            async with asyncio.timeout(STARTS_WITHIN):
                return await self._born.get()

    async def close(self) -> None:
        """Its children end with it."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            what, pid, *cpu = line.decode().split()
            if what == "started":
                child = self._children[int(pid)] = Child(pid=int(pid))
                self._born.put_nowait(child)
            elif what == "ready":
                self._children[int(pid)].ready.set()
            else:
                self.cpu += float(cpu[0])
                child = self._children.pop(int(pid))
                child.ended.set()
                child.ready.set()  # nobody waits for the dead


def _say(*words: object) -> None:
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


def _fork(line: bytes) -> None:
    wanted = json.loads(line)
    begin, told = os.pipe()
    pid = os.fork()
    if pid:
        _say("started", pid)
        os.write(told, b".")  # only now: `ready` must not be read before `started`
        os.close(begin)
        os.close(told)
        return
    os.read(begin, 1)
    os.close(0)
    os.dup2(os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    try:
        replica.main(wanted["arguments"], lambda: _say("ready", os.getpid()))
        code = 0
    except Exception:  # noqa: BLE001  an entry point
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bury() -> None:
    while True:
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _say("ended", pid, round(used.ru_utime + used.ru_stime, 3))


def main() -> None:
    """The nursery itself, until its harness is gone."""
    replica.warm()
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    left = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _bury()
        if 0 in ready:
            some = os.read(0, 65536)
            if not some:
                return
            *lines, left = (left + some).split(b"\n")
            for line in lines:
                _fork(line)


if __name__ == "__main__":
    main()
