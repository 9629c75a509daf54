"""Batteries that hardly move: coin cells, and devices that stay in their dock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Final

import numpy as np

from ..sample import Sample
from .grid import PER_HOUR
from .spread import Spread

HOUR: Final = timedelta(hours=1)

MEMORY: Final = timedelta(days=90)
SPACING: Final = timedelta(days=1)
"""How far the samples that are kept lie apart."""

SEEN: Final = timedelta(hours=24)
"""How long a device has to be known before it counts as slow."""

SEEN_FLAGLESS: Final = timedelta(minutes=15)
"""The same where nothing ever told a power source, as with most coin cells."""

SHRINK: Final = timedelta(hours=24)
"""The time that no drain at all weighs beside what was seen."""

RISE: Final = 3.0
"""Points of rise that show that a battery is being charged."""

CALM: Final = timedelta(days=14)
"""How long after such a rise a device may count as slow again."""

DOCKED: Final = timedelta(hours=12)
"""How long a device has to stand plugged to be one that stays in its dock."""

STANDING: Final = 1.0
"""Points that a level may move and still stand."""

FASTEST: Final = -0.5
"""The mean rate (%/h) of the fastest slow battery."""

NOISE: Final = 0.7
"""Standard deviation, in points, of what such a sensor reports."""

CASES: Final = [NormalDist().inv_cdf((k + 0.5) / 20) for k in range(20)]
"""Twenty equally likely cases of a standard normal distribution."""


@dataclass(slots=True)
class SlowDrain:
    """Keeps a sample a day since the battery was last charged or changed."""

    _kept: list[Sample] = field(default_factory=list)
    _lowest: float = 100.0
    _charged: datetime | None = None
    _flagless: bool = True

    def observe(self, sample: Sample, *, jumped: bool) -> None:
        """Take in the next sample; a jump is a changed battery, not a charge."""
        self._flagless = self._flagless and sample.plugged is None
        charged = sample.plugged or (sample.level >= self._lowest + RISE and not jumped)
        if charged:
            self._charged = sample.at
        if charged or jumped:
            self._kept.clear()
        if not self._kept:
            self._lowest = sample.level
            self._kept.append(sample)
            return
        self._lowest = min(self._lowest, sample.level)
        if sample.at - self._kept[-1].at >= SPACING:
            self._kept.append(sample)
            while self._kept[0].at < sample.at - MEMORY:
                del self._kept[0]

    def rate(self, last: Sample, now: datetime) -> float | None:
        """Return the mean rate (%/h) of a slow battery, or None if it is none.

        A level that is not reported anew has not changed, so silence counts too.
        """
        first = self._kept[0]
        span = now - first.at
        seen = SEEN_FLAGLESS if self._flagless else SEEN
        if span < (seen if self._charged is None else CALM):
            return None
        change = last.level - first.level
        if change / (span / HOUR) < FASTEST:
            return None
        return change / ((span + SHRINK) / HOUR)


@dataclass(slots=True)
class Dock:
    """Tells a device that stays plugged: a wall tablet, a UPS.

    Most devices of the population are taken along, so it says nothing of these.
    """

    _unplugged: datetime | None = None
    _standing: Sample | None = None

    def observe(self, sample: Sample, *, plugged: bool | None) -> None:
        """Take in the next sample; what its power source is may be unknown."""
        if plugged is False:
            self._unplugged = sample.at
        if not plugged:
            self._standing = None
        elif self._standing is None or (
            abs(sample.level - self._standing.level) > STANDING
        ):
            self._standing = sample

    def is_docked(self, last: Sample) -> bool:
        """Say whether the device has long stood plugged, and has known little else."""
        if self._standing is None or last.at - self._standing.at < DOCKED:
            return False
        return self.is_unfailing(last)

    def is_unfailing(self, last: Sample) -> bool:
        """Say whether no time without power is known of in the last two weeks."""
        return self._unplugged is None or last.at - self._unplugged >= CALM


@dataclass(frozen=True, slots=True)
class Steady:
    """The future of a battery that hardly moves: its mean rate goes on."""

    rate: float
    """%/h."""

    def over(self, steps: int) -> Spread:
        """Return what comes of it within some steps of a grid."""
        hours = steps / PER_HOUR
        change = self.rate * hours + NOISE * np.array(CASES)
        return Spread(
            hours=hours,
            change=change,
            low=np.minimum(change, 0.0),
            weight=np.full(len(CASES), 1 / len(CASES)),
        )
