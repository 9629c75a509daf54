"""What a bug report should carry: without secrets, and replayable.

It tells no name of a device; what entities, profiles and tasks are called it does tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    CONF_MODE,
    CONF_NAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util import dt as dt_util

from .bundle import Bundle, Followed
from .const import (
    CONF_BACKEND,
    CONF_CHECK_HOSTNAME,
    CONF_KEY_PREFIX,
    SUBENTRY_PROFILE,
)
from .coordinator import PowerCoordinator, PowerSchedulerConfigEntry
from .core.forecast import MEMORY
from .core.snapshot import DevicePower
from .directory import Directory
from .packing import pack
from .settings import TrackedDevice

SAMPLES_AT_MOST: Final = 50_000
"""Of all devices together: some 2 MB of text, and two weeks of a dozen phones."""

_TOLD: Final = {
    CONF_BACKEND,
    CONF_CHECK_HOSTNAME,
    CONF_KEY_PREFIX,
    CONF_MODE,
    CONF_VERIFY_SSL,
}
"""What may be told of the entry's data; whatever else there is may be a secret."""

_WHEREABOUTS: Final = {"device_tracker", "person"}
"""Entities whose state says where somebody is."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry
) -> dict[str, Any]:
    """Return what is known of all tracked devices."""
    return await _async_describe(hass, entry, _tracked(entry))


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is known of one tracked device; the service device stands for all."""
    ids = Directory.of(hass, entry.runtime_data).device_ids
    tracked = _tracked(entry)
    chosen = [d for d in tracked if ids.get(d.id) == device.id]
    return await _async_describe(hass, entry, chosen or tracked)


def _tracked(entry: PowerSchedulerConfigEntry) -> list[TrackedDevice]:
    """Return the tracked devices; one that was let go is followed for a moment yet."""
    devices = entry.runtime_data.devices.values()
    return [device for device in devices if device.subentry_id in entry.subentries]


async def _async_describe(
    hass: HomeAssistant,
    entry: PowerSchedulerConfigEntry,
    devices: Sequence[TrackedDevice],
) -> dict[str, Any]:
    """Return what is known of some devices."""
    coordinator = entry.runtime_data
    history = coordinator.history
    chosen = {device.id for device in devices}
    return {
        "entry": {
            "version": f"{entry.version}.{entry.minor_version}",
            "data": {k: v if k in _TOLD else REDACTED for k, v in entry.data.items()},
            "options": dict(entry.options),
            "task_profiles": [
                {**subentry.data, CONF_NAME: subentry.title}
                for subentry in entry.get_subentries_of_type(SUBENTRY_PROFILE)
            ],
        },
        "history": {
            "away": history.away,
            "unsaved": history.unsaved,
            "was_damaged": history.store.damaged is not None,
        },
        "devices": {
            device.id: {
                "subentry": dict(entry.subentries[device.subentry_id].data),
                "missing": list(device.missing),
                "sources": _states(hass, device),
                "power": _power(coordinator.power(device)),
            }
            for device in devices
        },
        "decisions": [
            row
            for row in await history.decisions()
            if row.get("device") in (None, *chosen)
        ],
        "bundle": pack(await _async_bundle(coordinator, devices)),
    }


def _states(hass: HomeAssistant, device: TrackedDevice) -> dict[str, Any]:
    """Return what a device's entities say, but for where somebody is."""
    told: dict[str, Any] = {}
    for entity_id in device.sources.all():
        state = hass.states.get(entity_id)
        hidden = split_entity_id(entity_id)[0] in _WHEREABOUTS
        told[entity_id] = state and {
            "state": REDACTED if hidden else state.state,
            "unit": state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
            "device_class": state.attributes.get(ATTR_DEVICE_CLASS),
            "last_changed": state.last_changed.isoformat(),
            "last_reported": state.last_reported.isoformat(),
        }
    return told


def _power(power: DevicePower) -> Mapping[str, Any]:
    """Return a battery as of the last refresh; its settings stand in the bundle."""
    packed: dict[str, Any] = pack(replace(power, forecast=None, past=None))
    return {key: value for key, value in packed.items() if key != "settings"}


async def _async_bundle(
    coordinator: PowerCoordinator, devices: Sequence[TrackedDevice]
) -> Bundle:
    """Return what scripts/replay needs to have the answers again."""
    ids = [device.id for device in devices]
    samples = await coordinator.history.recent(dt_util.utcnow() - MEMORY, ids)
    newest = SAMPLES_AT_MOST // max(1, len(ids))
    readings = coordinator.readings(ids)
    asked = coordinator.asked
    return Bundle(
        at=dt_util.utcnow(),
        zone=coordinator.hass.config.time_zone,
        window=coordinator.window,
        devices={
            device.id: Followed(
                settings=device.settings,
                samples=tuple(samples[device.id][-newest:]),
                reading=readings.get(device.id),
            )
            for device in devices
        },
        asked=asked if asked and set(asked.request.devices) <= set(ids) else None,
    )
