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
    """Raise an issue for each device that lost an entity, and drop all others."""
    broken = {
        f"{ISSUE_SOURCE_MISSING}_{device.subentry_id}": device
        for device in devices
        if device.missing
    }
    for domain, issue_id in list(ir.async_get(hass).issues):
        ours = domain == DOMAIN and issue_id.startswith(ISSUE_SOURCE_MISSING)
        if ours and issue_id not in broken:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, device in broken.items():
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
