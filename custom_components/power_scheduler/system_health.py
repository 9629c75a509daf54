"""What the system information page says of the integration."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import CONF_BACKEND, DOMAIN
from .coordinator import PowerSchedulerConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what tells of the integration's health."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return where history is kept, and how many devices tell something."""
    entries: list[PowerSchedulerConfigEntry]
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        return {}
    coordinator = entries[0].runtime_data
    history = coordinator.history
    powers = coordinator.data.devices.values()
    return {
        "history_backend": entries[0].data[CONF_BACKEND],
        "history_reachable": {"type": "failed", "error": "unreachable"}
        if history.away
        else "ok",
        "unsaved_samples": history.unsaved,
        "tracked_devices": len(powers),
        "devices_without_reading": sum(not power.known for power in powers),
    }
