"""What leads taught, made ready for searching, once a change and workspace."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answering import Answering, Local
from bot.errors import StoreUnavailable
from bot.messages import Workspace
from bot.ports.asking import AskStore, TaughtState

FRESH = timedelta(minutes=1)  # another replica's change is seen after this


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    at: datetime
    state: tuple[str, ...]
    local: Local


class TaughtEntries:
    """The local knowledge of each workspace: the overlay, and entries published in chat."""

    def __init__(
        self, answering: Answering, store: AskStore, clock: Callable[[], datetime]
    ) -> None:
        self._answering = answering
        self._store = store
        self._clock = clock
        self._loaded: dict[str, _Loaded] = {}
        self._overlay = answering.overlay_only()

    async def local(self, workspace: Workspace, *, memory: bool = True) -> Local:
        """What was published; what was known before, or the overlay alone, if the store is away."""
        known = self._loaded.get(workspace.key)
        now = self._clock()
        if not memory or (known and timedelta(0) <= now - known.at < FRESH):
            return known.local if known else self._overlay
        try:
            published = await self._store.taught(workspace, state=TaughtState.PUBLISHED)
        except StoreUnavailable:
            return known.local if known else self._overlay
        state = tuple(sorted(one.id for one in published))
        if known and known.state == state:
            local = known.local
        elif state:
            local = self._answering.local(
                [(one.id, one.topic, one.questions, one.text) for one in published]
            )
        else:
            local = self._overlay
        self._loaded[workspace.key] = _Loaded(at=now, state=state, local=local)
        return local

    def changed(self, workspace: Workspace) -> None:
        """Read again at the next question."""
        self._loaded.pop(workspace.key, None)
