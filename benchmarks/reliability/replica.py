"""One replica as a process of its own: the real features, store and engines on the recording API.

`--version 2` is a later version of the code: it sends a kind that version 1 has never heard of.
"""

import argparse
import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import aiohttp

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from adapters.jobs import Jobs
from adapters.jobs.embedded import Embedded
from adapters.jobs.procrastinate import Queue
from benchmarks.reliability.client import Client
from benchmarks.reliability.world import KEY, WORKSPACES
from bot.delivering import Limits
from bot.digesting import digesting
from bot.instrument import Instrument
from bot.messages import Message, Place, Text
from bot.ports.chat import Posted
from bot.ports.sends import Send, SendStore, Unknown
from bot.roles import Roles
from bot.sending import Sending
from knowledge.load import load
from knowledge.model import Language

NEWS = 20  # sends of the later version


class News:
    """What only version 2 sends. Implements bot.ports.sends.Sender."""

    def __init__(self, store: SendStore) -> None:
        self._store = store
        self._planned = False

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {"news": Unknown.ASK_LEAD}

    async def plan(self, now: datetime) -> int:
        if self._planned:
            return 0
        self._planned = True
        return await self._store.insert(
            [
                Send(
                    key=f"news:{number}",
                    kind="news",
                    place=Place(workspace=WORKSPACES[0], channel=f"news{number}"),
                    due=now,
                    late_after=now + timedelta(hours=1),
                )
                for number in range(NEWS)
            ]
        )

    async def compose(self, send: Send, now: datetime) -> Message | None:
        return Message(parts=(Text(text="news"),), summary="news", language=Language.EN)

    async def posted(self, send: Send, posted: Posted) -> None:
        """Nothing refers to it later."""


def clock() -> datetime:
    return datetime.now(UTC)


def report(error: Exception, *, doing: str) -> None:
    sys.stderr.write(f"{doing}: {type(error).__name__}: {error}\n")


async def run(options: argparse.Namespace) -> None:
    store = DatabaseStore(Database(options.database), application_keys=(KEY,))
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        chat = Client(options.chat, session)
        roles = Roles(store.roles, chat, clock)
        digest = digesting(
            store=store,
            chat=chat,
            roles=roles,
            instrument=Instrument(load(examples=False)),
            clock=clock,
        )
        later = (News(store.sends),) if options.version > 1 else ()
        sending = Sending(
            store=store.sends,
            chat=chat,
            senders=(*digest.senders, *later),
            trouble=digest.deliveries,
            clock=clock,
            report=report,
            limits=Limits(
                lease=timedelta(seconds=options.lease), first_wait=timedelta(seconds=0.5)
            ),
        )
        await _until_told(_jobs(options, sending))
    await store.close()


def _jobs(options: argparse.Namespace, sending: Sending) -> Jobs:
    if options.engine == "queue":
        return Queue(sending, options.database, report, parallel=options.parallel)
    return Embedded(sending, report, parallel=options.parallel)


async def _until_told(jobs: Jobs) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await jobs.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    parent = os.getppid()
    while not told.is_set() and os.getppid() == parent:  # no replica outlives its harness
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await told.wait()
    await jobs.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--chat", required=True)
    parser.add_argument("--engine", choices=("embedded", "queue"), default="embedded")
    parser.add_argument("--lease", type=float, default=60.0)
    parser.add_argument("--parallel", type=int, default=128)
    parser.add_argument("--version", type=int, default=1)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
