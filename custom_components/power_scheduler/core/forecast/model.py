"""A model of one battery: what its past says of its future."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import erf, exp, sqrt
from statistics import NormalDist
from typing import Final

from ..sample import Sample
from .outlook import Basis, Outlook, Path, Window

MEMORY: Final = timedelta(days=14)
"""How far back the past is used."""

SPAN: Final = timedelta(minutes=15)
"""How long a run must be before it tells a rate."""


class Model:
    """Follows one battery, sample by sample."""

    def __init__(self, zone: tzinfo) -> None:
        """Start with no past; zone is the local time that days are counted in."""
        self._zone = zone
        self._samples: deque[Sample] = deque()

    @property
    def plugged(self) -> bool | None:
        """Whether external power is present: as told, else as the level shows."""
        return self._samples[-1].plugged if self._samples else None

    @property
    def last(self) -> Sample | None:
        """The newest sample, or None when there is none."""
        return self._samples[-1] if self._samples else None

    def record(self, sample: Sample) -> bool:
        """Take in one sample; False if it is refused, being no newer than the last."""
        if self._samples and sample.at <= self._samples[-1].at:
            return False
        self._samples.append(sample)
        while self._samples[0].at < sample.at - MEMORY:
            self._samples.popleft()
        return True

    def rate(self) -> float | None:
        """Return the rate (%/h) of the current run, or None while it tells none."""
        if not self._samples:
            return None
        end = self._samples[-1]
        start = end
        for sample in reversed(self._samples):
            if sample.plugged != end.plugged or end.at - sample.at > timedelta(hours=3):
                break
            start = sample
        if end.at - start.at < SPAN:
            return None
        return (end.level - start.level) / ((end.at - start.at) / timedelta(hours=1))

    def usual_gap(self) -> timedelta | None:
        """Return how long the device usually keeps quiet between two samples."""
        if len(self._samples) < 2:
            return None
        span = self._samples[-1].at - self._samples[0].at
        return span / (len(self._samples) - 1)

    def forecast(self, now: datetime) -> Forecast | None:
        """Return the forecast as of now, or None when there is no sample."""
        if (last := self.last) is None:
            return None
        return Forecast(now, last.level, last.plugged, self.rate())


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where one battery's level goes, as seen from one moment."""

    at: datetime
    level: float
    plugged: bool | None
    rate: float | None
    basis: Basis = Basis.OWN_HISTORY

    def outlook(
        self, ahead: timedelta, reserve: float, drain: float = 0.0
    ) -> Outlook | None:
        """Return what the level may be after a span of time, or None if unknown.

        Args:
            ahead: How far ahead; not negative.
            reserve: The level (%) that `probability` is about.
            drain: What tasks take meanwhile, in points of level.
        """
        hours = ahead / timedelta(hours=1)
        level = self._mean(hours) - drain
        spread = 1 + 15 * sqrt(hours)
        chance = 0.5 * (1 + erf((min(level, self.level) - reserve) / spread / sqrt(2)))
        return Outlook(
            level=max(0.0, min(100.0, level)),
            p10=max(0.0, min(100.0, level - 1.28 * spread)),
            p90=max(0.0, min(100.0, level + 1.28 * spread)),
            probability=chance if self.level >= reserve else 0.0,
        )

    def path(
        self,
        slot: timedelta,
        slots: int,
        confidence: float,
        charging: Sequence[Window] = (),
    ) -> Path:
        """Return the level's path that holds with a confidence, slot by slot.

        Args:
            slot: The length of a slot.
            slots: How many slots, from now on; a path that is not known so far
                ahead has fewer.
            confidence: The share of futures (0 to 1) that are no worse.
            charging: When the device is known to be charging.
        """
        hours = [k * (slot / timedelta(hours=1)) for k in range(slots + 1)]
        worse = NormalDist(sigma=15).inv_cdf(1 - confidence)
        levels = [max(0.0, min(100.0, self._mean(h) + worse * sqrt(h))) for h in hours]
        starts = [self.at + k * slot for k in range(slots)]
        known = [any(w.start <= t < w.end for w in charging) for t in starts]
        changes = [b - a for a, b in pairwise(levels)]
        return Path(
            level=self.level,
            changes=tuple(
                30 * (slot / timedelta(hours=1)) if k else c
                for k, c in zip(known, changes, strict=True)
            ),
            plugged=tuple(k or self.plugged is True for k in known),
            ceiling=100.0,
        )

    def supposing(
        self, *, level: float | None = None, plugged: bool | None = None
    ) -> Forecast:
        """Return the forecast as it would be with another level (%) or power source."""
        return replace(
            self,
            level=self.level if level is None else level,
            plugged=self.plugged if plugged is None else plugged,
            rate=None if plugged not in (None, self.plugged) else self.rate,
        )

    def empty_at(self) -> datetime | None:
        """Return when the battery runs out, or None while it does not discharge."""
        if self.plugged or self.rate is None or self.rate >= 0:
            return None
        return self.at + timedelta(hours=self.level / -self.rate)

    def full_at(self) -> datetime | None:
        """Return when the battery is full, or None while it does not charge."""
        if not self.plugged or self.rate is None or self.rate <= 0:
            return None
        return self.at + timedelta(hours=(100 - self.level) / self.rate)

    def _mean(self, hours: float) -> float:
        """Return the expected level after some hours, the trend damped by 3 h."""
        rate = self.rate or 0.0
        return max(0.0, min(100.0, self.level + rate * 3 * (1 - exp(-hours / 3))))
