"""Issues of devices whose entities do not tell what they should."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, POWER_STATE
from .coordinator import PowerCoordinator
from .core.forecast import MEMORY
from .readings import read_level, says
from .settings import TrackedDevice

ISSUE_MISSING: Final = "source_missing"
ISSUE_UNREADABLE: Final = "source_unreadable"
ISSUE_SILENT: Final = "source_silent"
_PREFIX: Final = "source_"

_ROLES: Final = f"component.{DOMAIN}.issues.{ISSUE_MISSING}.fix_flow.step.entities.data"
"""Where it is translated what an entity tells."""

LOOK_EVERY: Final = timedelta(hours=1)

UNREADABLE_AFTER: Final = timedelta(hours=1)
"""How long a level must have been none: restarts and updates pass."""

SILENT_AFTER: Final = timedelta(days=7)
"""Phones go on journeys, and robots wait for a repair, without anything being wrong."""

SHOWN_AT_MOST: Final = 60
"""How many characters of a state an issue repeats."""


@callback
def async_watch_sources(
    hass: HomeAssistant, coordinator: PowerCoordinator
) -> CALLBACK_TYPE:
    """Report what is wrong with sources, now and every hour; return what ends it.

    Devices in trouble are looked at whenever something was told.
    """
    looked_at: datetime | None = None
    troubled: list[TrackedDevice] = []

    @callback
    def look() -> None:
        """Raise an issue for each device in trouble, and drop those that passed."""
        nonlocal looked_at, troubled
        now = coordinator.data.at
        devices: Iterable[TrackedDevice] = troubled
        if looked_at is None or now - looked_at >= LOOK_EVERY:
            looked_at, devices = now, coordinator.devices.values()
        elif not troubled:
            return
        found = {d.id: set(_look(hass, coordinator, d)) for d in devices}
        troubled = [device for device in devices if found[device.id]]
        held = set().union(*found.values())
        for issue_id in _issue_ids(hass):
            if issue_id.startswith(_PREFIX) and issue_id not in held:
                ir.async_delete_issue(hass, DOMAIN, issue_id)

    look()
    return coordinator.async_add_listener(look)


@callback
def async_forget_issues(hass: HomeAssistant) -> None:
    """Drop all our issues, those of the store too."""
    for issue_id in _issue_ids(hass):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_ids(hass: HomeAssistant) -> list[str]:
    """Return the ids of our issues."""
    issues = ir.async_get(hass).issues
    return [issue_id for domain, issue_id in issues if domain == DOMAIN]


def _look(
    hass: HomeAssistant, coordinator: PowerCoordinator, device: TrackedDevice
) -> Iterator[str]:
    """Raise what issues a device has, and yield the ids of those that hold."""
    if device.subentry_id not in coordinator.config_entry.subentries:
        return  # It was let go, and all is about to be set up again.
    if gone := ", ".join(_gone(hass, coordinator, device)):
        yield _raise(hass, device, ISSUE_MISSING, entities=gone)
    if (battery := device.sources.battery) is None:
        return
    if (age := _silence(hass, coordinator, device)) is None:
        yield f"{ISSUE_SILENT}_{device.subentry_id}"
        return
    state = hass.states.get(battery)
    if state and says(state) and read_level(state) is None:
        if age >= UNREADABLE_AFTER:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or ""
            shown = f"{state.state[:SHOWN_AT_MOST]} {unit}".replace("`", "'").strip()
            yield _raise(hass, device, ISSUE_UNREADABLE, state=shown)
    elif age >= SILENT_AFTER:
        yield _raise(hass, device, ISSUE_SILENT, days=str(age.days))


def _silence(
    hass: HomeAssistant, coordinator: PowerCoordinator, device: TrackedDevice
) -> timedelta | None:
    """Return for how long a device has told nothing, at least.

    Where no reading is remembered, that is since it is tracked, or as long as memory
    goes back; None when the past could not be read, or it is not tracked yet.
    """
    if (age := coordinator.power(device).age) is not None:
        return age
    if coordinator.history.unread:
        return None
    registry, now = er.async_get(hass), coordinator.data.at
    shown = f"{device.subentry_id}_{POWER_STATE}"
    entity_id = registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, shown)
    entity = registry.async_get(entity_id) if entity_id else None
    return min(now - entity.created_at, MEMORY) if entity else None


def _gone(
    hass: HomeAssistant, coordinator: PowerCoordinator, device: TrackedDevice
) -> Iterator[str]:
    """Yield what the entities of a device that are gone told, and were called."""
    said = async_get_cached_translations(hass, hass.config.language, "issues", DOMAIN)
    data = coordinator.config_entry.subentries[device.subentry_id].data
    deleted = er.async_get(hass).deleted_entities.values()
    for key in dict.fromkeys(device.missing):
        if key not in data:
            continue  # It was let go, and all is about to be set up again.
        # A language that was just chosen is not loaded yet.
        role = said.get(f"{_ROLES}.{key}", key)
        ids = data[key] if isinstance(data[key], list) else [data[key]]
        names = [f"`{e.entity_id}`" for e in deleted if e.id in ids]
        yield f"{role} ({', '.join(names)})" if names else role


def _raise(hass: HomeAssistant, device: TrackedDevice, kind: str, **said: str) -> str:
    """Raise an issue of a device, and return its id."""
    issue_id = f"{kind}_{device.subentry_id}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"subentry_id": device.subentry_id},
        is_fixable=True,
        is_persistent=kind == ISSUE_SILENT,
        severity=ir.IssueSeverity.WARNING,
        translation_key=kind,
        translation_placeholders={
            "device": device.name,
            "entity_id": device.sources.battery or "",
            **said,
        },
    )
    return issue_id
