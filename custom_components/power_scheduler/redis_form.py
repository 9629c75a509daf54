"""The form of a Redis or Valkey server, tried before it is accepted."""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import BACKEND_REDIS, CONF_BACKEND, CONF_KEY_PREFIX, DEFAULT_KEY_PREFIX
from .storage import redis_settings
from .stores import StoreAuthError, StoreError
from .stores.redis import RedisStore
from .stores.redis_settings import RedisSettings

EXAMPLE: Final = "redis://192.168.1.5:6379/0"
EXAMPLE_TLS: Final = "rediss://redis.example.com:6380/0"

UNCHANGED: Final = "__**password_not_changed**__"
"""Stands for the saved password in a form, so that no browser gets to see it."""

CREDENTIALS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_USERNAME): TextSelector(
            TextSelectorConfig(autocomplete="username")
        ),
        vol.Optional(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="current-password"
            )
        ),
    }
)
REDIS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(),
        **CREDENTIALS_SCHEMA.schema,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Required(CONF_KEY_PREFIX, default=DEFAULT_KEY_PREFIX): TextSelector(),
    }
)
_KEY_PREFIX: Final = re.compile(r"[A-Za-z0-9_.:-]+")


class RedisRefusedError(Exception):
    """A server, or what was said of it, that can't be used."""

    def __init__(self, field: str, key: str, detail: str = "") -> None:
        """Name the field and the translated error; the detail holds no secret."""
        super().__init__(key)
        self.field = field
        self.key = key
        self.detail = detail


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's data as a form shows them."""
    known = {key: value for key, value in data.items() if value is not None}
    return known | {CONF_PASSWORD: UNCHANGED} if CONF_PASSWORD in known else known


async def async_tried(
    hass: HomeAssistant, form: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry's data for a server that answers.

    Args:
        hass: Home Assistant.
        form: What the user told.
        known: The entry's data before, whose password may stay.

    Raises:
        RedisRefusedError: The server can't be used as told.
    """
    told = dict(form)
    if told.get(CONF_PASSWORD) == UNCHANGED:
        told[CONF_PASSWORD] = known.get(CONF_PASSWORD)
    settings = _understood(told)
    await _async_try(hass, settings)
    return {
        CONF_BACKEND: BACKEND_REDIS,
        CONF_URL: _bare_url(settings),
        CONF_USERNAME: settings.username,
        CONF_PASSWORD: settings.password,
        CONF_VERIFY_SSL: told[CONF_VERIFY_SSL],
        CONF_KEY_PREFIX: told[CONF_KEY_PREFIX],
    }


def _understood(told: Mapping[str, Any]) -> RedisSettings:
    """Return how to reach the server that the form tells of."""
    if not _KEY_PREFIX.fullmatch(told[CONF_KEY_PREFIX]):
        raise RedisRefusedError(CONF_KEY_PREFIX, "invalid_key_prefix")
    try:
        settings = redis_settings(told)
    except ValueError:
        raise RedisRefusedError(CONF_URL, "invalid_url") from None
    if len(settings.addresses) > 1:
        raise RedisRefusedError(CONF_URL, "several_servers")
    return settings


async def _async_try(hass: HomeAssistant, settings: RedisSettings) -> None:
    """See that a server lets us in."""
    store = RedisStore(settings, hass.async_add_executor_job)
    try:
        await store.open()
    except StoreAuthError:
        raise RedisRefusedError(CONF_PASSWORD, "invalid_auth") from None
    except StoreError as err:
        raise RedisRefusedError(CONF_URL, "cannot_connect", str(err)) from None
    finally:
        await store.close()


def _bare_url(settings: RedisSettings) -> str:
    """Return the URL without the credentials that may have come inside it."""
    scheme = "rediss" if settings.tls else "redis"
    return f"{scheme}://{settings.place}/{settings.db}"
