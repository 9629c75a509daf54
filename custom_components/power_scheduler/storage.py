"""Which store keeps the history of an entry."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.const import (
    CONF_MODE,
    CONF_PASSWORD,
    CONF_SERVICE,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant

from .const import (
    BACKEND_REDIS,
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_CA,
    CONF_CHECK_HOSTNAME,
    CONF_KEY_PREFIX,
    CONF_SENTINEL_PASSWORD,
    DOMAIN,
)
from .stores import HistoryStore
from .stores.redis import RedisStore
from .stores.redis_settings import DEFAULT_SERVICE, RedisMode, RedisSettings
from .stores.sqlite import SqliteStore

FILE_NAME: Final = f"{DOMAIN}.db"


def make_store(hass: HomeAssistant, data: Mapping[str, Any]) -> HistoryStore:
    """Return the store that an entry's data describe; it is not open yet."""
    if data[CONF_BACKEND] == BACKEND_REDIS:
        return RedisStore(redis_settings(data), hass.async_add_executor_job)
    return _local_store(hass)


async def async_forget(hass: HomeAssistant) -> None:
    """Remove the history that lies on this machine; a server's is left to its owner."""
    await _local_store(hass).erase()


def same_place(data: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two entries' data describe the same history."""
    return _place(data) == _place(other)


def redis_settings(data: Mapping[str, Any]) -> RedisSettings:
    """Return how to reach the server that an entry's data describe.

    Raises:
        ValueError: The URL is none of a server, or not for the mode.
    """
    return RedisSettings.from_url(
        data[CONF_URL],
        mode=RedisMode(data.get(CONF_MODE, RedisMode.SINGLE)),
        service=data.get(CONF_SERVICE, DEFAULT_SERVICE),
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        sentinel_password=data.get(CONF_SENTINEL_PASSWORD),
        verify=data[CONF_VERIFY_SSL],
        check_hostname=data.get(CONF_CHECK_HOSTNAME, True),
        ca=data.get(CONF_CA),
        key_prefix=data[CONF_KEY_PREFIX],
    )


def _local_store(hass: HomeAssistant) -> SqliteStore:
    """Return the store beside Home Assistant's own."""
    return SqliteStore(Path(hass.config.path(FILE_NAME)), hass.async_add_executor_job)


def _place(data: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what tells the place of a history from all others."""
    if data[CONF_BACKEND] == BACKEND_SQLITE:
        return (BACKEND_SQLITE,)
    settings = redis_settings(data)
    return (
        settings.addresses,
        settings.mode,
        settings.service,
        settings.db,
        settings.key_prefix,
    )
