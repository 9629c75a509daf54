"""Binary sensor: whether a battery is charging, for devices that do not tell."""

from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PowerSchedulerConfigEntry
from .core.sample import PowerSource
from .core.snapshot import DevicePower
from .entity import Content, PowerEntity

PARALLEL_UPDATES: Final = 0

CHARGING: Final = BinarySensorEntityDescription(
    key="charging",
    translation_key="charging",
    device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: PowerSchedulerConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the charging sensor of every tracked device."""
    coordinator = entry.runtime_data
    for device in coordinator.devices.values():
        async_add_entities(
            [ChargingSensor(coordinator, device, CHARGING)],
            config_subentry_id=device.subentry_id,
        )


class ChargingSensor(PowerEntity, BinarySensorEntity):
    """Whether a battery is charging."""

    @override
    def told(self, power: DevicePower) -> Content:
        """Return what tells whether it is charging."""
        return ((power.source, None),)

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is charging, or None when nothing tells."""
        source = self.power.source
        return source is PowerSource.CHARGING if source is not None else None
