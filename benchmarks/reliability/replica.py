"""One replica as a process of its own: the real features, store and engines on the recording API.

`--version 2` is a later version of the code: it sends a kind that version 1 has never heard of.
SIGUSR1 and SIGUSR2 put its clock hours ahead and behind, SIGHUP puts it right.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache

import aiohttp

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.jobs import Jobs
from adapters.jobs.embedded import Embedded
from adapters.jobs.procrastinate import Queue
from benchmarks.reliability.claims import NotedSends
from benchmarks.reliability.client import Client
from benchmarks.reliability.senders import EXTRA, LATER, Words, extras, news
from benchmarks.reliability.world import KEY, channels_of, workspaces_of
from bot.delivering import Limits
from bot.digesting import digesting
from bot.instrument import Instrument
from bot.ports.sends import Sender
from bot.roles import Roles
from bot.sending import Sending
from knowledge.load import load

AHEAD, BEHIND, RIGHT = signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP  # its clock
WRONG_BY = timedelta(hours=5)


class Clock:
    """Everybody's, until a signal makes it wrong."""

    def __init__(self) -> None:
        self._wrong = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._wrong

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number, wrong in ((AHEAD, WRONG_BY), (BEHIND, -WRONG_BY), (RIGHT, timedelta(0))):
            loop.add_signal_handler(number, self._set, wrong)

    def _set(self, wrong: timedelta) -> None:
        self._wrong = wrong


def report(error: Exception, *, doing: str) -> None:
    sys.stderr.write(f"{doing}: {type(error).__name__}: {error}\n")


@cache
def warm() -> Instrument:
    """What every replica needs and takes long to read."""
    return Instrument(load(examples=False))


async def run(options: argparse.Namespace, ready: Callable[[], None]) -> None:
    clock = Clock()
    clock.listen()
    database = Database(options.database)
    store, sends = DatabaseStore(database, application_keys=(KEY,)), NotedSends(database)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        chat = Client(
            options.chat, session, replica=options.name, pace=options.pace, claims=sends.claims
        )
        digest = digesting(
            store=store,
            chat=chat,
            roles=Roles(store.roles, chat, clock),
            instrument=warm(),
            clock=clock,
        )
        sending = Sending(
            store=sends,
            chat=chat,
            senders=(*digest.senders, *_beside(store, options)),
            trouble=digest.deliveries,
            clock=clock,
            report=report,
            limits=Limits(
                lease=timedelta(seconds=options.lease), first_wait=timedelta(seconds=0.5)
            ),
        )
        await _until_told(_jobs(options, sending), ready)
    await store.close()


def _beside(store: DatabaseStore, options: argparse.Namespace) -> tuple[Sender, ...]:
    due = datetime.fromisoformat(options.due)
    some = extras(channels_of(options.platform, options.channels), options.extras, due)
    now = Words(store.sends, EXTRA, some, options.composes)
    if options.version == 1:
        return (now,)
    more = news(workspaces_of(options.platform), due)
    return now, Words(store.sends, LATER, more, options.composes)


def _jobs(options: argparse.Namespace, sending: Sending) -> Jobs:
    if options.engine == "queue":
        return Queue(sending, options.database, report, parallel=options.parallel)
    return Embedded(sending, report, parallel=options.parallel)


async def _until_told(jobs: Jobs, ready: Callable[[], None]) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await jobs.start()
    ready()
    parent = os.getppid()
    while not told.is_set() and os.getppid() == parent:  # no replica outlives its harness
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await told.wait()
    await jobs.stop()


def main(arguments: list[str], ready: Callable[[], None]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--chat", required=True)
    parser.add_argument("--name", default="0.0:embedded")
    parser.add_argument("--engine", choices=("embedded", "queue"), default="embedded")
    parser.add_argument("--platform", default="slack")
    parser.add_argument("--channels", type=int, required=True)
    parser.add_argument("--extras", type=float, default=0.0)
    parser.add_argument("--due", required=True, help="of what is sent beside digests; ISO 8601")
    parser.add_argument("--composes", type=float, default=0.0, help="seconds a send")
    parser.add_argument("--pace", type=float, required=True)
    parser.add_argument("--lease", type=float, default=60.0)
    parser.add_argument("--parallel", type=int, default=128)
    parser.add_argument("--version", type=int, default=1)
    asyncio.run(run(parser.parse_args(arguments), ready))
