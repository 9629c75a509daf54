"""A Home Assistant of its own, from start to stop, which leaves its folder behind."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from .home import phone, set_up, tell


@asynccontextmanager
async def running(
    folder: str, data: Mapping[str, Any] | None = None, **said: object
) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with a phone, of which something is said, in a folder."""
    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        tell(hass, 60, "discharging")
        await set_up(hass, phone(**said), data=data)
        yield hass
        await write(hass)
        await hass.async_stop(force=True)


async def write(hass: HomeAssistant) -> None:
    """Let everything be written that waits for it."""
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
