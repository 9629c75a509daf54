"""Whether history can be saved and read, told once each time that this changes."""

from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, LOGGER
from .stores import HistoryStore, StoreAuthError, StoreError

ISSUE_STORE_AWAY: Final = "store_away"
ISSUE_STORE_DAMAGED: Final = "store_damaged"
ISSUE_STORE_UNREAD: Final = "store_unread"


@callback
def async_end_login(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Ask for no new credentials any more."""
    for flow in list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})):
        hass.config_entries.flow.async_abort(flow["flow_id"])


class StoreHealth:
    """Tells of a store that is away, back, unreadable, or damaged."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Start with a store that is there."""
        self._hass = hass
        self._entry = entry
        self.away = False
        self._unread = False
        self._damaged: Path | None = None

    @callback
    def note_away(self, err: StoreError) -> None:
        """Say once that the store is away, and ask for what would let us in."""
        # What an entry that is just let go used to log in may be mended already.
        let_go = self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS
        if isinstance(err, StoreAuthError) and not let_go:
            self._entry.async_start_reauth(self._hass)
        if self.away:
            return
        self.away = True
        LOGGER.warning("History can't be saved and is kept in memory: %s", err)
        self._raise(ISSUE_STORE_AWAY, {"error": str(err)}, is_fixable=True)

    @callback
    def note_back(self, store: HistoryStore) -> None:
        """Say once that the store is back; it lets us in with what we have."""
        if self.away:
            LOGGER.info("History is saved again")
        self.away = False
        ir.async_delete_issue(self._hass, DOMAIN, ISSUE_STORE_AWAY)
        async_end_login(self._hass, self._entry)
        if store.damaged and store.damaged != self._damaged:
            self._note_damage(store.damaged)
        self._damaged = store.damaged

    @callback
    def note_unread(self, err: StoreError) -> None:
        """Say once that the store takes samples, but does not tell what it keeps."""
        if self._unread:
            return
        self._unread = True
        LOGGER.warning("History is saved, but what was kept can't be read: %s", err)
        self._raise(ISSUE_STORE_UNREAD, {"error": str(err)}, is_fixable=False)

    @callback
    def note_read(self) -> None:
        """Drop the issue: all that the store keeps was read."""
        ir.async_delete_issue(self._hass, DOMAIN, ISSUE_STORE_UNREAD)

    def _note_damage(self, path: Path) -> None:
        """Say that the history was damaged, and where it is now."""
        LOGGER.warning("The battery history was damaged and is now at %s", path)
        self._raise(ISSUE_STORE_DAMAGED, {"path": str(path)}, is_fixable=True)

    def _raise(self, kind: str, said: dict[str, str], *, is_fixable: bool) -> None:
        """Raise an issue in Repairs; its text, and its fix flow, are told something."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            kind,
            data={**said},
            is_fixable=is_fixable,
            severity=ir.IssueSeverity.WARNING,
            translation_key=kind,
            translation_placeholders=said,
        )
