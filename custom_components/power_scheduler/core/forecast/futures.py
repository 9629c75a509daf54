"""Possible changes of a level, for any time ahead."""

from typing import Final, Protocol

import numpy as np

from .grid import PER_DAY, PER_HOUR
from .library import REACH
from .spread import Floats, Spread

KNOTS: Final = (
    *range(3 * PER_HOUR),
    *range(3 * PER_HOUR, REACH, PER_HOUR // 2),
    *range(REACH, 3 * PER_DAY + 1, PER_HOUR),
)
"""The steps at which a curve is computed; between them, it is straight.

They reach three days ahead: a task may end in two, and its guard time take one more.
"""

HANDOVER: Final = 3 * PER_HOUR
"""Steps beyond the library's reach in which the device's own past takes over."""


class Source(Protocol):
    """Where possible changes come from."""

    def over(self, steps: int) -> Spread | None:
        """Return the changes within some steps of a grid, or None if unknown."""


class Futures:
    """The possible changes of a level from one moment on."""

    def __init__(self, source: Source, lag: int = 0) -> None:
        """Compute nothing yet.

        Args:
            source: Where the changes come from.
            lag: The steps since the level was read, if it has gone on meanwhile.
        """
        self._source = source
        self._lag = lag
        self._spreads: dict[int, Spread | None] = {}

    def spread(self, steps: int) -> Spread | None:
        """Return the changes within some steps of a grid, or None if unknown."""
        if steps not in self._spreads:
            # The lag alone is no reason to know nothing.
            since = min(steps + self._lag, max(steps, REACH))
            self._spreads[steps] = self._source.over(since)
        return self._spreads[steps]

    def quantiles(self, steps: int, shares: Floats) -> Floats | None:
        """Return the changes (points) that these shares of futures stay below.

        None where nothing is known.
        """
        if (spread := self.spread(steps)) is None:
            return None
        found = spread.quantiles(shares)
        edge = self.spread(REACH) if steps > REACH else None
        if edge is None:
            return found
        taken = min(1.0, (steps - REACH) / HANDOVER)
        return taken * found + (1 - taken) * edge.quantiles(shares)

    def curve(self, hours: Floats, shares: Floats) -> Floats:
        """Return the same for ascending times ahead, a row for each.

        Times of which nothing is known have no row.
        """
        steps = hours * PER_HOUR
        rows = [np.zeros(len(shares))]
        for knot in KNOTS[1 : int(np.searchsorted(KNOTS, steps[-1])) + 1]:
            if (row := self.quantiles(knot, shares)) is None:
                break
            rows.append(row)
        knots = KNOTS[: len(rows)]
        known = steps[steps <= knots[-1]]
        columns = [np.interp(known, knots, column) for column in np.array(rows).T]
        return np.stack(columns, axis=1)
