"""What one run is to be, and which bad things can happen in it."""

from dataclasses import dataclass

EVENTS = {
    "kill": "kill -9 of random replicas every 1–2 s, started again at once",
    "dead": "one replica killed and never started again",
    "freeze": "one replica stopped for longer than the lease, then awake with its work in hand",
    "restart": "PostgreSQL crashed and started",
    "deploy": "one replica after the other replaced by a version with a new kind of send",
    "switch": "one replica after the other started with the other engine",
    "clock": "one replica's clock five hours ahead, then five behind, then right",
    "storm": "429s, with another Retry-After in each workspace",
    "refuse": "channels that refuse for good",
    "drop": "connections dropped after acceptance",
    "late": "posts accepted after the client has given up",
    "errors": "500, 502 and 503, before and after acceptance; look-ups that fail or take long",
}
NEED_POSTGRESQL = frozenset({"restart", "switch"})
NEED_SEVERAL = frozenset({"dead", "switch"})
PLATFORMS = ("slack", "teams", "mixed")
MOST_A_SECOND = 2000.0  # of a workspace without a limit; what is measured then is us


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One run. Raises ValueError where an event can't happen on such a set-up."""

    channels: int
    database: str  # sqlite or postgresql
    engine: str = "embedded"
    replicas: int = 1
    chaos: frozenset[str] = frozenset()
    platform: str = "slack"  # teams: no look-up; mixed: every other workspace is such a one
    content: str = "quiet"  # full: eight closed pulses, actions and questions a channel
    extras: float = 0.2  # share of channels with another post and two direct messages
    lasts: float = 0.0  # seconds that posting should take by the platform's limit; 0: no limit
    lease: float = 5.0  # seconds
    kills: int = 20
    fastest: float = 0.1  # seconds of an answer
    slowest: float = 0.4
    parallel: int = 128
    seed: int = 1
    timeout: float = 300.0  # seconds

    def __post_init__(self) -> None:
        impossible = self.chaos - possible(self.database, self.replicas)
        if impossible:
            raise ValueError(
                f"{', '.join(sorted(impossible))}: unknown, or not with {self.database} and "
                f"{self.replicas} replica(s)"
            )

    def pace(self, sends: int, workspaces: int) -> float:
        """Posts a second that the platform takes in one workspace."""
        return sends / workspaces / self.lasts if self.lasts else MOST_A_SECOND


def possible(database: str, replicas: int) -> frozenset[str]:
    """All that can happen on such a set-up: what `all` means."""
    none = NEED_POSTGRESQL if database == "sqlite" else frozenset()
    alone = NEED_SEVERAL if replicas < 2 else frozenset()
    return frozenset(EVENTS) - none - alone
