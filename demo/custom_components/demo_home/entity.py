"""What all entities of the demo home share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .config_flow import DOMAIN
from .devices import devices
from .home import UNAVAILABLE, DemoDevice, DemoEntity, Value, entity_name

MINUTE: Final = timedelta(minutes=1)


class HomeEntity(Entity):
    """An entity whose value is a function of the time."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, device: DemoDevice, entity: DemoEntity) -> None:
        """Take the entity's shape from its description."""
        self._device = device
        self._entity = entity
        self._attr_unique_id = device.unique_id(entity.key)
        self._attr_name = entity_name(entity)
        self._attr_device_class = entity.device_class
        self._attr_entity_category = entity.category
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, device.slug)},
            name=device.name,
            manufacturer=device.manufacturer,
            model=device.model,
        )

    @property
    def demo_value(self) -> Value:
        """Return what the entity says now."""
        return self._entity.value(self._device.trace.at(dt_util.now()))

    @property
    @override
    def available(self) -> bool:
        """Return whether the entity has anything to say."""
        return self.demo_value != UNAVAILABLE

    @callback
    def report(self) -> None:
        """Say the value, unless the device is off or asleep."""
        if self._device.trace.at(dt_util.now()).awake:
            self.async_write_ha_state()


async def async_add(
    hass: HomeAssistant,
    entry: ConfigEntry,
    add: AddConfigEntryEntitiesCallback,
    platform: Platform,
    make: Callable[[DemoDevice, DemoEntity], HomeEntity],
) -> None:
    """Add a platform's entities, and let them report every minute."""
    home = await hass.async_add_executor_job(devices)
    entities = [
        make(device, entity)
        for device in home
        for entity in device.entities
        if entity.platform is platform
    ]
    add(entities)

    @callback
    def report(_: datetime) -> None:
        for entity in entities:
            entity.report()

    entry.async_on_unload(async_track_time_interval(hass, report, MINUTE))
