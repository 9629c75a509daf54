"""What silence between two samples means."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ..sample import Sample

HOUR: Final = timedelta(hours=1)

SHORT: Final = timedelta(hours=2)
"""A gap so short is bridged whatever happened."""

FLAT: Final = 2.0
"""Points that a level may have moved within any gap that is bridged."""

ASLEEP: Final = timedelta(hours=12)
"""How long a device may be asleep."""

ASLEEP_RATE: Final = -3.0
"""The fastest rate (%/h) of a device that is asleep."""

HALF_LIFE: Final = 7 * 24.0
"""Hours after which an old gap counts half in the usual one."""

LONGEST: Final = 24.0
"""Hours; a longer gap is an outage, and counts as one so long."""


def is_known_between(before: Sample, after: Sample) -> bool:
    """Say whether a level may be interpolated between two samples."""
    gap = after.at - before.at
    if gap <= SHORT:
        return True
    change = after.level - before.level
    return abs(change) <= FLAT or (
        gap <= ASLEEP and ASLEEP_RATE * (gap / HOUR) <= change <= 0
    )


@dataclass(slots=True)
class Gaps:
    """The gap between two samples that an average moment falls into."""

    _hours: float = 0.0
    _squares: float = 0.0

    def observe(self, hours: float) -> None:
        """Take in the next gap, in hours."""
        kept = 0.5 ** (hours / HALF_LIFE)
        hours = min(hours, LONGEST)
        self._hours = self._hours * kept + hours
        self._squares = self._squares * kept + hours**2

    @property
    def usual(self) -> timedelta | None:
        """The usual gap, or None before the first."""
        if self._hours == 0:
            return None
        return timedelta(hours=self._squares / self._hours)
