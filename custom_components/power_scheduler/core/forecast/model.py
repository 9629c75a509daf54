"""A model of one battery: what its past says of its future."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from ..sample import Sample
from .charger import ChargerSense
from .forecast import Forecast
from .gaps import Gaps, is_known_between
from .grid import SIZE, STEP, Grid
from .habits import Habits
from .plug import Plug, is_jump
from .rate import TOP, Rates
from .steady import Dock, SlowDrain

LAG: Final = timedelta(hours=1)
"""How long a silent device is taken to go on charging."""

RUN: Final = timedelta(minutes=15)
"""How long a run must be before it tells a rate."""


class Model:
    """Follows one battery, sample by sample; each costs the same, however many."""

    def __init__(self, zone: tzinfo) -> None:
        """Start with no past; zone is the local time that days are counted in."""
        self._zone = zone
        self._last: Sample | None = None
        self._run_start: datetime | None = None
        self._plug = Plug()
        self._rates = Rates()
        self._gaps = Gaps()
        self._charger = ChargerSense()
        self._slow = SlowDrain()
        self._dock = Dock()
        self._grid = Grid(zone)
        self._sound = False

    @property
    def plugged(self) -> bool | None:
        """Whether external power is present: as told, else as the level shows."""
        return self._plug.plugged

    @property
    def last(self) -> Sample | None:
        """The newest sample, or None when there is none."""
        return self._last

    def record(self, sample: Sample) -> bool:
        """Take in one sample; False if it is refused, being no newer than the last."""
        last = self._last
        if last is not None and sample.at <= last.at:
            return False
        before = self._on_power
        jumped = last is not None and is_jump(last, sample)
        self._plug.observe(sample, jumped=jumped)
        self._slow.observe(sample, jumped=jumped)
        self._dock.observe(sample, plugged=self._on_power)
        same_run = False
        if last is not None:
            sound = not jumped and is_known_between(last, sample)
            same_run = sound and self._on_power == before
            self._advance(last, sample, plugged=before, sound=sound, run=same_run)
        if same_run:
            self._charger.observe(sample)
        else:
            self._rates.restart()
            self._charger.restart(sample, plugged=self._on_power)
            self._run_start = sample.at
        self._last = sample
        return True

    def rate(self) -> float | None:
        """Return the rate (%/h) of the current run, or None while it tells none."""
        if self._last is None or self._run_start is None:
            return None
        if self._last.at - self._run_start < RUN:
            return None
        return self._rates.current(plugged=self._on_power)

    def usual_gap(self) -> timedelta | None:
        """Return how long the device usually keeps quiet between two samples."""
        return self._gaps.usual

    def forecast(self, now: datetime) -> Forecast | None:
        """Return the forecast as of now, or None when there is no sample."""
        if (last := self._last) is None:
            return None
        habits = Habits(
            zone=self._zone,
            past=self._grid.past(),
            usual=(self._rates.usual(plugged=False), self._rates.usual(plugged=True)),
            charger=self._charger.charger(last.at),
            steady=0.0 if self._dock.is_docked(last) else self._slow.rate(last, now),
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
        return self._plug.plugged is True

    def _advance(
        self, last: Sample, sample: Sample, *, plugged: bool, sound: bool, run: bool
    ) -> None:
        """Walk from the last sample to the next one, moment by moment of the grid.

        Args:
            last: The sample before.
            sample: The next one.
            plugged: Whether power was present at the start.
            sound: Whether the level is known all the way.
            run: Whether it is the same run all the way, and so tells its rate.
        """
        at, end = last.at.timestamp(), sample.at.timestamp()
        self._gaps.observe((end - at) / 3600)
        slope = (sample.level - last.level) / (end - at)
        self._sound = self._sound and sound
        newest = int(end // STEP)
        for moment in range(max(int(at // STEP) + 1, newest - SIZE), newest + 1):
            step = moment * STEP - at
            at += step
            level = sample.level - slope * (end - at)
            if run:
                self._rates.advance(step / 3600, slope * step, level, plugged=plugged)
            rate = self._rates.current(plugged=plugged)
            self._grid.add(moment, level, rate, plugged=plugged, sound=self._sound)
            self._sound = sound
        if run:
            step = end - at
            self._rates.advance(
                step / 3600, slope * step, sample.level, plugged=plugged
            )
