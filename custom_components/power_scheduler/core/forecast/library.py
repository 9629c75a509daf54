"""What the batteries of other devices did: moments of a small population."""

from dataclasses import dataclass
import gzip
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
    drains: Floats
    """The usual rate (%/h) on battery of each moment's device."""

    docked: Floats
    """The share of time (0 to 1) that each moment's device is plugged."""

    changes: Floats
    """Points up to each of SPANS (columns), one row for each moment."""

    lows: Floats
    """The lowest change on the way to each of SPANS (columns)."""

    @classmethod
    def of(cls, rows: Floats) -> Self:
        """Read rows of quarter, level, plugged, rate, drain, docked, changes, lows."""
        none = np.zeros((len(rows), 1))
        changes, lows = np.hsplit(rows[:, 6:], 2)
        return cls(
            moments=Past(
                quarters=rows[:, 0].astype(np.uint8),
                levels=rows[:, 1].astype(np.float32),
                plugged=rows[:, 2] == 1,
                rates=rows[:, 3].astype(np.float32),
                reach=np.full(len(rows), REACH, np.int32),
            ),
            drains=rows[:, 4],
            docked=rows[:, 5],
            changes=np.hstack([none, changes]),
            lows=np.hstack([none, lows]),
        )


def _population() -> Library:
    """Read the library that comes with the integration."""
    packed = files(__package__).joinpath("population.csv.gz").read_bytes()
    text = gzip.decompress(packed).decode("ascii")
    return Library.of(np.loadtxt(text.splitlines(), delimiter=","))


POPULATION: Final = _population()
"""Read once, at import, which Home Assistant does in a thread of its own."""
