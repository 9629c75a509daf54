"""How fast a device charges, and where it stops."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import fmean
from typing import Final, Self

from ..sample import Sample

HOUR: Final = timedelta(hours=1)

TAPER: Final = 80.0
"""The level (%) up to which a battery charges at full speed."""

BULK: Final = 30.0
"""Full speed (%/h) of a device not yet seen charging: nine in ten are not slower."""

TOP_SHARE: Final = 0.6
"""The share of full speed that is left above TAPER; the median of real devices."""

SHRINK: Final = 1.0
"""Hours that these usual speeds weigh beside those of the device."""

SLOWEST: Final = 5.0
"""The slowest rise (%/h) that shows a charger at work, and not standing still."""

RECENT: Final = 5
"""How many of the last level changes tell when a battery is full, as in UPower."""

HELD: Final = timedelta(hours=1)
"""How long a plugged level has to stand still to be a charge limit."""

LOWEST_LIMIT: Final = 50.0
"""The lowest level (%) at which devices let users stop charging."""


@dataclass(slots=True)
class Speed:
    """A mean speed that starts at a usual one."""

    _rise: float
    """Points."""

    _hours: float = SHRINK

    @classmethod
    def usual(cls, speed: float) -> Self:
        """Return a usual speed, in %/h."""
        return cls(speed * SHRINK)

    def learn(self, rise: float, hours: float) -> None:
        """Take in a rise, in points, and how long it took."""
        self._rise += rise
        self._hours += hours

    @property
    def value(self) -> float:
        """The mean speed, in %/h."""
        return self._rise / self._hours


@dataclass(frozen=True, slots=True)
class Charger:
    """What is known of a device's charging."""

    bulk: float = BULK
    """Speed up to TAPER, in %/h."""

    top: float = BULK * TOP_SHARE
    """Speed above it, in %/h."""

    recent: float | None = None
    """Speed of the last level changes while plugged, in %/h; None before any."""

    ceiling: float = 100.0
    """The level (%) at which charging ends."""

    def charged(self, level: float, hours: float) -> float:
        """Return the level (%) after some hours of charging."""
        if level >= self.ceiling:
            return level
        until_taper = max(0.0, TAPER - level) / self.bulk
        bulk = min(hours, until_taper) * self.bulk
        top = max(0.0, hours - until_taper) * self.top
        return min(self.ceiling, level + bulk + top)

    def until_full(self, level: float) -> float | None:
        """Return the hours that charging from a level (%) takes, or None if it rests.

        The speed is halfway between the usual one and that of the last changes.
        """
        if level >= self.ceiling or (self.recent is not None and self.recent <= 0):
            return None
        usual = self.bulk if level < TAPER else self.top
        pace = 1.0 if self.recent is None else (1 + self.recent / usual) / 2
        bulk = max(0.0, TAPER - level) / self.bulk
        top = (100 - max(TAPER, level)) / self.top
        return (bulk + top) / pace


@dataclass(slots=True)
class ChargerSense:
    """Learns of a device's charging, sample by sample; takes it for usual at first."""

    _bulk: Speed = field(default_factory=partial(Speed.usual, BULK))
    _top: Speed = field(default_factory=partial(Speed.usual, BULK * TOP_SHARE))
    _recent: list[float] = field(default_factory=list)
    _changed: Sample | None = None
    _held: Sample | None = None

    def restart(self, sample: Sample, *, plugged: bool) -> None:
        """Begin a new run; only one on external power tells anything."""
        self._recent.clear()
        self._changed = self._held = sample if plugged else None

    def observe(self, sample: Sample) -> None:
        """Take in the next sample of the current run."""
        if self._changed is None or self._held is None:
            return
        if abs(sample.level - self._held.level) > 1:
            self._held = sample
        if (rise := sample.level - self._changed.level) != 0:
            hours = (sample.at - self._changed.at) / HOUR
            self._recent.append(rise / hours)
            del self._recent[:-RECENT]
            if rise / hours >= SLOWEST:
                speed = self._bulk if sample.level <= TAPER else self._top
                speed.learn(rise, hours)
            self._changed = sample

    def charger(self, last: datetime) -> Charger:
        """Return what is known as of the last sample."""
        held = self._held
        limited = (
            held is not None and last - held.at >= HELD and held.level >= LOWEST_LIMIT
        )
        return Charger(
            bulk=self._bulk.value,
            top=self._top.value,
            recent=fmean(self._recent) if self._recent else None,
            ceiling=held.level if held is not None and limited else 100.0,
        )
