"""The robot vacuum of the demo home."""

from typing import override

from homeassistant.components.vacuum import StateVacuumEntity, VacuumActivity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import HomeEntity, async_add


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add the vacuum."""
    await async_add(hass, entry, add, Platform.VACUUM, HomeVacuum)


class HomeVacuum(HomeEntity, StateVacuumEntity):
    """A vacuum that goes its rounds by itself."""

    @property
    @override
    def activity(self) -> VacuumActivity:
        """Return what the vacuum does now."""
        return VacuumActivity(self.demo_value)
