"""Issues of devices whose entities do not tell what they should."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import PowerCoordinator
from .readings import read_level, says
from .settings import TrackedDevice

ISSUE_MISSING: Final = "source_missing"
ISSUE_UNREADABLE: Final = "source_unreadable"
ISSUE_SILENT: Final = "source_silent"
_PREFIX: Final = "source_"

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
    """Report what is wrong with sources, now and every hour; return what ends it."""
    looked_at: datetime | None = None

    @callback
    def look() -> None:
        """Raise an issue for each device in trouble, and drop those that passed."""
        nonlocal looked_at
        now = coordinator.data.at
        if looked_at is not None and now - looked_at < LOOK_EVERY:
            return
        looked_at = now
        found: set[str] = set()
        for device in coordinator.devices.values():
            found.update(_look(hass, coordinator, device))
        for issue_id in _issue_ids(hass):
            if issue_id.startswith(_PREFIX) and issue_id not in found:
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
    if device.missing:
        yield _raise(hass, device, ISSUE_MISSING)
    if (battery := device.sources.battery) is None:
        return
    age = coordinator.power(device).age
    state = hass.states.get(battery)
    silent = f"{ISSUE_SILENT}_{device.subentry_id}"
    if age is None:
        # The last reading is older than what is remembered, or there never was one.
        yield silent
    elif state and says(state) and read_level(state) is None:
        if age >= UNREADABLE_AFTER:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or ""
            shown = f"{state.state[:SHOWN_AT_MOST]} {unit}".replace("`", "'").strip()
            yield _raise(hass, device, ISSUE_UNREADABLE, state=shown)
    elif age >= SILENT_AFTER:
        yield _raise(hass, device, ISSUE_SILENT, days=str(age.days))


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
