"""What the batteries of other devices did: moments of a small population."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self

import numpy as np

from .grid import Past
from .spread import Floats

SPANS: Final = (0, 2, 4, 12, 24, 48)
"""How far ahead (in steps of a grid) a row tells; in between, interpolated."""

REACH: Final = SPANS[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Moments of the population, and what came of each."""

    moments: Past
    changes: Floats
    """Points up to each of SPANS (columns), one row for each moment."""

    lows: Floats
    """The lowest change on the way to each of SPANS (columns)."""

    @classmethod
    def of(cls, rows: Floats) -> Self:
        """Read rows of quarter, level, plugged, rate, changes and lows."""
        none = np.zeros((len(rows), 1))
        changes, lows = np.hsplit(rows[:, 4:], 2)
        return cls(
            moments=Past(
                quarters=rows[:, 0].astype(np.uint8),
                levels=rows[:, 1].astype(np.float32),
                plugged=rows[:, 2] == 1,
                rates=rows[:, 3].astype(np.float32),
                reach=np.full(len(rows), REACH, np.int32),
            ),
            changes=np.hstack([none, changes]),
            lows=np.hstack([none, lows]),
        )


def _population() -> Library:
    """Read the library that comes with the integration."""
    text = files(__package__).joinpath("population.csv").read_text("ascii")
    return Library.of(np.loadtxt(text.splitlines(), delimiter=","))


POPULATION: Final = _population()
"""Read once, at import, which Home Assistant does in a thread of its own."""
