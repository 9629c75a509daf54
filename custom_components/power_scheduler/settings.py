"""What the user configured, in the core's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import (
    CONF_BATTERY,
    CONF_BOUNDS,
    CONF_CAPACITY,
    CONF_CHARGING,
    CONF_CPU,
    CONF_DEFERRABLE,
    CONF_DRAIN,
    CONF_LIMITS,
    CONF_MEMORY,
    CONF_MIN_BATTERY,
    CONF_NETWORK,
    CONF_NETWORK_CAPACITY,
    CONF_RESERVE,
    CONF_TIME_TO_EMPTY,
    CONF_TIME_TO_FULL,
    CONF_WINDOW,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)
from .core.limits import DEFAULT_LIMITS, Limits, PowerState, StateLimits
from .core.snapshot import DeviceSettings
from .core.task import Demand, TaskProfile
from .readings import SourceEntities

DEFAULT_WINDOW: Final = timedelta(hours=1)

_STANDBY: Final = {"apcupsd", "nut"}
"""Integrations whose batteries only bridge outages: they follow nothing but UPSs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedDevice:
    """A device as it is configured."""

    id: str
    """What history knows it by: the registry id of its battery entity."""

    subentry_id: str
    name: str
    sources: SourceEntities
    missing: tuple[str, ...]
    """The configuration keys whose entity is no longer there."""

    settings: DeviceSettings


def read_window(options: Mapping[str, Any]) -> timedelta:
    """Return the prediction window."""
    return (
        timedelta(**options[CONF_WINDOW]) if CONF_WINDOW in options else DEFAULT_WINDOW
    )


def read_limits(options: Mapping[str, Any]) -> Limits:
    """Return the limits of each power state.

    Raises:
        ValueError: The table is no ascending partition.
    """
    if CONF_LIMITS not in options:
        return DEFAULT_LIMITS
    return Limits(
        {
            state: StateLimits(
                up_to=float(options[CONF_LIMITS][state]["up_to"]),
                cpu=options[CONF_LIMITS][state]["cpu"] / 100,
                memory=options[CONF_LIMITS][state]["memory"] / 100,
                network=options[CONF_LIMITS][state]["network"] / 100,
                concurrency=int(options[CONF_LIMITS][state]["concurrency"]),
            )
            for state in PowerState
        }
    )


@callback
def read_devices(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[TrackedDevice]:
    """Return the tracked devices, their entities as they are called now."""
    limits = read_limits(entry.options)
    return [
        _read_device(hass, subentry, limits)
        for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    ]


def read_profiles(entry: ConfigEntry[Any]) -> dict[str, TaskProfile]:
    """Return the task profiles by name; case does not matter."""
    return {
        subentry.title.casefold(): TaskProfile(
            min_battery=subentry.data[CONF_MIN_BATTERY],
            demand=Demand(
                cpu=subentry.data[CONF_CPU] / 100,
                memory=subentry.data[CONF_MEMORY] / 100,
                network=subentry.data[CONF_NETWORK] / 100,
            ),
            deferrable=subentry.data[CONF_DEFERRABLE],
            drain=subentry.data[CONF_DRAIN],
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROFILE)
    }


def _read_device(
    hass: HomeAssistant, subentry: ConfigSubentry, limits: Limits
) -> TrackedDevice:
    """Return one tracked device."""
    data = subentry.data
    registry = er.async_get(hass)
    missing: list[str] = []

    def find(key: str, value: str | None) -> str | None:
        """Return the entity id that a configured entity has now."""
        if value is None:
            return None
        entity_id = er.async_resolve_entity_id(registry, value)
        if entity_id is None:
            missing.append(key)
        return entity_id

    charging = [find(CONF_CHARGING, value) for value in data.get(CONF_CHARGING, ())]
    sources = SourceEntities(
        battery=find(CONF_BATTERY, data[CONF_BATTERY]),
        charging=tuple(entity for entity in charging if entity is not None),
        cpu=find(CONF_CPU, data.get(CONF_CPU)),
        memory=find(CONF_MEMORY, data.get(CONF_MEMORY)),
        network=find(CONF_NETWORK, data.get(CONF_NETWORK)),
        network_capacity=data.get(CONF_NETWORK_CAPACITY),
        time_to_empty=find(CONF_TIME_TO_EMPTY, data.get(CONF_TIME_TO_EMPTY)),
        time_to_full=find(CONF_TIME_TO_FULL, data.get(CONF_TIME_TO_FULL)),
    )
    battery = registry.async_get(sources.battery) if sources.battery else None
    bounds = data.get(CONF_BOUNDS)
    return TrackedDevice(
        id=subentry.unique_id or subentry.subentry_id,
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        sources=sources,
        missing=tuple(missing),
        settings=DeviceSettings(
            reserve=data[CONF_RESERVE],
            capacity=data.get(CONF_CAPACITY),
            limits=limits.with_bounds(**bounds) if bounds else limits,
            standby=battery is not None and battery.platform in _STANDBY,
        ),
    )
