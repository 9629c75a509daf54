"""Sensors of all tracked devices together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE
from homeassistant.helpers.typing import StateType

from .core.limits import PowerState
from .core.snapshot import Snapshot
from .entity import Content, HubEntity

TROUBLE: Final = {PowerState.CRITICAL, PowerState.LOW}


def _in_trouble(snapshot: Snapshot) -> int | None:
    """Return how many devices are low, or None when none tells anything."""
    states = [p.state for p in snapshot.devices.values() if p.state is not None]
    return sum(state in TROUBLE for state in states) if states else None


@dataclass(frozen=True, kw_only=True)
class HubSensorDescription(SensorEntityDescription):
    """Describes one sensor of all tracked devices together."""

    value_fn: Callable[[Snapshot], StateType]


HUB_SENSORS: Final = (
    HubSensorDescription(
        key="devices_in_trouble",
        translation_key="devices_in_trouble",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_in_trouble,
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


class HubSensor(HubEntity, SensorEntity):
    """One sensor of all tracked devices together."""

    entity_description: HubSensorDescription

    @override
    def content(self, snapshot: Snapshot) -> Content:
        """Return the value."""
        return ((self.entity_description.value_fn(snapshot), None),)

    @property
    @override
    def native_value(self) -> StateType:
        """The sensor's value in the last snapshot."""
        return self.entity_description.value_fn(self.coordinator.data)
