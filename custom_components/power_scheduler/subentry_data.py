"""What device and task profile subentries hold, as the flows show and store it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import (
    CONF_BATTERY,
    CONF_CHARGING,
    CONF_CPU,
    CONF_DEFERRABLE,
    CONF_DRAIN,
    CONF_MEMORY,
    CONF_MIN_BATTERY,
    CONF_NETWORK,
    CONF_RESERVE,
    CONF_TIME_TO_EMPTY,
    CONF_TIME_TO_FULL,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)
from .core.snapshot import DeviceSettings
from .core.task import TaskProfile
from .discovery import FoundDevice

_ENTITIES: Final = {
    CONF_BATTERY,
    CONF_CHARGING,
    CONF_CPU,
    CONF_MEMORY,
    CONF_NETWORK,
    CONF_TIME_TO_EMPTY,
    CONF_TIME_TO_FULL,
}
"""The fields of a device that name entities; several may tell the power source."""


def device_subentry(hass: HomeAssistant, device: FoundDevice) -> ConfigSubentryData:
    """Return the subentry of a device as it was found, with nothing else said of it."""
    shown = {
        CONF_BATTERY: device.battery,
        **device.companions,
        CONF_RESERVE: DeviceSettings().reserve,
    }
    data = to_stored(hass, shown)
    return ConfigSubentryData(
        subentry_type=SUBENTRY_DEVICE,
        title=device.title,
        unique_id=data[CONF_BATTERY],
        data=data,
    )


def profile_subentry(name: str, profile: TaskProfile) -> ConfigSubentryData:
    """Return the subentry of a task profile."""
    return ConfigSubentryData(
        subentry_type=SUBENTRY_PROFILE,
        title=name,
        unique_id=None,
        data=profile_data(name, profile),
    )


def profile_data(name: str, profile: TaskProfile) -> dict[str, Any]:
    """Return the data of a task profile: shares become percentages."""
    return {
        CONF_NAME: name,
        CONF_MIN_BATTERY: profile.min_battery,
        CONF_CPU: round(100 * profile.demand.cpu, 1),
        CONF_MEMORY: round(100 * profile.demand.memory, 1),
        CONF_NETWORK: round(100 * profile.demand.network, 1),
        CONF_DEFERRABLE: profile.deferrable,
        CONF_DRAIN: profile.drain,
    }


@callback
def to_stored(hass: HomeAssistant, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device's data with registry ids for entities that have one."""
    registry = er.async_get(hass)

    def reference(entity_id: str) -> str:
        """Return what stays the same when the entity is renamed."""
        entry = registry.async_get(entity_id)
        return entry.id if entry else entity_id

    return _with_entities(shown, reference)


@callback
def to_shown(hass: HomeAssistant, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device's data with entity ids, without the entities that are gone."""
    registry = er.async_get(hass)
    return _with_entities(
        stored, lambda reference: er.async_resolve_entity_id(registry, reference)
    )


@callback
def tracked_batteries(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the entity ids of the batteries that are tracked already."""
    devices = (
        to_shown(hass, subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    )
    return {data[CONF_BATTERY] for data in devices if CONF_BATTERY in data}


def _with_entities(
    data: Mapping[str, Any], rename: Callable[[str], str | None]
) -> dict[str, Any]:
    """Return a device's data with other names for its entities; None leaves one out."""
    renamed: dict[str, Any] = {}
    for key, value in data.items():
        if key not in _ENTITIES:
            renamed[key] = value
        elif isinstance(value, list):
            renamed[key] = [name for item in value if (name := rename(item))]
        elif name := rename(value):
            renamed[key] = name
    return renamed
