"""What the system information page says."""

from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.stores import StoreError
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .flows import TEXTS
from .home import device, phone, set_up, tell


async def test_health_tells_of_history_and_devices(hass: HomeAssistant) -> None:
    """Everything that is said has a name, and counts are right."""
    assert await async_setup_component(hass, "system_health", {})
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone(), device("Toy", "sensor.toy"))
    info = await get_system_health_info(hass, DOMAIN)
    assert info["history_reachable"] == "ok"
    assert (info["tracked_devices"], info["devices_without_reading"]) == (2, 1)
    assert info.keys() == TEXTS["system_health"]["info"].keys()
    coordinator = entry.runtime_data
    with patch.object(SqliteStore, "append", side_effect=StoreError("full")):
        tell(hass, 49)
        await coordinator.async_save()
    info = await get_system_health_info(hass, DOMAIN)
    assert info["history_reachable"] == {"type": "failed", "error": "unreachable"}
    assert info["unsaved_samples"] >= 1


async def test_without_an_entry_there_is_nothing_to_tell(hass: HomeAssistant) -> None:
    """The page stays whole."""
    assert await async_setup_component(hass, "system_health", {})
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    await hass.config_entries.async_unload(entry.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {}
