"""A clock that can be moved ahead, to see in minutes what takes weeks."""

from collections.abc import Callable
from datetime import datetime, timedelta


class MovableClock:
    """The given clock, plus what it was moved by."""

    def __init__(self, real: Callable[[], datetime], *, fixed: bool = False) -> None:
        self._real = real
        self.fixed = fixed  # others live by the same clock: not to be moved by a person here
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return self._real() + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by
