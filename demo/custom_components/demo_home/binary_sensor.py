"""Binary sensors of the demo home."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import HomeEntity, async_add
from .home import Value


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors."""
    await async_add(hass, entry, add, Platform.BINARY_SENSOR, HomeBinarySensor)


class HomeBinarySensor(HomeEntity, BinarySensorEntity):
    """A binary sensor of the demo home."""

    @property
    @override
    def is_on(self) -> Value:
        """Return what the binary sensor says now."""
        return self.demo_value
