"""A furnished home of devices that do not exist, for `scripts/develop` only."""

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .config_flow import DOMAIN

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
PLATFORMS = (Platform.BINARY_SENSOR, Platform.SENSOR, Platform.VACUUM)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Make an entry of the line in configuration.yaml: devices need one."""
    if DOMAIN in config:
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}, data={}
            )
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Furnish the home."""
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Clear the home."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
