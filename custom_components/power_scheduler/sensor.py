"""Sensors: what each battery does, and where it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import POWER_STATE
from .coordinator import PowerSchedulerConfigEntry
from .core.forecast import HORIZONS
from .core.limits import PowerState
from .core.sample import PowerSource
from .core.snapshot import DevicePower
from .entity import Content, PowerEntity
from .hub_sensor import HUB_SENSORS, HubSensor
from .score_sensor import SCORES, ScoreSensor

PARALLEL_UPDATES: Final = 0


def _no_attributes(_: DevicePower) -> Mapping[str, Any] | None:
    """Return no attributes."""
    return None


def _nothing(_: DevicePower) -> None:
    """Return nothing."""


def _estimated_by(power: DevicePower) -> Mapping[str, Any]:
    """Return whose estimate a moment is."""
    return {"estimated_by": "device" if power.estimated_by_device else "forecast"}


def _interval(power: DevicePower) -> Mapping[str, Any] | None:
    """Return the 80 % interval of the forecast, and what it rests on."""
    if power.outlook is None:
        return None
    return {
        "p10": round(power.outlook.p10),
        "p90": round(power.outlook.p90),
        "basis": power.basis,
    }


def _rounded(number: float | None) -> float | None:
    """Return a number without digits that mean nothing but fill the recorder."""
    return round(number, 1) if number is not None else None


def _quarter_of_interval(power: DevicePower) -> float | None:
    """Return a quarter of the width of the forecast's interval, in points.

    Of a wide one less: a forecast that lies above a falling level looks broken.
    """
    if power.outlook is None:
        return None
    return min(max(2, (power.outlook.p90 - power.outlook.p10) / 4), 5)


def _fifth_of_time(power: DevicePower, moment: datetime | None) -> timedelta | None:
    """Return a fifth of the time until a moment: half of all estimates are worse."""
    if moment is None or power.forecast is None:
        return None
    return max((moment - power.forecast.at) / 5, timedelta(minutes=1))


def _to_the_minute(moment: datetime | None) -> datetime | None:
    """Return a moment without its seconds: an estimate is no stopwatch."""
    return moment.replace(second=0, microsecond=0) if moment is not None else None


@dataclass(frozen=True, kw_only=True)
class PowerSensorDescription(SensorEntityDescription):
    """Describes one sensor of a tracked device."""

    value_fn: Callable[[DevicePower], StateType | datetime]
    attributes_fn: Callable[[DevicePower], Mapping[str, Any] | None] = _no_attributes
    grounds_fn: Callable[[DevicePower], object] = _nothing
    """Returns what is worth telling anew though the value stays."""

    grain_fn: Callable[[DevicePower], float | timedelta | None] = _nothing
    """Returns the least change that is worth telling; None: any."""


SENSORS: Final = (
    PowerSensorDescription(
        key=POWER_STATE,
        translation_key=POWER_STATE,
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in PowerState],
        value_fn=lambda power: power.state,
    ),
    PowerSensorDescription(
        key="trend",
        translation_key="trend",
        native_unit_of_measurement="%/h",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda power: _rounded(power.rate),
        grain_fn=lambda power: max(0.5, abs(power.rate or 0) / 5),
    ),
    PowerSensorDescription(
        key="forecast_level",
        translation_key="forecast_level",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda power: round(power.outlook.level) if power.outlook else None,
        attributes_fn=_interval,
        grounds_fn=lambda power: power.basis,
        grain_fn=_quarter_of_interval,
    ),
    PowerSensorDescription(
        key="power_availability",
        translation_key="power_availability",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda power: (
            round(100 * power.outlook.probability) if power.outlook else None
        ),
        grain_fn=lambda _: 5,
    ),
    PowerSensorDescription(
        key="runs_out_at",
        translation_key="runs_out_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda power: _to_the_minute(power.empty_at),
        grain_fn=lambda power: _fifth_of_time(power, power.empty_at),
        attributes_fn=_estimated_by,
        grounds_fn=lambda power: power.estimated_by_device,
    ),
    PowerSensorDescription(
        key="full_at",
        translation_key="full_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda power: _to_the_minute(power.full_at),
        grain_fn=lambda power: _fifth_of_time(power, power.full_at),
        attributes_fn=_estimated_by,
        grounds_fn=lambda power: power.estimated_by_device,
    ),
    PowerSensorDescription(
        key="power_source",
        translation_key="power_source",
        device_class=SensorDeviceClass.ENUM,
        options=[source.value for source in PowerSource],
        value_fn=lambda power: power.source,
    ),
    PowerSensorDescription(
        key="confidence",
        translation_key="confidence",
        native_unit_of_measurement=PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        suggested_display_precision=0,
        value_fn=lambda power: (
            round(100 * power.outlook.confidence) if power.outlook else None
        ),
        grain_fn=lambda _: 5,
    ),
    PowerSensorDescription(
        key="reading_age",
        translation_key="reading_age",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        suggested_display_precision=0,
        value_fn=lambda power: (
            power.age.total_seconds() // 60 if power.age is not None else None
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PowerSchedulerConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every tracked device, and those of all together."""
    coordinator = entry.runtime_data
    async_add_entities(HubSensor(coordinator, sensor) for sensor in HUB_SENSORS)
    for device in coordinator.devices.values():
        async_add_entities(
            [
                *(PowerSensor(coordinator, device, sensor) for sensor in SENSORS),
                *(
                    ScoreSensor(coordinator, device, sensor, horizon)
                    for sensor, horizon in zip(SCORES, HORIZONS, strict=True)
                ),
            ],
            config_subentry_id=device.subentry_id,
        )


class PowerSensor(PowerEntity, SensorEntity):
    """One sensor of a tracked device."""

    entity_description: PowerSensorDescription

    @override
    def told(self, power: DevicePower) -> Content:
        """Return the value, and what it rests on."""
        described = self.entity_description
        value, grain = described.value_fn(power), described.grain_fn(power)
        return (value, grain), (described.grounds_fn(power), None)

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The sensor's value in the last snapshot."""
        return self.entity_description.value_fn(self.power)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What the value rests on."""
        return self.entity_description.attributes_fn(self.power)
