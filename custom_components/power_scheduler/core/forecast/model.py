"""A model of one battery: what its past says of its future."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from ..sample import Sample
from .charger import ChargerSense
from .forecast import Forecast
from .gaps import is_known_between
from .habits import Habits
from .plug import Plug, is_jump
from .rate import TOP
from .steady import Dock, SlowDrain
from .walk import Walk

LAG: Final = timedelta(hours=1)
"""How long a silent device is taken to go on charging."""

RUN: Final = timedelta(minutes=15)
"""How long a run must be before it tells a rate."""


@dataclass(slots=True)
class Model:
    """Follows one battery, sample by sample; each costs the same, however many."""

    zone: tzinfo
    """The local time that days are counted in."""

    last: Sample | None = None
    """The newest sample, or None when there is none."""

    plugged: bool | None = None
    """Whether external power is present: as told, else as the level shows."""

    _run_start: datetime | None = None
    _plug: Plug = field(default_factory=Plug)
    _charger: ChargerSense = field(default_factory=ChargerSense)
    _slow: SlowDrain = field(default_factory=SlowDrain)
    _dock: Dock = field(default_factory=Dock)
    _walk: Walk = field(default_factory=Walk)

    def record(self, sample: Sample) -> bool:
        """Take in one sample; False if it is refused, being no newer than the last."""
        last, before = self.last, self.plugged is True
        jumped = sound = False
        if last is not None:
            if sample.at <= last.at:
                return False
            jumped = is_jump(last, sample)
            sound = not jumped and is_known_between(last, sample)
        self.plugged = self._plug.observe(sample, jumped=jumped)
        plugged = self.plugged is True
        self._slow.observe(sample, jumped=jumped)
        self._dock.observe(sample, plugged=self.plugged)
        same_run = sound and plugged is before
        if last is None:
            self._walk.begin(sample)
        else:
            self._walk.advance(
                sample, plugged=before, sound=sound, run=same_run, zone=self.zone
            )
        if same_run:
            self._charger.observe(sample)
        else:
            self._walk.rates.restart()
            self._charger.restart(sample, plugged=plugged)
            self._run_start = sample.at
        self.last = sample
        return True

    def rate(self) -> float | None:
        """Return the rate (%/h) of the current run, or None while it tells none."""
        if self.last is None or self._run_start is None:
            return None
        if self.last.at - self._run_start < RUN:
            return None
        return self._walk.rates.current(plugged=self._on_power)

    def usual_gap(self) -> timedelta | None:
        """Return how long the device usually keeps quiet between two samples."""
        return self._walk.gaps.usual

    def forecast(
        self, now: datetime, *, standby: bool = False, still: bool = False
    ) -> Forecast | None:
        """Return the forecast as of now, or None when there is no sample.

        Args:
            now: The moment.
            standby: Whether the battery only bridges outages.
            still: Whether it is plugged in and does not charge.
        """
        if (last := self.last) is None:
            return None
        rates = self._walk.rates
        docked = self._dock.is_docked(last)
        habits = Habits(
            zone=self.zone,
            past=self._walk.grid.past(),
            usual=(rates.usual(plugged=False), rates.usual(plugged=True)),
            charger=self._charger.charger(last.at),
            steady=0.0 if docked else self._slow.rate(last, now),
            standby=standby,
            still=still,
            unfailing=self._dock.is_unfailing(last),
        )
        return Forecast(
            at=now,
            level=last.level,
            plugged=self.plugged,
            rate=self.rate(),
            lag=self._lag(last, now),
            habits=habits,
        )

    def _lag(self, last: Sample, now: datetime) -> timedelta:
        """Return how long the level has gone on since it was read.

        On battery, a silent device is at rest; at a charger, it goes on charging.
        """
        if not self._on_power or last.level > TOP:
            return timedelta(0)
        return max(timedelta(0), min(now - last.at, LAG))

    @property
    def _on_power(self) -> bool:
        """Whether power is present; a device is on battery until shown otherwise."""
        return self.plugged is True
