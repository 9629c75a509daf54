"""Fix flows: what a user can do about an issue, without leaving it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import BooleanSelector, Selector
import voluptuous as vol

from .const import CONF_BATTERY, DOMAIN
from .coordinator import PowerSchedulerConfigEntry
from .device_flow import battery_selector, may_carry_level
from .device_form import ENTITIES
from .issues import ISSUE_MISSING
from .settings import read_devices
from .store_health import ISSUE_STORE_AWAY, ISSUE_STORE_DAMAGED
from .stores.sqlite_file import delete_file
from .subentry_data import to_shown, to_stored, tracked_batteries

CONF_DELETE: Final = "delete"

type IssueData = Mapping[str, str | int | float | None] | None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: IssueData
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if issue_id == ISSUE_STORE_AWAY:
        return StoreAwayFlow()
    if issue_id == ISSUE_STORE_DAMAGED:
        return StoreDamagedFlow()
    return SourceFlow()


class OurFlow(RepairsFlow):
    """What our fix flows share."""

    @property
    def said(self) -> dict[str, str] | None:
        """What the issue says of the case."""
        registry = ir.async_get(self.hass)
        issue = registry.async_get_issue(DOMAIN, self.issue_id)
        return issue.translation_placeholders if issue else None

    def done(self) -> RepairsFlowResult:
        """End the flow, and with it the issue."""
        return self.async_create_entry(data={})


class SourceFlow(OurFlow):
    """Read a device from other entities, or track it no more."""

    async def async_step_init(
        self, _user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask what to do."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["entities", "remove"],
            description_placeholders=self.said,
        )

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the entities to read instead of those that fail."""
        if (subentry := self._subentry) is None:
            return self.async_abort(reason="device_gone")
        errors: dict[str, str] = {}
        if user_input is not None and not (
            errors := self._errors(subentry, user_input)
        ):
            asked = self._schema(subentry).schema
            kept = {k: v for k, v in subentry.data.items() if k not in asked}
            self.hass.config_entries.async_update_subentry(
                self._entry, subentry, data=kept | to_stored(self.hass, user_input)
            )
            return self.done()
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                self._schema(subentry), user_input or to_shown(self.hass, subentry.data)
            ),
            errors=errors,
            description_placeholders=self.said,
        )

    async def async_step_remove(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Track the device no more, once that is confirmed."""
        if (subentry := self._subentry) is None:
            return self.async_abort(reason="device_gone")
        if user_input is None:
            return self.async_show_form(
                step_id="remove", description_placeholders=self.said
            )
        self.hass.config_entries.async_remove_subentry(
            self._entry, subentry.subentry_id
        )
        return self.done()

    @property
    def _entry(self) -> ConfigEntry[Any]:
        """The entry; the issue goes with it."""
        return self.hass.config_entries.async_entries(DOMAIN)[0]

    @property
    def _subentry(self) -> ConfigSubentry | None:
        """The device, unless it was removed meanwhile."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        subentry_id = str((self.data or {})["subentry_id"])
        return entries[0].subentries.get(subentry_id) if entries else None

    def _schema(self, subentry: ConfigSubentry) -> vol.Schema:
        """Return the form of the entities that are gone, else of the battery."""
        missing = next(
            device.missing if self.issue_id.startswith(ISSUE_MISSING) else ()
            for device in read_devices(self.hass, self._entry)
            if device.subentry_id == subentry.subentry_id
        )
        fields: dict[vol.Marker, Selector[Any]] = {}
        if CONF_BATTERY in missing or not missing:
            others = self._batteries_of_others(subentry)
            fields[vol.Required(CONF_BATTERY)] = battery_selector(self.hass, others)
        for key, selector in ENTITIES.items():
            if key in missing:
                fields[vol.Optional(key)] = selector
        return vol.Schema(fields)

    def _batteries_of_others(self, subentry: ConfigSubentry) -> set[str]:
        """Return the batteries that are tracked, but for the device's own."""
        own = to_shown(self.hass, subentry.data).get(CONF_BATTERY)
        return tracked_batteries(self.hass, self._entry) - {own}

    def _errors(
        self, subentry: ConfigSubentry, told: Mapping[str, Any]
    ) -> dict[str, str]:
        """Return what is wrong with the form, by field."""
        if (battery := told.get(CONF_BATTERY)) is None:
            return {}
        if battery in self._batteries_of_others(subentry):
            return {CONF_BATTERY: "already_tracked"}
        if not may_carry_level(self.hass, battery):
            return {CONF_BATTERY: "no_level"}
        return {}


class StoreAwayFlow(OurFlow, ConfirmRepairFlow):
    """Try again to save what waits."""

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Try, and say whether it worked."""
        entries: list[PowerSchedulerConfigEntry]
        entries = self.hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            coordinator = entries[0].runtime_data
            await coordinator.async_save()
            if not coordinator.history.away:
                return self.done()
            errors["base"] = "still_away"
        return self.async_show_form(
            step_id="confirm", errors=errors, description_placeholders=self.said
        )


class StoreDamagedFlow(OurFlow, ConfirmRepairFlow):
    """Say that the damaged file was seen, and delete it if that is wanted."""

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to delete the file."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                if user_input[CONF_DELETE]:
                    path = Path(str((self.data or {})["path"]))
                    await self.hass.async_add_executor_job(delete_file, path)
                return self.done()
            except OSError:
                errors[CONF_DELETE] = "not_deleted"
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema(
                {vol.Required(CONF_DELETE, default=False): BooleanSelector()}
            ),
            errors=errors,
            description_placeholders=self.said,
        )
