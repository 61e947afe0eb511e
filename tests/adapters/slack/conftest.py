"""The emulator for all tests here, and a running coach for one."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from adapters.database.store import DatabaseStore
from knowledge.base import KnowledgeBase
from knowledge.engine import Engine
from tests.adapters.slack.emulator import Emulator
from tests.adapters.slack.scripted import Scripted
from tests.adapters.slack.whole import Whole, whole_coach
from tests.adapters.slack.world import World, world


@pytest.fixture(autouse=True)
def plain_log() -> None:
    """Lines go where a test can read them, whatever another test has set up."""
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    try:
        running = Emulator(tmp_path_factory.mktemp("slack"))
    except FileNotFoundError as error:
        pytest.skip(str(error))
    yield running
    running.stop()


@pytest.fixture
def coach() -> Scripted:
    return Scripted()


class NoInstallations:
    """For one workspace by its token nothing is installed."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the store of installations was asked: {name}")


@pytest.fixture
async def slack(emulator: Emulator, coach: Scripted) -> AsyncIterator[World]:
    """One workspace by token, HTTP, and a coach that a test scripts."""
    async with world(emulator, NoInstallations(), lambda _chat: coach) as made:  # type: ignore[arg-type]
        yield made


@pytest.fixture(scope="session")
def finder() -> Engine:
    """The search by words alone: quick to open."""
    return Engine.open(None, encoder=False)


@pytest.fixture
async def whole(
    emulator: Emulator, store: DatabaseStore, base: KnowledgeBase, finder: Engine
) -> AsyncIterator[Whole]:
    """The whole coach on a real store."""
    async with whole_coach(emulator, store, base, finder) as made:
        yield made
