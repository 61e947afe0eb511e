"""Whether everything that an answer needs is there: database, schema, knowledge."""

from collections.abc import Mapping
from typing import Protocol

from bot.errors import OldSchema, StoreUnavailable


class Store(Protocol):
    async def ready(self) -> None: ...


class Readiness:
    """Implements adapters.web.app.Readiness; the base was read at the start, or we don't run."""

    def __init__(self, store: Store, topics: int) -> None:
        self._store = store
        self._topics = topics

    async def problems(self) -> Mapping[str, str]:
        found = {}
        try:
            await self._store.ready()
        except OldSchema:
            found["schema"] = "made by another version: run `maturity-coach migrate`"
        except StoreUnavailable as error:
            found["database"] = f"can't be used ({error})"
        if not self._topics:
            found["knowledge"] = "no topics: see `maturity-coach knowledge check`"
        return found
