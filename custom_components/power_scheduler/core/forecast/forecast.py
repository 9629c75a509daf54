"""A forecast of one battery, as seen from one moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from ..limits import on_power
from .analogs import Analogs
from .charger import Charger
from .futures import Futures
from .grid import PER_HOUR
from .habits import Habits
from .outlook import Basis, Outlook, Path, Window
from .paths import walk
from .standby import on_mains
from .steady import Steady

HOUR: Final = timedelta(hours=1)
SHARES: Final = np.array([0.1, 0.5, 0.9])
WAVER: Final = 1.0
"""Points by which a plugged level may fall and still have power."""

STANDING_WAVER: Final = 5.0
"""The same of what has no known outage in two weeks, or has long stood: it wavers."""

FARTHEST: Final = timedelta(days=3650)
"""How far ahead a battery's end is still worth a date."""


@dataclass(frozen=True)
class Forecast:
    """Where one battery's level goes; nothing is computed before it is asked for."""

    at: datetime
    level: float
    """%."""

    plugged: bool | None
    rate: float | None
    """The rate of the current run, in %/h; None while it tells none."""

    lag: timedelta = timedelta(0)
    """How long the level has gone on since it was read."""

    habits: Habits = field(default_factory=Habits, repr=False, compare=False)
    """What is known of the device; by default, only of the population."""

    @property
    def basis(self) -> Basis:
        """What weighs most in the forecast for the next hour."""
        if self.habits.steady is not None:
            return Basis.MEAN_RATE
        spread = self.futures.spread(PER_HOUR)
        if spread is not None and spread.own >= 0.5:
            return Basis.OWN_HISTORY
        return Basis.MEAN_RATE if self._bridges else Basis.POPULATION

    def outlook(
        self, ahead: timedelta, reserve: float, drain: float = 0.0
    ) -> Outlook | None:
        """Return what the level may be after a span of time, or None if unknown.

        Args:
            ahead: How far ahead; not negative.
            reserve: The level (%) that `probability` is about.
            drain: What tasks take meanwhile, in points of level.
        """
        steps = ahead / HOUR * PER_HOUR
        whole = max(1, round(steps))
        spread = self.futures.spread(whole)
        changes = self.futures.quantiles(whole, SHARES)
        if spread is None or changes is None:
            return None
        levels = self.level - drain + changes * min(1.0, steps)
        p10, level, p90 = np.clip(levels, 0.0, 100.0).tolist()
        return Outlook(
            level=level,
            p10=p10,
            p90=p90,
            probability=spread.probability(self.level, reserve, drain),
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
            slots: How many slots from now on; there are fewer if no more are known.
            confidence: The share of futures (0 to 1) that are no worse.
            charging: When the device is known to be charging: then it rests no more.
        """
        end, start = self.at + slots * slot, self
        if any(self.at < window.end and window.start < end for window in charging):
            start = replace(self, habits=replace(self.habits, still=False))
        return walk(start, slot, slots, confidence, charging)

    def supposing(
        self, *, level: float | None = None, plugged: bool | None = None
    ) -> Forecast:
        """Return the forecast as it would be with another level (%) or power source.

        A mean rate is that of one power source; unknown counts as on battery.
        """
        switched = plugged is not None and plugged is not (self.plugged is True)
        same = level in (None, self.level) and not switched
        habits = self.habits
        return replace(
            self,
            level=self.level if level is None else level,
            plugged=plugged if switched else self.plugged,
            rate=None if switched else self.rate,
            lag=self.lag if level is None and not switched else timedelta(0),
            habits=replace(
                habits,
                steady=None if switched else habits.steady,
                still=habits.still and same,
            ),
        )

    def empty_at(self) -> datetime | None:
        """Return when the battery runs out, or None while it does not discharge."""
        if self.plugged or self.rate is None or self.rate >= 0:
            return None
        return self._after(self.level / -self.rate)

    def full_at(self) -> datetime | None:
        """Return when the battery is full, or None while it does not charge."""
        still = self.charger.recent is None and (self.rate is None or self.rate <= 0)
        hours = self.charger.until_full(self.level)
        if not self.plugged or still or hours is None:
            return None
        return self._after(max(0.0, hours - self.lag / HOUR))

    @property
    def charger(self) -> Charger:
        """What is known of the device's charging."""
        return self.habits.charger

    @property
    def rests(self) -> bool:
        """Whether power is there to stay, and the battery does not charge."""
        return self._bridges and self.habits.still

    @property
    def waver(self) -> float:
        """The points by which the level may fall although power stays."""
        habits = self.habits
        stays = (self._bridges and habits.unfailing) or habits.steady is not None
        return STANDING_WAVER if stays else WAVER

    def unplugged(self, at: datetime, level: float) -> Forecast:
        """Return the forecast for when charging ends at some level (%)."""
        return replace(self.supposing(level=level, plugged=False), at=at, rate=None)

    @cached_property
    def futures(self) -> Futures:
        """The possible changes of the level from now on."""
        habits = self.habits
        if habits.steady is not None:
            return Futures(Steady(habits.steady))
        now = habits.situation(
            self.at, self.level, self.rate, plugged=self.plugged is True
        )
        lag = round(self.lag / HOUR * PER_HOUR)
        library = habits.library
        if self._bridges:
            library = on_mains(now, None if self.rests else self.charger)
        return Futures(Analogs(now, habits.past, library), lag)

    @property
    def _bridges(self) -> bool:
        """Whether the battery only bridges outages, and none is on.

        What loses level although it is plugged in is taken to be on battery.
        """
        carried = on_power(plugged=self.plugged, rate=self.rate)
        return self.habits.standby and carried

    def _after(self, hours: float) -> datetime | None:
        """Return the moment some hours ahead, or None where it is of no use."""
        far = FARTHEST / HOUR
        return self.at + timedelta(hours=hours) if hours <= far else None
