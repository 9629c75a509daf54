"""Home Assistant's backups copy files as they lie: meanwhile nobody writes to ours."""

from asyncio import Event
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_OVER: Final[HassKey[Event]] = HassKey(f"{DOMAIN}.backup")
"""What tells that the backup is over; there is none but while one is made."""


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let what is being written end, and begin no more."""
    hass.data[_OVER] = Event()
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.history.rest()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let what has waited be written."""
    if over := hass.data.pop(_OVER, None):
        over.set()


@callback
def is_backing_up(hass: HomeAssistant) -> bool:
    """Say whether a backup is being made."""
    return _OVER in hass.data


async def async_wait_for_backup(hass: HomeAssistant) -> None:
    """Wait until no backup is being made."""
    if over := hass.data.get(_OVER):
        await over.wait()
