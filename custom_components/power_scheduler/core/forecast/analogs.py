"""The most similar moments of the past, and what came of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .grid import PER_DAY, PER_HOUR, Past
from .library import SPANS, Library
from .spread import Floats, Spread

NEAREST: Final = 90
"""How many analogs make a forecast."""

ENOUGH: Final = NEAREST // 2
"""How few of them still do."""

LEVEL_SCALE: Final = 12.0
"""Points of level that count as one unit of distance."""

FULL: Final = 99.0
"""The level (%) from which a plugged battery is full: a situation of its own."""

FULL_AS: Final = 101.0

RATE_UNIT: Final = 3.0
"""%/h up to which rates differ linearly; beyond, by their ratio."""

RATE_SCALE: Final = 0.5
CLOCK_SCALE: Final = 2.5
"""Hours of the day that count as one unit of distance."""

AGEING: Final = 2 * np.log(2) / 12 / PER_DAY
"""Squared distance per step of age: an analog's weight halves in some 12 days."""

STRANGE: Final = 5.0
"""Squared distance between this device and all others."""


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


class Analogs:
    """The past of a device and of the population, ordered by similarity to now."""

    def __init__(self, now: Situation, past: Past, library: Library) -> None:
        """Measure how similar each moment is."""
        self._past = past
        self._library = library
        own = np.flatnonzero((past.plugged == now.plugged) & (past.reach > 0))
        others = np.flatnonzero(library.moments.plugged == now.plugged)
        age = len(past.levels) - own
        distance = np.concatenate(
            [
                _distance(now, past, own) + AGEING * age,
                _distance(now, library.moments, others) + STRANGE,
            ]
        )
        order = np.argsort(distance)
        self._distance = distance[order]
        self._row = np.concatenate([own, others])[order]
        self._own = (np.arange(len(order)) < len(own))[order]
        reach = np.concatenate([past.reach[own], library.moments.reach[others]])
        self._reach = reach[order]

    def over(self, steps: int) -> Spread | None:
        """Return what came of the analogs within some steps of a grid.

        None when too few of them reach so far.
        """
        near = np.flatnonzero(self._reach >= steps)[:NEAREST]
        if len(near) < ENOUGH:
            return None
        beyond = self._distance[near] - self._distance[near[0]]
        weight = np.exp(-beyond / max(1.0, beyond[-1] / 2))
        own = self._own[near]
        changes = np.empty((2, len(near)))
        changes[:, own] = self._own_changes(self._row[near[own]], steps)
        changes[:, ~own] = self._other_changes(self._row[near[~own]], steps)
        order = np.argsort(changes[0])
        weight = weight[order] / weight.sum()
        return Spread(
            hours=steps / PER_HOUR,
            change=changes[0, order],
            low=changes[1, order],
            weight=weight,
            own=float(weight @ own[order]),
        )

    def _own_changes(self, rows: NDArray[np.intp], steps: int) -> Floats:
        """Return the changes, and below them the lowest changes on the way."""
        levels = self._past.levels
        ways = levels[rows[:, None] + np.arange(1, steps + 1)] - levels[rows, None]
        return np.stack([ways[:, -1], ways.min(axis=1)]).astype(np.float64)

    def _other_changes(self, rows: NDArray[np.intp], steps: int) -> Floats:
        """Return the same of the library, between its spans interpolated."""
        if not len(rows):
            return np.empty((2, 0))
        right = int(np.searchsorted(SPANS, steps))
        share = (steps - SPANS[right - 1]) / (SPANS[right] - SPANS[right - 1])
        both = np.stack([self._library.changes[rows], self._library.lows[rows]])
        return both[:, :, right - 1] * (1 - share) + both[:, :, right] * share


def _distance(now: Situation, moments: Past, rows: NDArray[np.intp]) -> Floats:
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


def _bend(rate: NDArray[np.floating]) -> Floats:
    """Return rates (%/h) on a scale where equal ratios lie equally far apart."""
    size = np.log1p(np.abs(rate.astype(np.float64)) / RATE_UNIT)
    return np.asarray(np.sign(rate) * size / RATE_SCALE)
