"""Home Assistant's backups copy files as they lie: meanwhile nobody writes to ours."""

from asyncio import Event
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LONGEST: Final = timedelta(hours=6)
"""After this a backup counts as over: one that breaks off may never say so.

Backups to a slow share take hours, and samples can wait for days.
"""


@dataclass(frozen=True, slots=True)
class _Backup:
    """A backup that is being made."""

    over: Event
    forget: CALLBACK_TYPE
    """What ends the wait for its end."""


_BACKUP: Final[HassKey[_Backup]] = HassKey(f"{DOMAIN}.backup")


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let what is being written end, and begin no more."""
    over = Event()
    if broken_off := hass.data.get(_BACKUP):
        broken_off.forget()
        over = broken_off.over
    forget = async_call_later(hass, _LONGEST, callback(lambda _: _end(hass)))
    hass.data[_BACKUP] = _Backup(over, forget)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.history.rest()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let what has waited be written."""
    _end(hass)


@callback
def _end(hass: HomeAssistant) -> None:
    """Wake all that waits for the end of the backup."""
    if backup := hass.data.pop(_BACKUP, None):
        backup.forget()
        backup.over.set()


@callback
def is_backing_up(hass: HomeAssistant) -> bool:
    """Say whether a backup is being made."""
    return _BACKUP in hass.data


async def async_wait_for_backup(hass: HomeAssistant) -> None:
    """Wait until no backup is being made."""
    if backup := hass.data.get(_BACKUP):
        await backup.over.wait()
