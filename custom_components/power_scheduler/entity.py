"""What all our entities share."""

from abc import abstractmethod
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device import async_entity_id_to_device
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import PowerCoordinator
from .core.snapshot import DevicePower
from .settings import TrackedDevice


class HubEntity(CoordinatorEntity[PowerCoordinator]):
    """An entity that speaks of all tracked devices."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PowerCoordinator, description: EntityDescription
    ) -> None:
        """Belong to the service device."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=entry.title,
        )


class PowerEntity(CoordinatorEntity[PowerCoordinator]):
    """An entity of one tracked device."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: PowerCoordinator,
        device: TrackedDevice,
        description: EntityDescription,
    ) -> None:
        """Belong to the device that the battery belongs to, else to one of ours."""
        super().__init__(coordinator)
        self.entity_description = description
        self._device = device
        self._power: DevicePower | None = None
        self._success = True
        self._shown: tuple[object, ...] | None = None
        self._attr_unique_id = f"{device.subentry_id}_{description.key}"
        source = device.sources.battery
        self.device_entry = (
            async_entity_id_to_device(coordinator.hass, source) if source else None
        )
        if self.device_entry is None:
            self._attr_device_info = DeviceInfo(
                identifiers={(DOMAIN, device.subentry_id)},
                name=device.name,
                via_device_id=coordinator.hub_id,
            )

    @abstractmethod
    def content(self) -> tuple[object, ...]:
        """Return all that the entity shows."""

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show what changed; most devices told nothing, and most of the rest stays."""
        power, success = self.power, self.coordinator.last_update_success
        if power is self._power and success is self._success:
            return
        self._power, self._success = power, success
        content = (self.available, *self.content())
        if content != self._shown:
            self._shown = content
            super()._handle_coordinator_update()

    @property
    def power(self) -> DevicePower:
        """The device's battery as of the last refresh."""
        return self.coordinator.power(self._device)

    @property
    @override
    def available(self) -> bool:
        """Whether the source tells a level, however old."""
        return super().available and self.power.level is not None
