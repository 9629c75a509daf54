"""A device's last 14 days as moments 15 minutes apart."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP: Final = 900
"""Seconds between two moments."""

PER_HOUR: Final = 3600 // STEP
PER_DAY: Final = 24 * PER_HOUR
SIZE: Final = 14 * PER_DAY
"""How many moments are kept."""

MEMORY: Final = timedelta(seconds=SIZE * STEP)
"""How far back the past is used."""


DOCKED: Final = 0.4
"""The share of time that the devices of the population are plugged."""

DOCKED_SHRINK: Final = 6 * PER_HOUR
"""Moments that this weighs beside those of the device."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Moments of one device or of several, those of one device oldest first."""

    levels: NDArray[np.float32]
    """%."""

    rates: NDArray[np.float32]
    """%/h, as known at each moment."""

    plugged: NDArray[np.bool]
    quarters: NDArray[np.uint8]
    """The local time of day, in quarters of an hour."""

    reach: NDArray[np.int32]
    """How many steps onwards from each moment are known."""

    @property
    def docked(self) -> float:
        """The share of time (0 to 1) plugged, shrunk towards the population's."""
        seen, usual = len(self.plugged), DOCKED_SHRINK * DOCKED
        return (float(self.plugged.sum()) + usual) / (seen + DOCKED_SHRINK)


NO_PAST: Final = Past(
    levels=np.empty(0, np.float32),
    rates=np.empty(0, np.float32),
    plugged=np.empty(0, np.bool),
    quarters=np.empty(0, np.uint8),
    reach=np.empty(0, np.int32),
)


class Grid:
    """The moments of one device, kept in a ring: adding one costs the same always."""

    def __init__(self, zone: tzinfo) -> None:
        """Start empty; zone is the local time that days are counted in."""
        self._zone = zone
        self._levels = np.zeros(SIZE, np.float32)
        self._rates = np.zeros(SIZE, np.float32)
        self._plugged = np.zeros(SIZE, np.bool)
        self._quarters = np.zeros(SIZE, np.uint8)
        self._sound = np.zeros(SIZE, np.bool)
        self._count = 0
        self._next = 0
        self._past: Past | None = NO_PAST

    def add(
        self, moment: int, level: float, rate: float, *, plugged: bool, sound: bool
    ) -> None:
        """Add the next moment.

        Args:
            moment: Which one, counted in steps since 1970.
            level: The level (%) then.
            rate: The rate (%/h) as known then.
            plugged: Whether external power was present.
            sound: Whether the level is known all the way from the moment before.
        """
        k = self._next
        self._levels[k] = level
        self._rates[k] = rate
        self._plugged[k] = plugged
        self._quarters[k] = self._quarter(moment)
        self._sound[k] = sound
        self._next = (k + 1) % SIZE
        self._count = min(self._count + 1, SIZE)
        self._past = None

    def past(self) -> Past:
        """Return a copy of what is held now; it is shared until a moment is added."""
        if self._past is None:
            order = np.arange(self._next - self._count, self._next) % SIZE
            self._past = Past(
                levels=self._levels[order],
                rates=self._rates[order],
                plugged=self._plugged[order],
                quarters=self._quarters[order],
                reach=_reach(self._sound[order]),
            )
        return self._past

    def _quarter(self, moment: int) -> int:
        """Return the local time of day of a moment, in quarters of an hour."""
        local = datetime.fromtimestamp(moment * STEP, UTC).astimezone(self._zone)
        return PER_HOUR * local.hour + local.minute * PER_HOUR // 60


def _reach(sound: NDArray[np.bool]) -> NDArray[np.int32]:
    """Return how many sound steps follow each moment."""
    here = np.arange(len(sound))
    breaks = np.append(np.flatnonzero(~sound), len(sound))
    following = breaks[np.searchsorted(breaks, here, side="right")]
    return np.asarray(following - here - 1, np.int32)
