"""The most similar moments of the past, and what came of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .grid import PER_HOUR, Past
from .library import SPANS, Library
from .similarity import AGEING, Situation, distance, strangeness
from .spread import Floats, Spread

NEAREST: Final = 90
"""How many analogs make a forecast."""

ENOUGH: Final = NEAREST // 2
"""How few of them still do."""

SHARPNESS: Final = 2.5
"""How many times less than the nearest analog the farthest weighs, as a logarithm."""


class Analogs:
    """The past of a device and of the population, ordered by similarity to now."""

    def __init__(self, now: Situation, past: Past, library: Library) -> None:
        """Measure how similar each moment is."""
        self._past = past
        self._library = library
        own = np.flatnonzero((past.plugged == now.plugged) & (past.reach > 0))
        others = np.flatnonzero(library.moments.plugged == now.plugged)
        age = len(past.levels) - own
        distances = np.concatenate(
            [
                distance(now, past, own) + AGEING * age,
                distance(now, library.moments, others)
                + strangeness(now, library, others),
            ]
        )
        # Without it, what comes first of equal values is up to the processor.
        order = np.argsort(distances, kind="stable")
        self._distance = distances[order]
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
        weight = np.exp(-beyond / max(1.0, beyond[-1] / SHARPNESS))
        own = self._own[near]
        changes = np.empty((2, len(near)))
        changes[:, own] = self._own_changes(self._row[near[own]], steps)
        changes[:, ~own] = self._other_changes(self._row[near[~own]], steps)
        order = np.argsort(changes[0], kind="stable")
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
