"""Setting up the entry: where history is kept, and which devices are tracked."""

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import DOMAIN, SUBENTRY_DEVICE, SUBENTRY_PROFILE
from .core.task import PROFILES
from .device_flow import DeviceSubentryFlow
from .discovery import FoundDevice, battery_devices
from .options_flow import PowerSchedulerOptionsFlow
from .place_flow import BACKENDS, PlaceFlow
from .profile_flow import ProfileSubentryFlow
from .readings import read_level
from .subentry_data import device_subentry, profile_subentry

CONF_DEVICES: Final = "devices"
TITLE: Final = "Power Scheduler"


class PowerSchedulerConfigFlow(PlaceFlow, domain=DOMAIN):
    """Set up the one entry of the integration."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing found."""
        super().__init__()
        self._found: Mapping[str, FoundDevice] = {}

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what the entry can have any number of."""
        return {
            SUBENTRY_DEVICE: DeviceSubentryFlow,
            SUBENTRY_PROFILE: ProfileSubentryFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow for what holds for all devices."""
        return PowerSchedulerOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where history is kept."""
        return self.async_show_menu(step_id="user", menu_options=BACKENDS)

    @override
    async def async_step_devices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the home's battery devices."""
        if user_input is not None:
            batteries = dict.fromkeys(user_input[CONF_DEVICES])
            return self._create(self._found[battery] for battery in batteries)
        self._found = {device.battery: device for device in battery_devices(self.hass)}
        if not self._found:
            return await self.async_step_no_devices()
        return self.async_show_form(
            step_id="devices",
            data_schema=_devices_schema(self.hass, self._found.values()),
        )

    async def async_step_no_devices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that there is no battery device yet, and go on without."""
        if user_input is None:
            return self.async_show_form(step_id="no_devices")
        return self._create(())

    def _create(self, devices: Iterable[FoundDevice]) -> ConfigFlowResult:
        """Create the entry with the chosen devices and the usual task profiles."""
        return self.async_create_entry(
            title=TITLE,
            data=self._data,
            subentries=[
                *(device_subentry(self.hass, device) for device in devices),
                *starmap(profile_subentry, PROFILES.items()),
            ],
        )


def _devices_schema(hass: HomeAssistant, found: Iterable[FoundDevice]) -> vol.Schema:
    """Return the list of found devices, the rechargeable ones ticked."""
    ticked = [device.battery for device in found if device.rechargeable]
    options = [
        SelectOptionDict(value=device.battery, label=_label(hass, device))
        for device in found
    ]
    return vol.Schema(
        {
            vol.Required(CONF_DEVICES, default=ticked): SelectSelector(
                SelectSelectorConfig(
                    options=options, multiple=True, mode=SelectSelectorMode.LIST
                )
            )
        }
    )


def _label(hass: HomeAssistant, device: FoundDevice) -> str:
    """Return a device's name, with its level where it tells one."""
    state = hass.states.get(device.battery)
    level = read_level(state) if state else None
    return device.title if level is None else f"{device.title} ({level:.0f} %)"
