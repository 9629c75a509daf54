"""Setting up the entry: where history is kept, and which devices are tracked."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import (
    BACKEND_SQLITE,
    CONF_BACKEND,
    CONF_BATTERY,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)
from .core.task import PROFILES
from .discovery import FoundDevice, battery_devices
from .readings import read_level
from .subentry_data import device_data, profile_data

CONF_DEVICES: Final = "devices"
TITLE: Final = "Power Scheduler"


class PowerSchedulerConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up the one entry of the integration."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._data: dict[str, Any] = {}
        self._found: Mapping[str, FoundDevice] = {}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where history is kept."""
        return self.async_show_menu(menu_options=["local"])

    async def async_step_local(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep history beside Home Assistant's own."""
        self._data = {CONF_BACKEND: BACKEND_SQLITE}
        return await self.async_step_devices()

    async def async_step_devices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the home's battery devices."""
        if user_input is not None:
            return self._create(self._found[b] for b in user_input[CONF_DEVICES])
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
                *(_device_subentry(self.hass, device) for device in devices),
                *(
                    ConfigSubentryData(
                        subentry_type=SUBENTRY_PROFILE,
                        title=name,
                        unique_id=name,
                        data=profile_data(name, profile),
                    )
                    for name, profile in PROFILES.items()
                ),
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


def _device_subentry(hass: HomeAssistant, device: FoundDevice) -> ConfigSubentryData:
    """Return the subentry of a device as it was found."""
    data = device_data(hass, device)
    return ConfigSubentryData(
        subentry_type=SUBENTRY_DEVICE,
        title=device.title,
        unique_id=data[CONF_BATTERY],
        data=data,
    )
