"""The form of a Redis or Valkey server, tried before it is accepted."""

from collections.abc import Mapping
import re
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
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import (
    BACKEND_REDIS,
    CONF_BACKEND,
    CONF_CA,
    CONF_CHECK_HOSTNAME,
    CONF_KEY_PREFIX,
    CONF_SENTINEL_PASSWORD,
    DEFAULT_KEY_PREFIX,
)
from .storage import redis_settings
from .stores.redis_check import find_problem
from .stores.redis_errors import RedisProblem
from .stores.redis_settings import DEFAULT_SERVICE, RedisMode, RedisSettings

EXAMPLE: Final = "redis://192.168.1.5:6379/0"
EXAMPLE_TLS: Final = "rediss://redis.example.com:6380/0"

SECTION_ADVANCED: Final = "advanced"

SECRETS: Final = (CONF_PASSWORD, CONF_SENTINEL_PASSWORD)
UNCHANGED: Final = "__**password_not_changed**__"
"""Stands for a saved password in a form, so that no browser gets to see it."""

_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_CREDENTIALS: Final = {
    vol.Optional(CONF_USERNAME): TextSelector(
        TextSelectorConfig(autocomplete="username")
    ),
    vol.Optional(CONF_PASSWORD): _PASSWORD,
}
_SENTINEL_PASSWORD: Final = {vol.Optional(CONF_SENTINEL_PASSWORD): _PASSWORD}
_ADVANCED: Final = vol.Schema(
    {
        vol.Required(CONF_MODE, default=RedisMode.SINGLE): SelectSelector(
            SelectSelectorConfig(options=list(RedisMode), translation_key="redis_mode")
        ),
        vol.Required(CONF_SERVICE, default=DEFAULT_SERVICE): TextSelector(),
        **_SENTINEL_PASSWORD,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Required(CONF_CHECK_HOSTNAME, default=True): BooleanSelector(),
        vol.Optional(CONF_CA): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Required(CONF_KEY_PREFIX, default=DEFAULT_KEY_PREFIX): TextSelector(),
    }
)
_KEY_PREFIX: Final = re.compile(r"[A-Za-z0-9_.:-]+")

_FIELDS: Final = {
    RedisProblem.INVALID_AUTH: CONF_PASSWORD,
    RedisProblem.NO_PERMISSION: CONF_USERNAME,
    RedisProblem.INVALID_CA: SECTION_ADVANCED,
    RedisProblem.INVALID_CERTIFICATE: SECTION_ADVANCED,
    RedisProblem.NO_PRIMARY: SECTION_ADVANCED,
    RedisProblem.NOT_A_SENTINEL: SECTION_ADVANCED,
    RedisProblem.NOT_A_CLUSTER: SECTION_ADVANCED,
}
"""Where to mend a problem, if not at the URL; a section's fields can't be named."""


class RedisRefusedError(Exception):
    """A server, or what was said of it, that can't be used."""

    def __init__(self, field: str, key: str, place: str = "") -> None:
        """Name the field, the translated error, and the server without secrets."""
        super().__init__(key)
        self.field = field
        self.key = key
        self.place = place


def server_schema(refusal: RedisRefusedError | None) -> vol.Schema:
    """Return the form of a server; what few need is folded unless it is wrong."""
    unfolded = refusal is not None and refusal.field == SECTION_ADVANCED
    return vol.Schema(
        {
            vol.Required(CONF_URL): TextSelector(),
            **_CREDENTIALS,
            vol.Optional(SECTION_ADVANCED): section(
                _ADVANCED, {"collapsed": not unfolded}
            ),
        }
    )


def credentials_schema(data: Mapping[str, Any]) -> vol.Schema:
    """Return the form of new credentials for the server of an entry."""
    sentinel = data.get(CONF_MODE) == RedisMode.SENTINEL
    return vol.Schema({**_CREDENTIALS, **(_SENTINEL_PASSWORD if sentinel else {})})


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's data as a form shows them."""
    known = {key: value for key, value in data.items() if value is not None}
    known |= {key: UNCHANGED for key in SECRETS if key in known}
    return known | {SECTION_ADVANCED: known}


def flat(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form tells, without its section."""
    told = {key: form[key] for key in form if key != SECTION_ADVANCED}
    return {**told, **_ADVANCED(form.get(SECTION_ADVANCED, {}))}


async def async_tried(
    hass: HomeAssistant, told: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry's data for a server that does all that is needed.

    Args:
        hass: Home Assistant.
        told: What the user told.
        known: The entry's data before, whose passwords may stay.

    Raises:
        RedisRefusedError: The server can't be used as told.
    """
    kept = {key: known.get(key) for key in SECRETS if told.get(key) == UNCHANGED}
    settings = _understood({**told, **kept})
    problem = await find_problem(settings, hass.async_add_executor_job)
    if problem is not None:
        raise _refusal(problem, settings)
    return {
        CONF_BACKEND: BACKEND_REDIS,
        CONF_URL: settings.url,
        CONF_USERNAME: settings.username,
        CONF_PASSWORD: settings.password,
        CONF_MODE: str(settings.mode),
        CONF_SERVICE: settings.service,
        CONF_SENTINEL_PASSWORD: settings.sentinel_password,
        CONF_VERIFY_SSL: settings.verify,
        CONF_CHECK_HOSTNAME: settings.check_hostname,
        CONF_CA: settings.ca or None,
        CONF_KEY_PREFIX: settings.key_prefix,
    }


def _understood(told: Mapping[str, Any]) -> RedisSettings:
    """Return how to reach the server that the form tells of."""
    if not _KEY_PREFIX.fullmatch(told[CONF_KEY_PREFIX]):
        raise RedisRefusedError(SECTION_ADVANCED, "invalid_key_prefix")
    try:
        settings = redis_settings(told)
    except ValueError:
        raise RedisRefusedError(CONF_URL, "invalid_url") from None
    if settings.mode is RedisMode.SINGLE and len(settings.addresses) > 1:
        raise RedisRefusedError(CONF_URL, "several_servers")
    return settings


def _refusal(problem: RedisProblem, settings: RedisSettings) -> RedisRefusedError:
    """Return what to tell of a problem, and where."""
    key = str(problem)
    if key == RedisProblem.INVALID_AUTH and settings.mode is RedisMode.SENTINEL:
        # The Sentinels have a password of their own, and either may be wrong.
        key = "invalid_auth_sentinel"
    return RedisRefusedError(_FIELDS.get(problem, CONF_URL), key, settings.place)
