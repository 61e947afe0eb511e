"""Prints what the digests and roll-ups of one database would be; run as a process of its own."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.digest import Digest
from bot.digestsender import DigestSender
from bot.messages import Message, Platform, Workspace
from bot.ports.channels import Languages, Slot, SlotKind, Team
from bot.rollup import Rollup
from bot.teamweek import TeamWeeks
from knowledge.model import Language
from tests.bot.shown import payloads
from tests.bot.teamweeks import INSTRUMENT
from tests.conftest import APPLICATION_KEY

WORKSPACE = Workspace(platform=Platform.TERMINAL, id="W1")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = "2026-W48"


async def printed(url: str) -> list[str]:
    """A line a message: what it is, and the hash of its bytes on each platform."""
    database = Database(url)
    store = DatabaseStore(database, application_keys=(APPLICATION_KEY,))
    try:
        return [line async for line in _lines(store)]
    finally:
        await database.close()


async def _lines(store: DatabaseStore) -> AsyncIterator[str]:
    weeks, digest = TeamWeeks(store.weeks, INSTRUMENT.pillars), Digest(INSTRUMENT)
    sender = DigestSender(
        channels=store.channels, weeks=weeks, digest=digest, rollup=rollup_of(store)
    )
    for language in Languages:
        own = Team(workspace=WORKSPACE, channel="C1", name="Ours", language=language)
        await store.channels.put_team(own)
        for kind in SlotKind:
            message, _ = await sender.made(a_slot(kind), WEEK, AT)
            yield _line(f"{kind} {language}", message)
    week = await weeks.of(a_slot(SlotKind.DIGEST), WEEK, AT)
    for one in Language:
        yield _line(f"details {one}", digest.details(week, one))


def _line(name: str, message: Message) -> str:
    sums = [hashlib.sha256(one).hexdigest()[:16] for one in payloads(message)]
    return f"{name}: {' '.join(sums)}"


def rollup_of(store: DatabaseStore) -> Rollup:
    return Rollup(
        channels=store.channels, pulses=store.pulses, actions=store.actions, asking=store.asking
    )


def a_slot(kind: SlotKind) -> Slot:
    return Slot(workspace=WORKSPACE, channel="C1", kind=kind, weekday=0, at=time(9), zone="UTC")


if __name__ == "__main__":
    print("\n".join(asyncio.run(printed(sys.argv[1]))))
