"""Sensors of the demo home."""

from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import HomeEntity, async_add
from .home import DemoDevice, DemoEntity, Value


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors."""
    await async_add(hass, entry, add, Platform.SENSOR, HomeSensor)


class HomeSensor(HomeEntity, SensorEntity):
    """A sensor of the demo home."""

    def __init__(self, device: DemoDevice, entity: DemoEntity) -> None:
        """Take the sensor's shape from its description."""
        super().__init__(device, entity)
        self._attr_native_unit_of_measurement = entity.unit
        self._attr_state_class = entity.state_class
        self._attr_options = list(entity.options) or None

    @property
    @override
    def native_value(self) -> Value:
        """Return what the sensor says now."""
        return self.demo_value
