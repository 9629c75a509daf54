"""Possible changes of a level over one span of time, each with its weight."""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

HOURS: Final = (0.5, 1.0, 3.0, 6.0, 12.0)
"""The horizons that the two rows below are for; between them, interpolated."""

WIDENING: Final = (1.5, 1.35, 1.15, 1.1, 1.05)
"""How much wider the future is than the past that resembles it."""

BLUR: Final = (1.0, 1.5, 2.5, 3.5, 4.5)
"""Points by which the lowest level of an analog may miss that of the future."""

DOUBT: Final = 0.01
"""How far a probability stays away from certainty, both sides together."""

MOST: Final = 0.999
"""The highest probability that is ever stated."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Changes up to one horizon, from the worst to the best."""

    hours: float
    """The horizon."""

    change: Floats
    """Points, ascending."""

    low: Floats
    """The lowest change on the way, in points."""

    weight: Floats
    """The share of each; they sum up to 1."""

    own: float = 1.0
    """The share that is the device's own past."""

    def quantiles(self, shares: Floats) -> Floats:
        """Return the changes (points) that these shares of futures stay below."""
        middle = np.cumsum(self.weight) - self.weight / 2
        found = np.interp(shares, middle, self.change)
        median = np.interp(0.5, middle, self.change)
        return median + np.interp(self.hours, HOURS, WIDENING) * (found - median)

    def probability(self, level: float, reserve: float, drain: float) -> float:
        """Return how likely a level stays at or above the reserve all the way.

        Args:
            level: The level (%) at the start.
            reserve: The level (%) not to fall below.
            drain: What tasks take on the way, in points. It counts in full for an
                analog that loses level; one that gains pays it from its gain.
        """
        if level < reserve:
            return 0.0
        dip = np.where(self.low < 0, self.low, np.minimum(self.change, drain)) - drain
        blur = np.interp(self.hours, HOURS, BLUR)
        margin = (level + dip - reserve + 0.5) / blur
        kept = float(self.weight @ _normal(margin))
        return min(MOST, DOUBT / 2 + (1 - DOUBT) * kept)


def _normal(x: Floats) -> Floats:
    """Return the standard normal distribution function."""
    return np.array([0.5 * erfc(-value / sqrt(2)) for value in x.tolist()])
