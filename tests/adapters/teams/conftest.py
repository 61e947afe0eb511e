"""What the Teams tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.database.store import DatabaseStore
from tests.adapters.teams.harness import Wire
from tests.adapters.teams.painter import CHROMIUM, MODULES, Painter


@pytest.fixture(scope="session")
def painter() -> Iterator[Painter]:
    """Microsoft's renderer in headless Chromium."""
    if not Path(CHROMIUM).exists() or not (MODULES / "adaptivecards").exists():
        pytest.skip("needs chromium (apt-get install chromium) and npm ci in tests/node")
    painter = Painter()
    yield painter
    painter.close()


@pytest.fixture
async def wire(store: DatabaseStore, painter: Painter) -> AsyncIterator[Wire]:
    """The adapter on the wire; at the end, Microsoft's schema and renderer see every card."""
    wire = Wire(store)
    await wire.start()
    yield wire
    await wire.stop()
    assert wire.complaints() == []
    for card in wire.cards():
        assert painter.paint(card).complaints == ()
