"""What all our entities share."""

from abc import abstractmethod
from typing import Any, override

from homeassistant.helpers.device import async_entity_id_to_device
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import PowerCoordinator
from .core.snapshot import DevicePower, Snapshot
from .settings import TrackedDevice
from .views import OF_ALL

type Content = tuple[tuple[Any, Any], ...]
"""Values, each with the least change that is worth telling, or None: any."""


class ContentEntity(CoordinatorEntity[PowerCoordinator]):
    """An entity that is written when what it shows has changed."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: PowerCoordinator,
        subject: str | None,
        description: EntityDescription,
    ) -> None:
        """Show something of one device, or of all."""
        super().__init__(coordinator, context=self)
        self.subject = subject
        self.entity_description = description
        self._shown: Content | None = None

    @abstractmethod
    def content(self, snapshot: Snapshot) -> Content:
        """Return all that the entity shows."""

    def renew(self, snapshot: Snapshot) -> bool:
        """Say whether the entity has something new to show."""
        content = self.content(snapshot)
        if self._shown is not None and not _is_news(self._shown, content):
            return False
        self._shown = content
        return True


class HubEntity(ContentEntity):
    """An entity that speaks of all tracked devices."""

    def __init__(
        self, coordinator: PowerCoordinator, description: EntityDescription
    ) -> None:
        """Belong to the service device."""
        super().__init__(coordinator, OF_ALL, description)
        entry = coordinator.config_entry
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=entry.title,
        )


class PowerEntity(ContentEntity):
    """An entity of one tracked device."""

    def __init__(
        self,
        coordinator: PowerCoordinator,
        device: TrackedDevice,
        description: EntityDescription,
    ) -> None:
        """Belong to the device that the battery belongs to, else to one of ours."""
        super().__init__(coordinator, device.id, description)
        self._device = device
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

    @override
    def content(self, snapshot: Snapshot) -> Content:
        """Return nothing of a battery that the entity is not available for."""
        power = snapshot.devices[self._device.id]
        return () if power.level is None else self.told(power)

    @abstractmethod
    def told(self, power: DevicePower) -> Content:
        """Return all that the entity shows of a battery whose level is known."""

    @property
    def power(self) -> DevicePower:
        """The device's battery as of the last refresh."""
        return self.coordinator.power(self._device)

    @property
    @override
    def available(self) -> bool:
        """Whether the source tells a level, however old."""
        return super().available and self.power.level is not None


def _is_news(shown: Content, content: Content) -> bool:
    """Say whether any value is far enough from the one that is shown."""
    return len(shown) != len(content) or any(
        _differs(old, new, grain)
        for (old, _), (new, grain) in zip(shown, content, strict=True)
    )


def _differs(old: Any, new: Any, grain: Any) -> bool:
    """Say whether two values lie at least a grain apart."""
    if grain is None or old is None or new is None:
        return bool(old != new)
    return bool(abs(new - old) >= grain)
