"""How alike two moments are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .grid import PER_DAY, Past
from .library import Library
from .spread import Floats

LEVEL_SCALE: Final = 12.0
"""Points of level that count as one unit of distance."""

FULL: Final = 99.0
"""The level (%) from which a plugged battery is full: a situation of its own."""

FULL_AS: Final = 101.0

RATE_UNIT: Final = 5.0
"""%/h up to which rates differ linearly; beyond, by their ratio."""

RATE_SCALE: Final = 0.5
CLOCK_SCALE: Final = 2.2
"""Hours of the day that count as one unit of distance."""

AGEING: Final = 2 * np.log(2) / 12 / PER_DAY
"""Squared distance per step of age: an analog's weight halves in some 12 days."""

STRANGE: Final = 4.0
"""Squared distance between this device and all others."""

DRAIN_SCALE: Final = 0.6
"""The ratio of two devices' drains, as a logarithm, that counts as one unit."""

SLOWEST_DRAIN: Final = 0.5
"""%/h below which drains do not differ."""

DOCKED_SCALE: Final = 0.32
"""The share of time plugged that counts as one unit."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a forecast starts from."""

    level: float
    """%."""

    rate: float
    """%/h."""

    plugged: bool
    quarter: float
    """The local time of day, in quarters of an hour."""

    drain: float
    """The device's usual rate on battery, in %/h."""

    docked: float
    """The share of time (0 to 1) that the device is plugged."""


def distance(now: Situation, moments: Past, rows: NDArray[np.intp]) -> Floats:
    """Return the squared distance of some moments from now."""
    levels = moments.levels[rows].astype(np.float64)
    level = now.level
    if now.plugged:
        levels[levels >= FULL] = FULL_AS
        level = FULL_AS if level >= FULL else level
    angle = 2 * np.pi / PER_DAY * (moments.quarters[rows] - now.quarter)
    # The straight line between two times of day, drawn on a clock's face.
    clock = 24 / (2 * np.pi) / CLOCK_SCALE
    return np.asarray(
        ((levels - level) / LEVEL_SCALE) ** 2
        + (_bend(moments.rates[rows]) - _bend(np.array(now.rate))) ** 2
        + 2 * clock**2 * (1 - np.cos(angle))
    )


def strangeness(now: Situation, library: Library, rows: NDArray[np.intp]) -> Floats:
    """Return the squared distance of some rows' devices from this device."""
    drains = np.log(np.maximum(SLOWEST_DRAIN, -library.drains[rows]))
    drain = np.log(max(SLOWEST_DRAIN, -now.drain))
    return np.asarray(
        STRANGE
        + ((drains - drain) / DRAIN_SCALE) ** 2
        + ((library.docked[rows] - now.docked) / DOCKED_SCALE) ** 2
    )


def _bend(rate: NDArray[np.floating]) -> Floats:
    """Return rates (%/h) on a scale where equal ratios lie equally far apart."""
    size = np.log1p(np.abs(rate.astype(np.float64)) / RATE_UNIT)
    return np.asarray(np.sign(rate) * size / RATE_SCALE)
