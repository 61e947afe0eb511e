"""The queue engine on PostgreSQL: what is due goes out, and what keeps it from working is told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from adapters.database.store import DatabaseStore
from adapters.jobs.procrastinate import Queue, check
from bot.delivering import Limits
from tests.office import Office
from tests.postgres import Cluster

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass
class Errors:
    told: list[str] = field(default_factory=list)

    def __call__(self, error: Exception, *, doing: str) -> None:
        self.told.append(f"{doing}: {type(error).__name__}")


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not met():  # noqa: ASYNC110  nothing tells when
            await asyncio.sleep(0.05)


def address(store: DatabaseStore) -> str:
    url = store.database.url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


async def test_what_is_due_goes_out_once_with_several_workers(store: DatabaseStore) -> None:
    office, errors = Office(store=store, limits=Limits()), Errors()
    for number in range(40):
        await office.plan(key=str(number))
    queues = [Queue(office.sending, address(store), errors) for _ in range(2)]
    for one in queues:
        await one.start()
    await until(lambda: len(office.chat.posts) == 40)
    await asyncio.sleep(0.5)
    for one in queues:
        await one.stop()
    keys = [key for _, _, key in office.chat.posts]
    assert len(keys) == len(set(keys)) == 40
    assert await store.sends.counts() == {("letter", "sent"): 40}
    assert errors.told == office.errors == []


async def test_a_stop_waits_for_what_is_in_hand(store: DatabaseStore) -> None:
    office, errors = Office(store=store, limits=Limits()), Errors()
    office.chat.slow = 0.4
    await office.plan()
    queue = Queue(office.sending, address(store), errors)
    await queue.start()
    await until(lambda: office.chat.asked == 1)
    await queue.stop()
    assert await store.sends.counts() == {("letter", "sent"): 1}


async def test_a_database_user_without_the_right_is_told_of_at_once(
    store: DatabaseStore, postgres: Cluster
) -> None:
    postgres.sql("DROP ROLE IF EXISTS visitor")
    postgres.sql("CREATE ROLE visitor LOGIN")
    office, errors = Office(store=store, limits=Limits()), Errors()
    queue = Queue(office.sending, address(store).replace("postgres@", "visitor@"), errors)
    await queue.start()
    await until(lambda: bool(errors.told))
    await queue.stop()
    assert errors.told == ["queue: InsufficientPrivilege"]


def test_an_address_that_the_queues_driver_cannot_use_is_refused(database_url: str) -> None:
    check(database_url)
    with pytest.raises(ValueError, match="sslmode"):
        check(f"{database_url}&ssl=require")
