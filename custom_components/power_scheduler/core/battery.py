"""One battery as it is followed over time."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from .forecast import FARTHEST, Forecast, Habits, Model
from .sample import PowerSource, Reading, Sample, Usage
from .snapshot import DevicePower, DeviceSettings
from .tracker import Tracker

STALE_AT_LEAST: Final = timedelta(hours=6)
STALE_AT_MOST: Final = timedelta(hours=48)
STALE_GAPS: Final = 3
"""How many of a device's own usual gaps may pass before its reading is stale."""

ESTIMATE_FRESH: Final = timedelta(minutes=30)
"""How old a device's own estimate may be and still win over ours."""

KEEP_EVERY: Final = timedelta(minutes=20)
"""How often an unchanged level is kept in history, to show that it was alive."""

IDLE_AFTER: Final = timedelta(hours=1)
"""How long a plugged battery may fail to rise before it counts as not charging."""

IDLE_STEPS: Final = 2
"""The same in times of what its last rise took, if longer: some rise by ten points."""

FULL: Final = 99.0
"""The level (%) from which a plugged battery counts as full."""


class Battery:
    """All that is remembered of one device's battery."""

    def __init__(self, settings: DeviceSettings, zone: tzinfo) -> None:
        """Start with nothing known; zone is the home's local time."""
        self.tracker = Tracker(settings, Model(zone))
        """What the past tells."""

        self._reading: Reading | None = None
        self._kept: Sample | None = None
        self._silent = False
        self._appeared: datetime | None = None
        """When the level appeared that was told first after a start, or a silence."""

    @property
    def _model(self) -> Model:
        """What the past says of the future."""
        return self.tracker.model

    def record(self, reading: Reading) -> Sample | None:
        """Take in what the device tells now.

        Returns:
            The sample that history should keep: a change, or a sign of life now
            and then. None when there is nothing to keep.
        """
        self._silent = False
        reading, tracker = self._dated(reading), self.tracker
        if tracker.doubts_still(reading):
            return None
        sample, kept = reading.sample, self._kept
        is_news = tracker.record(sample)
        if sample is not tracker.doubted:
            self._reading = reading
            tracker.names_charging |= reading.source is PowerSource.CHARGING
        if not is_news:
            return None
        if (
            kept is not None
            and (kept.level, kept.plugged) == (sample.level, sample.plugged)
            and sample.at - kept.at < KEEP_EVERY
        ):
            return None
        self._kept = sample
        return sample

    def lose(self) -> None:
        """Note that the device tells nothing any more, until its next reading."""
        self._silent = True
        self._appeared = None

    def glance(self, now: datetime) -> DevicePower:
        """Return the battery as of now, without what takes time: see `foresee`."""
        last = self._model.last
        settings = self.tracker.settings
        source = None if last is None else self._source(last)
        still = last is not None and self._is_still(last, source)
        forecast = self._model.forecast(now, standby=settings.standby, still=still)
        if last is None or forecast is None:
            habits = Habits(zone=self._model.zone, standby=settings.standby)
            past = Forecast(now, 0, None, None, habits=habits)
            return DevicePower(settings=settings, at=now, past=past)
        # What was told while somebody began to look is new.
        age = max(now - last.at, timedelta(0))
        if self._silent or self._is_stale(age):
            return DevicePower(
                settings=settings,
                at=now,
                level=None if self._silent else last.level,
                age=age,
                stale=not self._silent,
                past=replace(forecast, rate=None),
            )
        empty_at, full_at, told = self._estimates(now, forecast, still=still)
        return DevicePower(
            settings=settings,
            at=now,
            level=last.level,
            age=age,
            plugged=self._model.plugged,
            told_unplugged=last.plugged is False,
            source=source,
            state=self.tracker.state,
            rate=self._rate(last, still=still),
            empty_at=empty_at,
            full_at=full_at,
            estimated_by_device=told,
            usage=self._reading.usage if self._reading else Usage(),
            forecast=forecast,
        )

    def _dated(self, reading: Reading) -> Reading:
        """Return a reading with its true age: what is no news is as old as before.

        That is the first level after a start or a silence, as long as it is not
        repeated, if it is just the one that was known: it may have been restored.
        And it is a power source that is told anew, and plugged in as it was.
        """
        sample, last = reading.sample, self._model.last
        if self._appeared is None:
            self._appeared = reading.appeared_at or sample.at
        if last is None or sample.level != last.level:
            return reading
        restored = reading.appeared_at == self._appeared and sample.plugged in (
            None,
            last.plugged,
        )
        told_at = reading.reported_at
        came_back = (
            told_at is not None
            and told_at <= last.at
            and sample.plugged in (None, self._model.plugged)
        )
        return replace(reading, sample=last) if restored or came_back else reading

    def _rate(self, last: Sample, *, still: bool) -> float | None:
        """Return the trend: what is full, or does not charge, does not rise.

        The model's rate leans on what is usual for the device, and so says long
        after the last rise that there is one.
        """
        rate = self._model.rate()
        full = last.level >= FULL
        return min(rate, 0.0) if rate is not None and (still or full) else rate

    def _is_still(self, last: Sample, source: PowerSource | None) -> bool:
        """Say whether a plugged battery is full, or does not charge.

        Laptops say that they are charging as long as they are plugged in, at a charge
        limit too.
        """
        if source in (PowerSource.FULL, PowerSource.IDLE):
            return True
        return self._model.plugged is True and self._is_standing(last)

    def _is_standing(self, last: Sample) -> bool:
        """Say whether a plugged level has long not risen."""
        rose_at, step = self.tracker.rose_at, self.tracker.step or timedelta(0)
        patience = max(IDLE_AFTER, IDLE_STEPS * step)
        return rose_at is None or last.at - rose_at > patience

    def _source(self, last: Sample) -> PowerSource | None:
        """Return what the device lives on: as told, else as its level shows."""
        told = self._reading
        if told is not None and told.source is not None:
            return told.source
        if self._model.plugged is None:
            return None
        if not self._model.plugged:
            return PowerSource.BATTERY
        if last.level >= FULL:
            return PowerSource.FULL
        idle = self._is_denied() or self._is_standing(last)
        return PowerSource.IDLE if idle else PowerSource.CHARGING

    def _is_denied(self) -> bool:
        """Say whether a plugged device would say otherwise, or rise, if it charged.

        One without a word for it has mostly stood plugged for long when it is new.
        """
        told, tracker = self._reading, self.tracker
        if told is None or not told.wordless:
            return False
        return tracker.names_charging or not tracker.may_charge

    def _estimates(
        self, now: datetime, forecast: Forecast, *, still: bool
    ) -> tuple[datetime | None, datetime | None, bool]:
        """Return when the battery is empty and full, and whether the device says so."""
        told = self._reading
        if told is not None and now - told.sample.at <= ESTIMATE_FRESH:
            plugged = self._model.plugged
            estimate = told.full if plugged else told.empty
            if (
                estimate is not None
                and now - estimate.told_at <= ESTIMATE_FRESH
                and now < estimate.at <= now + FARTHEST
            ):
                ends = (None, estimate.at) if plugged else (estimate.at, None)
                return *ends, True
        return forecast.empty_at(), None if still else forecast.full_at(), False

    def _is_stale(self, age: timedelta) -> bool:
        """Say whether a reading of some age tells nothing of now any more."""
        usual = self._model.usual_gap() or timedelta(0)
        return age > min(max(STALE_AT_LEAST, STALE_GAPS * usual), STALE_AT_MOST)
