"""The way from sample to sample, and what it tells on every step."""

from datetime import tzinfo
from typing import Final

from ..sample import Sample
from .gaps import Gaps
from .grid import SIZE, STEP, Grid
from .rate import Rates

HOUR: Final = 3600
"""Seconds."""


class Walk:
    """Goes through a battery's samples, moment by moment of the grid."""

    def __init__(self, zone: tzinfo) -> None:
        """Stand nowhere; zone is the local time that days are counted in."""
        self.rates = Rates()
        self.gaps = Gaps()
        self.grid = Grid(zone)
        self._at = 0.0
        """When the last sample was read, in seconds since 1970."""

        self._level = 0.0
        """Its level (%)."""

        self._due = 0.0
        """The next moment of the grid, in seconds since 1970."""

        self._sound = False
        """Whether the level is known since the last moment of the grid."""

    def begin(self, sample: Sample) -> None:
        """Stand at the first sample."""
        self._at, self._level = sample.at.timestamp(), sample.level
        self._due = self._at // STEP * STEP + STEP

    def advance(self, sample: Sample, *, plugged: bool, sound: bool, run: bool) -> None:
        """Go on to the next sample.

        Args:
            sample: It.
            plugged: Whether power was present at the start.
            sound: Whether the level is known all the way.
            run: Whether it is the same run all the way, and so tells its rate.
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
                self.grid.add(moment, level, rate, plugged=plugged, sound=self._sound)
                self._sound = sound
            self._due = float(STEP * (newest + 1))
        if run:
            step = end - at
            self.rates.advance(step / HOUR, slope * step, sample.level, plugged=plugged)
        self._at, self._level = end, sample.level
