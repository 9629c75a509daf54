"""Setting up again when the entities that batteries are read from change."""

from typing import Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .coordinator import PowerCoordinator
from .settings import read_devices

_CHANGES: Final = {"entity_id", "device_id"}


@callback
def async_watch_registry(
    hass: HomeAssistant, coordinator: PowerCoordinator
) -> CALLBACK_TYPE:
    """Set up again when a source is renamed, moved, removed, or there again.

    Returns:
        What ends the watch.
    """
    entry, devices = coordinator.config_entry, coordinator.devices.values()
    sources = {entity_id for device in devices for entity_id in device.sources.all()}
    missing = [device.missing for device in devices]
    outdated = False

    def is_news(data: er.EventEntityRegistryUpdatedData) -> bool:
        """Say whether devices are to be read in another way now."""
        if data["action"] == "create":
            # What was missing is known by an id that only the registry can tell.
            return any(missing) and missing != [
                device.missing for device in read_devices(hass, entry)
            ]
        if data["action"] == "remove":
            return data["entity_id"] in sources
        names = {data["entity_id"], data.get("old_entity_id")}
        return bool(names & sources and data["changes"].keys() & _CHANGES)

    @callback
    def handle(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Set up again, once: a device goes with all its entities."""
        nonlocal outdated
        if not outdated and is_news(event.data):
            outdated = True
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, handle)
