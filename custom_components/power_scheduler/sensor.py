"""Sensors: what each battery does, and where it goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
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

from .coordinator import PowerSchedulerConfigEntry
from .core.forecast import HORIZONS
from .core.limits import PowerState
from .core.sample import PowerSource
from .core.snapshot import DevicePower, Snapshot
from .entity import HubEntity, PowerEntity
from .score_sensor import SCORES, ScoreSensor

PARALLEL_UPDATES: Final = 0

TROUBLE: Final = {PowerState.CRITICAL, PowerState.LOW}


def _no_attributes(_: DevicePower) -> Mapping[str, Any] | None:
    """Return no attributes."""
    return None


def _estimated_by(power: DevicePower) -> Mapping[str, Any]:
    """Return whose estimate a moment is."""
    return {"estimated_by": "device" if power.estimated_by_device else "forecast"}


def _interval(power: DevicePower) -> Mapping[str, Any] | None:
    """Return the 80 % interval of the forecast, and what it rests on."""
    if power.outlook is None:
        return None
    return {
        "p10": _rounded(power.outlook.p10),
        "p90": _rounded(power.outlook.p90),
        "basis": power.basis,
    }


def _rounded(number: float | None, digits: int = 1) -> float | None:
    """Return a number without digits that mean nothing but fill the recorder."""
    return round(number, digits) if number is not None else None


def _to_the_minute(moment: datetime | None) -> datetime | None:
    """Return a moment without its seconds: an estimate is no stopwatch."""
    return moment.replace(second=0, microsecond=0) if moment is not None else None


@dataclass(frozen=True, kw_only=True)
class PowerSensorDescription(SensorEntityDescription):
    """Describes one sensor of a tracked device."""

    value_fn: Callable[[DevicePower], StateType | datetime]
    attributes_fn: Callable[[DevicePower], Mapping[str, Any] | None] = _no_attributes


@dataclass(frozen=True, kw_only=True)
class HubSensorDescription(SensorEntityDescription):
    """Describes one sensor of all tracked devices together."""

    value_fn: Callable[[Snapshot], StateType]


SENSORS: Final = (
    PowerSensorDescription(
        key="power_state",
        translation_key="power_state",
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
        value_fn=lambda power: _rounded(power.rate, 2),
    ),
    PowerSensorDescription(
        key="forecast_level",
        translation_key="forecast_level",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda power: _rounded(power.outlook.level) if power.outlook else None,
        attributes_fn=_interval,
    ),
    PowerSensorDescription(
        key="power_availability",
        translation_key="power_availability",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda power: (
            _rounded(100 * power.outlook.probability) if power.outlook else None
        ),
    ),
    PowerSensorDescription(
        key="runs_out_at",
        translation_key="runs_out_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda power: _to_the_minute(power.empty_at),
        attributes_fn=_estimated_by,
    ),
    PowerSensorDescription(
        key="full_at",
        translation_key="full_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda power: _to_the_minute(power.full_at),
        attributes_fn=_estimated_by,
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
            _rounded(100 * power.outlook.confidence) if power.outlook else None
        ),
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

HUB_SENSORS: Final = (
    HubSensorDescription(
        key="devices_in_trouble",
        translation_key="devices_in_trouble",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: sum(
            power.state in TROUBLE for power in snapshot.devices.values()
        ),
    ),
    HubSensorDescription(
        key="lowest_level",
        translation_key="lowest_level",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda snapshot: min(
            (
                p.level
                for p in snapshot.devices.values()
                if p.known and p.level is not None
            ),
            default=None,
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


class HubSensor(HubEntity, SensorEntity):
    """One sensor of all tracked devices together."""

    entity_description: HubSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """The sensor's value in the last snapshot."""
        return self.entity_description.value_fn(self.coordinator.data)


class PowerSensor(PowerEntity, SensorEntity):
    """One sensor of a tracked device."""

    entity_description: PowerSensorDescription

    @override
    def content(self) -> tuple[object, ...]:
        """Return the value, and what it rests on."""
        return self.native_value, self.extra_state_attributes

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
