"""A device's last 14 days as moments 15 minutes apart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP: Final = 900
"""Seconds between two moments."""

PER_HOUR: Final = 3600 // STEP
PER_DAY: Final = 24 * PER_HOUR
SIZE: Final = 14 * PER_DAY
"""How many moments are kept."""

ROOM: Final = SIZE + PER_DAY
"""How many moments there is room for, before old ones are left behind."""

MOMENT: Final = np.dtype(
    [
        ("level", np.float32),
        ("rate", np.float32),
        ("plugged", np.bool),
        ("quarter", np.uint8),
        ("sound", np.bool),
    ],
    align=True,
)

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

    reach: NDArray[np.signedinteger]
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
    reach=np.empty(0, np.int16),
)


def _room() -> bytearray:
    """Return room for moments."""
    return bytearray(ROOM * MOMENT.itemsize)


@dataclass(slots=True)
class Grid:
    """The moments of one device, and room for one more day of them."""

    _room: bytearray = field(default_factory=_room)
    """The moments, each as MOMENT lays it out."""

    _end: int = 0
    """How many there are."""

    _moments: NDArray[np.void] = field(init=False, repr=False, compare=False)
    _past: Past | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at the room as moments.

        Raises:
            ValueError: There is not as much of it as there has to be.
        """
        self._moments = np.frombuffer(self._room, MOMENT)
        if len(self._moments) != ROOM or not 0 <= self._end <= ROOM:
            raise ValueError(f"not {ROOM} moments with {self._end} taken")

    def add(
        self, quarter: int, level: float, rate: float, *, plugged: bool, sound: bool
    ) -> None:
        """Add the next moment.

        Args:
            quarter: The local time of day then, in quarters of an hour.
            level: The level (%) then.
            rate: The rate (%/h) as known then.
            plugged: Whether external power was present.
            sound: Whether the level is known all the way from the moment before.
        """
        if self._end == ROOM:
            self._move()
        self._moments[self._end] = (level, rate, plugged, quarter, sound)
        self._end += 1
        self._past = None

    def past(self) -> Past:
        """Return what is held now, without a copy: what was added never changes."""
        if self._past is None:
            moments = self._moments[max(0, self._end - SIZE) : self._end]
            self._past = Past(
                levels=moments["level"],
                rates=moments["rate"],
                plugged=moments["plugged"],
                quarters=moments["quarter"],
                reach=_reach(moments["sound"]),
            )
        return self._past

    def _move(self) -> None:
        """Leave old moments behind; those who still look at them have the array."""
        kept = self._room[-SIZE * MOMENT.itemsize :]
        self._room = kept + bytes((ROOM - SIZE) * MOMENT.itemsize)
        self._moments = np.frombuffer(self._room, MOMENT)
        self._end = SIZE


@lru_cache(maxsize=2 * SIZE)
def quarter(zone: tzinfo, moment: int) -> int:
    """Return the local time of day of a moment, in quarters of an hour.

    All devices of a home ask for the same moments.
    """
    local = datetime.fromtimestamp(moment * STEP, UTC).astimezone(zone)
    return PER_HOUR * local.hour + local.minute * PER_HOUR // 60


def _reach(sound: NDArray[np.bool]) -> NDArray[np.int16]:
    """Return how many sound steps follow each moment."""
    here = np.arange(len(sound))
    breaks = np.append(np.flatnonzero(~sound), len(sound))
    following = breaks[np.searchsorted(breaks, here, side="right")]
    return np.asarray(following - here - 1, np.int16)
