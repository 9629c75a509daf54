"""Which store keeps the history of an entry."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant

from .const import (
    BACKEND_REDIS,
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_KEY_PREFIX,
    DOMAIN,
)
from .stores import HistoryStore
from .stores.redis import RedisStore
from .stores.redis_settings import RedisSettings
from .stores.sqlite import SqliteStore

FILE_NAME: Final = f"{DOMAIN}.db"


def make_store(hass: HomeAssistant, data: Mapping[str, Any]) -> HistoryStore:
    """Return the store that an entry's data describe; it is not open yet."""
    if data[CONF_BACKEND] == BACKEND_REDIS:
        return RedisStore(redis_settings(data), hass.async_add_executor_job)
    return SqliteStore(Path(hass.config.path(FILE_NAME)), hass.async_add_executor_job)


async def async_forget(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Remove the history that lies on this machine; a server's is left to its owner."""
    if data[CONF_BACKEND] == BACKEND_SQLITE:
        await hass.async_add_executor_job(_unlink, Path(hass.config.path(FILE_NAME)))


def _unlink(path: Path) -> None:
    """Remove a database and its log."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def redis_settings(data: Mapping[str, Any]) -> RedisSettings:
    """Return how to reach the server that an entry's data describe.

    Raises:
        ValueError: The URL is none of a server.
    """
    return RedisSettings.from_url(
        data[CONF_URL],
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        verify=data[CONF_VERIFY_SSL],
        key_prefix=data[CONF_KEY_PREFIX],
    )
