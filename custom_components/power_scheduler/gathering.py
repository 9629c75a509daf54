"""Looking once at what is told by many."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable

from homeassistant.core import callback


class Gathering:
    """Waits until it is time to look."""

    def __init__(self, loop: AbstractEventLoop, look: Callable[[], None]) -> None:
        """Wait for nothing yet."""
        self._loop = loop
        self._look = look
        self._timer: TimerHandle | None = None

    @callback
    def look_within(self, seconds: float) -> None:
        """Look in some seconds, if there is no look before."""
        due = self._loop.time() + seconds
        if self._timer is None or due < self._timer.when():
            self.stop()
            self._timer = self._loop.call_at(due, self._end)

    @callback
    def stop(self) -> None:
        """Wait for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    @callback
    def _end(self) -> None:
        """Look."""
        self._timer = None
        self._look()
