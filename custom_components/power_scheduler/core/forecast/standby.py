"""Batteries that only bridge outages: the population says nothing of a UPS on mains."""

from statistics import NormalDist
from typing import Final

import numpy as np

from .charger import Charger
from .grid import PER_DAY, PER_HOUR, Past
from .library import REACH, SPANS, Library
from .similarity import Situation

STRIDE: Final = 37
"""Cases from one moment to the next, so that all are there at every time of day."""

SHARES: Final = (np.arange(PER_DAY) * STRIDE % PER_DAY + 0.5) / PER_DAY
"""Equally likely cases, one for each moment of a day."""

PACE: Final = 2 ** np.array([NormalDist().inv_cdf(share) for share in SHARES.tolist()])
"""How many times as fast as expected each charges: one in three is off by more than 2.

A UPS takes from two hours to a day, and its own charges soon tell which.
"""

ROUNDING: Final = SHARES - 0.5
"""Points by which a level in whole points may be off."""


def _gain(level: float, charger: Charger | None, hours: float) -> float:
    """Return what a charger adds to a level (%) in some hours."""
    return charger.charged(level, hours) - level if charger else 0.0


def on_mains(now: Situation, charger: Charger | None) -> Library:
    """Return a day of moments like now, after each of which the power stayed.

    The battery charges, and rests when it is full, or without a charger. Its own past
    weighs beside that day as it does beside the population, and so tells how often the
    power fails.
    """
    hours = np.array(SPANS) / PER_HOUR
    changes = np.array(
        [[_gain(now.level, charger, span * pace) for span in hours] for pace in PACE],
        np.float64,
    )
    changes[:, 1:] += ROUNDING[:, None]
    return Library(
        moments=Past(
            quarters=np.arange(PER_DAY, dtype=np.uint8),
            levels=np.full(PER_DAY, now.level, np.float32),
            plugged=np.full(PER_DAY, now.plugged),
            rates=np.full(PER_DAY, now.rate, np.float32),
            reach=np.full(PER_DAY, REACH, np.int32),
        ),
        drains=np.full(PER_DAY, now.drain),
        docked=np.full(PER_DAY, now.docked),
        changes=changes,
        lows=np.minimum(changes, 0.0),
    )
