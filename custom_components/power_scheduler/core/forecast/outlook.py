"""What a forecast says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Basis(StrEnum):
    """What a forecast rests on."""

    OWN_HISTORY = "own_history"
    POPULATION = "population"
    MEAN_RATE = "mean_rate"
    """A battery that hardly moves: its mean rate over up to 90 days.

    And a UPS on mains: the mean rate of its charger until it is full, or none while
    it is idle.
    """


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in which a device is known to be charging."""

    start: datetime
    end: datetime


def merged(windows: Iterable[Window]) -> list[Window]:
    """Return the same spans in order, those that touch each other as one."""
    found: list[Window] = []
    for window in sorted(windows, key=lambda window: window.start):
        if found and window.start <= found[-1].end:
            last = found.pop()
            found.append(Window(last.start, max(last.end, window.end)))
        else:
            found.append(window)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a battery's level may be at one moment ahead."""

    level: float
    """The median level (%)."""

    p10: float
    """The level (%) that nine futures in ten exceed."""

    p90: float
    """The level (%) that one future in ten exceeds."""

    probability: float
    """How likely the level stays at or above the reserve all the way (0 to 1)."""

    @property
    def confidence(self) -> float:
        """How narrow the 80 % interval is: 1 a point, 0 the whole scale."""
        return 1 - (self.p90 - self.p10) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How a level goes, slot by slot, at one confidence and without any task."""

    level: float
    """The level (%) now."""

    changes: tuple[float, ...]
    """The change (%) in each slot; while plugged, what the charger could add.

    The level itself never leaves 0..ceiling, so that a full battery has room
    for a task that its charger pays for.
    """

    plugged: tuple[bool, ...]
    """Whether external power is taken to be present, slot by slot."""

    ceiling: float
    """The level (%) at which charging ends."""
