"""Carrying the history of an entry over to another place, while it is in use."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from .history import History
from .storage import make_store
from .store_health import async_end_login
from .stores import HistoryStore, StoreError
from .stores.move import Progress


async def async_move(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    data: Mapping[str, Any],
    progress: Progress | None = None,
) -> None:
    """Let an entry keep its history where the data say.

    The old place keeps what it has. Without a progress to tell, nothing is
    carried over: then the old place need not be in reach.

    Raises:
        StoreError: One of the places is away; the entry stays as it was. Or it was
            removed meanwhile.
        BackupRunningError: One of them is just being copied; it stays too.
    """
    # Neither a start, nor an end, nor a backup comes between.
    async with entry.setup_lock:
        # Whoever removed it meanwhile wants nothing of it to be left.
        if hass.config_entries.async_get_entry(entry.entry_id) is None:
            raise StoreError("the integration was removed meanwhile")
        loaded = entry.state is ConfigEntryState.LOADED
        history: History
        if loaded:
            history = entry.runtime_data.history
        else:
            history = History(hass, entry, make_store(hass, entry.data))
        idle = target = make_store(hass, data)
        try:
            idle = await history.move(target, progress)
            # Nothing may come between, or a restart would read the old place again.
            hass.config_entries.async_update_entry(entry, data=data)
            # What is asked for is the password of the old place.
            async_end_login(hass, entry)
        finally:
            await _close(idle)
            if not loaded:
                await _close(history.store)


async def _close(store: HistoryStore) -> None:
    """Let go of a store, even if it is away."""
    with suppress(StoreError):
        await store.close()
