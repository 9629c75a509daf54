"""Home Assistant's backups copy files as they lie: meanwhile nobody writes to ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .stores import HistoryStore

_LONGEST: Final = timedelta(hours=6)
"""After this a backup counts as over: one that breaks off may never say so.

Backups to a slow share take hours, and samples can wait for days.
"""


@dataclass(frozen=True, slots=True)
class _Backup:
    """A backup that is being made."""

    until: datetime
    """When it counts as over."""

    forget: CALLBACK_TYPE
    """What ends the wait for that."""


_BACKUP: Final[HassKey[_Backup]] = HassKey(f"{DOMAIN}.backup")


class BackupRunningError(HomeAssistantError):
    """A backup is being made of the history that was to be used."""

    def __init__(self, until: datetime) -> None:
        """Say until when at most."""
        self.until = f"{dt_util.as_local(until):%Y-%m-%d %H:%M}"
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="backup_running",
            translation_placeholders={"until": self.until},
        )


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Let what is being written end, and begin no more."""
    _end(hass)
    hass.data[_BACKUP] = _Backup(
        until=dt_util.utcnow() + _LONGEST,
        forget=async_call_later(hass, _LONGEST, callback(lambda _: _end(hass))),
    )
    for entry in hass.config_entries.async_entries(DOMAIN):
        # What is being set up or unloaded may be writing as well.
        async with entry.setup_lock:
            if entry.state is ConfigEntryState.LOADED:
                await entry.runtime_data.history.rest()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let what has waited be written."""
    _end(hass)


@callback
def _end(hass: HomeAssistant) -> None:
    """Take a backup as over, if one is being made."""
    if backup := hass.data.pop(_BACKUP, None):
        backup.forget()


@callback
def is_copied(hass: HomeAssistant, store: HistoryStore) -> bool:
    """Say whether a store lies in a backup that is being made."""
    return store.in_backups and _BACKUP in hass.data


@callback
def async_refuse_while_copied(hass: HomeAssistant, *stores: HistoryStore) -> None:
    """Refuse to use stores of which a backup is being made.

    Raises:
        BackupRunningError: One of them is such a store.
    """
    if any(is_copied(hass, store) for store in stores):
        raise BackupRunningError(hass.data[_BACKUP].until)
