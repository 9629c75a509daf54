"""The grain of a plan: slots of time, levels, and the resources of a device."""

from datetime import datetime, timedelta
from math import ceil
from typing import Final

SLOT: Final = timedelta(minutes=10)
"""Fine enough for a sync, coarse enough for two days."""

FULL_LEVEL: Final = 10_000
"""100 %, in 0.01 %."""

HOUR: Final = timedelta(hours=1)
RESOURCES: Final = ("cpu", "memory", "network")


def slots_until(moment: datetime | None, at: datetime) -> int:
    """Return the first slot that starts no earlier than a moment."""
    return 0 if moment is None else max(0, ceil((moment - at) / SLOT))


def slots_for(duration: timedelta) -> int:
    """Return how many slots a duration takes."""
    return max(1, ceil(duration / SLOT))
