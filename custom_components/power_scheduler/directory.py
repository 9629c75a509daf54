"""What tracked devices are called: by people, selectors and the core."""

from dataclasses import dataclass
from typing import Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN, POWER_STATE
from .coordinator import PowerCoordinator


@dataclass(frozen=True, slots=True)
class Directory:
    """The names of the tracked devices, both ways."""

    names: dict[str, str]
    """Names for people, by the core's id."""

    device_ids: dict[str, str]
    """Ids in the device registry, by the core's id."""

    entities: dict[str, str]
    """The entities that show power states, by the core's id."""

    _batteries: dict[str, str]
    """What stands for one device alone, by the core's id: its battery's entity."""

    _ids: dict[str, set[str]]
    """The core's ids, by everything that may stand for them."""

    @classmethod
    @callback
    def of(cls, hass: HomeAssistant, coordinator: PowerCoordinator) -> Self:
        """Return the directory as of now."""
        names: dict[str, str] = {}
        device_ids: dict[str, str] = {}
        entities: dict[str, str] = {}
        batteries: dict[str, str] = {}
        ids: dict[str, set[str]] = {}
        subentries = {d.subentry_id: d for d in coordinator.devices.values()}
        for device in subentries.values():
            names[device.id] = device.name
            batteries[device.id] = device.sources.battery or device.id
            for text in (device.id, device.name, batteries[device.id]):
                ids.setdefault(text.casefold(), set()).add(device.id)
        entry_id = coordinator.config_entry.entry_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
            owner = subentries.get(entity.config_subentry_id or "")
            if owner is None:
                continue
            ids.setdefault(entity.entity_id, set()).add(owner.id)
            if entity.translation_key == POWER_STATE:
                entities[owner.id] = entity.entity_id
            if entity.device_id is not None:
                device_ids[owner.id] = entity.device_id
                ids.setdefault(entity.device_id, set()).add(owner.id)
        return cls(names, device_ids, entities, batteries, ids)

    def find(self, text: str) -> str | None:
        """Return the core's id of the one device that a text stands for.

        A name, an id in the device registry, the battery's entity or one of our own
        will do; None when it stands for none, or for several.
        """
        found = self._found(text)
        return next(iter(found)) if len(found) == 1 else None

    def require(self, text: str, field: str) -> str:
        """Return the core's id of a device.

        Raises:
            ServiceValidationError: The text stands for no tracked device, or for
                several.
        """
        if len(found := self._found(text)) > 1:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="several_batteries",
                translation_placeholders={
                    "field": field,
                    "value": text,
                    "entities": ", ".join(sorted(self._batteries[i] for i in found)),
                },
            )
        if (device_id := next(iter(found), None)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_device",
                translation_placeholders={
                    "field": field,
                    "value": text,
                    "devices": ", ".join(sorted(self.names.values())) or "-",
                },
            )
        return device_id

    def _found(self, text: str) -> set[str]:
        """Return the core's ids of all devices that a text stands for."""
        return self._ids.get(text.casefold(), set())
