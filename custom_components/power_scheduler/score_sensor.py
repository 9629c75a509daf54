"""Sensors that say what the forecasts of a device were worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Self, override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity

from .coordinator import PowerCoordinator
from .core.forecast import Day, Score, Scoring
from .core.sample import Sample
from .core.snapshot import DevicePower, Snapshot
from .entity import Content, PowerEntity
from .settings import TrackedDevice

SCORES: Final = (
    SensorEntityDescription(
        key="forecast_error_1h",
        translation_key="forecast_error_1h",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
    ),
    SensorEntityDescription(
        key="forecast_error_3h",
        translation_key="forecast_error_3h",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=1,
    ),
)
"""The sensors of the horizons that are scored, in their order."""


@dataclass(frozen=True, slots=True)
class ScoredDays(ExtraStoredData):
    """The days of a scoring, as Home Assistant keeps them over a restart.

    It does so by entity id, which another device's sensor may have had before.
    """

    device_id: str
    days: tuple[Day, ...]

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return what JSON can carry."""
        return {
            "device": self.device_id,
            "days": [
                [day.date.isoformat(), day.count, day.error, day.in_band]
                for day in self.days
            ],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what was kept."""
        return cls(
            kept["device"],
            tuple(
                Day(date.fromisoformat(day), count, error, in_band)
                for day, count, error, in_band in kept["days"]
            ),
        )


class ScoreSensor(PowerEntity, SensorEntity, RestoreEntity):
    """How far off forecasts of one horizon were, over the last 14 days."""

    def __init__(
        self,
        coordinator: PowerCoordinator,
        device: TrackedDevice,
        description: SensorEntityDescription,
        horizon: timedelta,
    ) -> None:
        """Score the forecasts of one device for one horizon."""
        super().__init__(coordinator, device, description)
        self._scoring = Scoring(horizon)
        self._score: Score | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what was known before a restart."""
        data = await self.async_get_last_extra_data()
        kept = data.as_dict() if data is not None else {}
        if kept.get("device") == self._device.id:
            self._scoring.recall(ScoredDays.from_dict(kept).days)
        await super().async_added_to_hass()

    @property
    @override
    def extra_restore_state_data(self) -> ScoredDays:
        """What is to be known after a restart."""
        return ScoredDays(self._device.id, tuple(self._scoring.days))

    @override
    def renew(self, snapshot: Snapshot) -> bool:
        """Compare what was said of now, and note what is said now."""
        power = snapshot.devices[self._device.id]
        if power.forecast is not None and power.age is not None:
            forecast = power.forecast
            read_at = forecast.at - power.age
            self._scoring.observe(Sample(read_at, forecast.level, forecast.plugged))
            outlook = power.promises.get(self._scoring.horizon)
            if outlook is not None:
                self._scoring.promise(forecast.at, outlook)
        self._score = self._scoring.score(snapshot.at)
        return super().renew(snapshot)

    @override
    def told(self, power: DevicePower) -> Content:
        """Return the error, and what it rests on, but for every single forecast."""
        if (score := self._score) is None:
            return ((None, None),)
        return (
            (score.error, 0.5),
            (score.in_band, 0.05),
            (score.count.bit_length(), None),
        )

    @property
    @override
    def native_value(self) -> float | None:
        """The mean error, in points of level."""
        score = self._score
        return round(score.error, 1) if score is not None else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """How many forecasts there were, and how often the truth was in the band."""
        score = self._score
        if score is None:
            return None
        return {"in_band": round(100 * score.in_band, 1), "forecasts": score.count}
