"""Setting up the entry: where history is kept, and which devices are tracked."""

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
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
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)
from .core.task import PROFILES
from .device_flow import DeviceSubentryFlow
from .discovery import FoundDevice, battery_devices
from .options_flow import PowerSchedulerOptionsFlow
from .profile_flow import ProfileSubentryFlow
from .readings import read_level
from .redis_form import (
    CREDENTIALS_SCHEMA,
    EXAMPLE,
    EXAMPLE_TLS,
    REDIS_SCHEMA,
    RedisRefusedError,
    async_tried,
    shown,
)
from .subentry_data import device_subentry, profile_subentry

CONF_DEVICES: Final = "devices"
TITLE: Final = "Power Scheduler"
BACKENDS: Final = ["local", "redis"]
CREDENTIALS: Final = (CONF_USERNAME, CONF_PASSWORD)


class PowerSchedulerConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up the one entry of the integration."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._data: dict[str, Any] = {}
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

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where history is kept from now on."""
        return self.async_show_menu(step_id="reconfigure", menu_options=BACKENDS)

    async def async_step_local(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep history beside Home Assistant's own."""
        return await self._keep({CONF_BACKEND: BACKEND_SQLITE})

    async def async_step_redis(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Keep history on a server, once it answers."""
        known = self._known
        refusal = None
        if user_input is not None:
            try:
                return await self._keep(await async_tried(self.hass, user_input, known))
            except RedisRefusedError as err:
                refusal = err
        return self._ask("redis", REDIS_SCHEMA, user_input or shown(known), refusal)

    async def async_step_reauth(
        self, _entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Redis does not accept the saved credentials any more."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for credentials that Redis accepts."""
        entry = self._get_reauth_entry()
        refusal = None
        if user_input is not None:
            told = {**entry.data, **dict.fromkeys(CREDENTIALS), **user_input}
            try:
                data = await async_tried(self.hass, told, entry.data)
                return self.async_update_and_abort(entry, data=data)
            except RedisRefusedError as err:
                refusal = err
        values = user_input or shown({CONF_USERNAME: entry.data[CONF_USERNAME]})
        return self._ask("reauth_confirm", CREDENTIALS_SCHEMA, values, refusal)

    @property
    def _known(self) -> Mapping[str, Any]:
        """The entry's data before; nothing while it is being set up."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().data
        return {}

    async def _keep(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Go on with the chosen place of history."""
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(self._get_reconfigure_entry(), data=data)
        self._data = data
        return await self.async_step_devices()

    def _ask(
        self,
        step_id: str,
        schema: vol.Schema,
        values: Mapping[str, Any],
        refusal: RedisRefusedError | None,
    ) -> ConfigFlowResult:
        """Show a form about Redis, with what was wrong with the last one."""
        errors = {}
        if refusal:
            # The form of new credentials has no URL to point to.
            field = refusal.field if refusal.field in schema.schema else "base"
            errors[field] = refusal.key
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={
                "example": EXAMPLE,
                "example_tls": EXAMPLE_TLS,
                "detail": refusal.detail if refusal else "",
            },
        )

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
