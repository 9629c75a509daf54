"""Adding a device to track, and changing what is known of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import (
    ConfigSubentryFlow,
    SubentryFlowResult,
    UnknownSubEntry,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
)
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_translate_state,
)
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from .const import (
    CONF_BATTERY,
    CONF_BOUNDS,
    CONF_CHARGING,
    DOMAIN,
    SUBENTRY_DEVICE,
)
from .core.limits import Limits
from .device_form import BOUNDED, DETAILS_SCHEMA, from_form, to_form
from .discovery import FoundDevice, find_device
from .readings import SourceEntities, read, read_level
from .settings import read_limits
from .subentry_data import to_shown, to_stored, tracked_batteries

POWER_SOURCE: Final = "power_source"
"""The translation key of the entity that shows it."""

_READING: Final = f"component.{DOMAIN}.selector.reading.options"
"""Where it is translated what a reading may be understood as, and is no state."""

PLUGGED: Final = "plugged"
"""What is plugged in, and maybe charging: the course of its level will tell."""

_LEVELS: Final = [
    EntityWithDeviceFilterSelectorConfig(device_class="battery", domain="sensor"),
    EntityWithDeviceFilterSelectorConfig(unit_of_measurement="%", domain="sensor"),
    EntityWithDeviceFilterSelectorConfig(
        domain=["device_tracker", "input_number", "lawn_mower", "number", "vacuum"]
    ),
    *(
        EntityWithDeviceFilterSelectorConfig(integration=maker, domain="sensor")
        for maker in ("command_line", "mqtt", "rest", "scrape", "template")
    ),
]
"""What may carry a level; sensors that people make may lack class and unit."""


class DeviceSubentryFlow(ConfigSubentryFlow):
    """Track a device, or change how it is read."""

    _found: FoundDevice

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entity that carries the battery's level."""
        errors: dict[str, str] = {}
        tracked = tracked_batteries(self.hass, self._get_entry())
        if user_input is not None:
            battery = to_shown(self.hass, user_input).get(CONF_BATTERY, "")
            if battery in tracked:
                return self.async_abort(reason="already_configured")
            if may_carry_level(self.hass, battery):
                self._found = find_device(self.hass, battery)
                return await self.async_step_details()
            errors[CONF_BATTERY] = "no_level"
        schema = vol.Schema(
            {vol.Required(CONF_BATTERY): battery_selector(self.hass, tracked)}
        )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def async_step_details(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what was found out about the device, to be corrected."""
        battery, title = self._found.battery, self._found.title
        if user_input is None:
            return self._show("details", title, battery, self._found.companions)
        told = from_form(user_input, self._limits)
        if errors := self._errors(told):
            return self._show("details", title, battery, told, errors)
        if battery in tracked_batteries(self.hass, self._get_entry()):
            return self.async_abort(reason="already_configured")
        data = to_stored(self.hass, {CONF_BATTERY: battery, **told})
        return self.async_create_entry(
            title=title, data=data, unique_id=self._free_id(data[CONF_BATTERY])
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what is known of the device, to be changed."""
        try:
            device = self._get_reconfigure_subentry()
        except UnknownSubEntry:
            return self.async_abort(reason="device_gone")
        known = to_shown(self.hass, device.data)
        battery, title = known.get(CONF_BATTERY), device.title
        if user_input is None:
            return self._show("reconfigure", title, battery, known)
        told = from_form(user_input, self._limits)
        if errors := self._errors(told):
            return self._show("reconfigure", title, battery, told, errors)
        kept = {CONF_BATTERY: device.data[CONF_BATTERY]}
        return self.async_update_and_abort(
            self._get_entry(), device, data=kept | to_stored(self.hass, told)
        )

    def _free_id(self, battery: str) -> str:
        """Return what history shall know a device by.

        A device whose battery entity was replaced keeps the history of the old one.
        """
        devices = self._get_entry().get_subentries_of_type(SUBENTRY_DEVICE)
        taken = {device.unique_id for device in devices}
        return ulid_now() if battery in taken else battery

    @property
    def _limits(self) -> Limits:
        """The limits of all devices, over whose bounds a device may have its own."""
        return read_limits(self._get_entry().options)

    def _errors(self, told: Mapping[str, Any]) -> dict[str, str]:
        """Return what is wrong with the form, by field."""
        if bounds := told.get(CONF_BOUNDS):
            try:
                self._limits.with_bounds(**bounds)
            except ValueError:
                return {"base": "not_ascending"}
        return {}

    def _show(
        self,
        step_id: str,
        title: str,
        battery: str | None,
        known: Mapping[str, Any],
        errors: dict[str, str] | None = None,
    ) -> SubentryFlowResult:
        """Show the form, with what the device's reading is understood as now."""
        limits = self._limits
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                DETAILS_SCHEMA, to_form(known)
            ),
            errors=errors,
            description_placeholders={
                "device": title,
                **_preview(self.hass, battery, known),
                **{str(s): f"{limits.states[s].up_to:g}" for s in BOUNDED},
            },
        )


def battery_selector(hass: HomeAssistant, tracked: Iterable[str]) -> EntitySelector:
    """Return the choice of what may carry a level, without what is tracked or ours."""
    entities = er.async_get(hass).entities.values()
    ours = (entry.entity_id for entry in entities if entry.platform == DOMAIN)
    return EntitySelector(
        EntitySelectorConfig(
            filter=_LEVELS,
            exclude_entities=sorted({*tracked, *ours}),
        )
    )


def may_carry_level(hass: HomeAssistant, entity_id: str) -> bool:
    """Say whether an entity tells a level, or may once it is available."""
    state = hass.states.get(entity_id)
    if state is None:
        return er.async_get(hass).async_get(entity_id) is not None
    silent = state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)
    return silent or read_level(state) is not None


def _preview(
    hass: HomeAssistant, battery: str | None, known: Mapping[str, Any]
) -> dict[str, str]:
    """Return what a device's reading is understood as: its level and power source."""
    sources = SourceEntities(
        battery=battery, charging=tuple(known.get(CONF_CHARGING, ()))
    )
    said = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    unknown, plugged = (
        said.get(f"{_READING}.{word}", word) for word in (STATE_UNKNOWN, PLUGGED)
    )
    reading = read(hass, sources)
    if reading is None:
        return {"level": unknown, "source": unknown}
    source = plugged if reading.sample.plugged else unknown
    if reading.source is not None:
        source = async_translate_state(
            hass, reading.source, SENSOR_DOMAIN, DOMAIN, POWER_SOURCE, None
        )
    return {"level": f"{reading.sample.level:.0f} %", "source": source}
