"""Repair issues for what the user can mend."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .settings import TrackedDevice

ISSUE_SOURCE_MISSING = "source_missing"


@callback
def async_report_missing_sources(
    hass: HomeAssistant, devices: Iterable[TrackedDevice]
) -> None:
    """Raise an issue for each device that lost an entity, and drop mended ones."""
    for device in devices:
        issue_id = f"{ISSUE_SOURCE_MISSING}_{device.subentry_id}"
        if not device.missing:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_SOURCE_MISSING,
            translation_placeholders={
                "device": device.name,
                "fields": ", ".join(device.missing),
            },
        )
