"""Which store keeps the history of an entry."""

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .stores import HistoryStore
from .stores.sqlite import SqliteStore

FILE_NAME: Final = f"{DOMAIN}.db"


def make_store(hass: HomeAssistant) -> HistoryStore:
    """Return the store that is configured; it is not open yet."""
    return SqliteStore(Path(hass.config.path(FILE_NAME)), hass.async_add_executor_job)
