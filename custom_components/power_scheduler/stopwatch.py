"""The clock of a search that works beside the event loop."""

from time import monotonic, sleep
from typing import Final

STRETCH: Final = 0.002
"""After how many seconds without a pause the next look takes one.

Python switches threads by itself, but only after five milliseconds, and so once for
each thing that the event loop waits for.
"""

PAUSE: Final = 2e-5
"""What is asked for (s); an idle machine makes about a tenth of a millisecond of it."""


class Stopwatch:
    """Tells the seconds, and lets the event loop in now and then while it does."""

    def __init__(self) -> None:
        """Start."""
        self._paused = monotonic()

    def __call__(self) -> float:
        """Return the seconds from some moment."""
        if monotonic() > self._paused + STRETCH:
            sleep(PAUSE)
            self._paused = monotonic()
        return monotonic()
