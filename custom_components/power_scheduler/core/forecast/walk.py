"""The way from sample to sample, and what it tells on every step."""

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from ..sample import Sample
from .gaps import Gaps
from .grid import SIZE, STEP, Grid, quarter
from .rate import Rates

HOUR: Final = 3600
"""Seconds."""


@dataclass(slots=True)
class Walk:
    """Goes through a battery's samples, moment by moment of the grid."""

    rates: Rates = field(default_factory=Rates)
    gaps: Gaps = field(default_factory=Gaps)
    grid: Grid = field(default_factory=Grid)
    _at: float = 0.0
    """When the last sample was read, in seconds since 1970."""

    _level: float = 0.0
    """Its level (%)."""

    _due: float = 0.0
    """The next moment of the grid, in seconds since 1970."""

    _sound: bool = False
    """Whether the level is known since the last moment of the grid."""

    def begin(self, sample: Sample) -> None:
        """Stand at the first sample."""
        self._at, self._level = sample.at.timestamp(), sample.level
        self._due = self._at // STEP * STEP + STEP

    def advance(
        self, sample: Sample, *, plugged: bool, sound: bool, run: bool, zone: tzinfo
    ) -> None:
        """Go on to the next sample.

        Args:
            sample: It.
            plugged: Whether power was present at the start.
            sound: Whether the level is known all the way.
            run: Whether it is the same run all the way, and so tells its rate.
            zone: The local time that days are counted in.
        """
        at, end = self._at, sample.at.timestamp()
        self.gaps.observe((end - at) / HOUR)
        slope = (sample.level - self._level) / (end - at)
        self._sound = self._sound and sound
        if self._due <= end:
            newest = int(end // STEP)
            for moment in range(max(int(self._due // STEP), newest - SIZE), newest + 1):
                step = moment * STEP - at
                at += step
                level = sample.level - slope * (end - at)
                if run:
                    self.rates.advance(
                        step / HOUR, slope * step, level, plugged=plugged
                    )
                rate = self.rates.current(plugged=plugged)
                self.grid.add(
                    quarter(zone, moment),
                    level,
                    rate,
                    plugged=plugged,
                    sound=self._sound,
                )
                self._sound = sound
            self._due = float(STEP * (newest + 1))
        if run:
            step = end - at
            self.rates.advance(step / HOUR, slope * step, sample.level, plugged=plugged)
        self._at, self._level = end, sample.level
