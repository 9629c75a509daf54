"""Adding and changing a task profile."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
    UnknownSubEntry,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from .const import (
    CONF_CPU,
    CONF_DEFERRABLE,
    CONF_DRAIN,
    CONF_MEMORY,
    CONF_MIN_BATTERY,
    CONF_NETWORK,
    SUBENTRY_PROFILE,
)
from .forms import PERCENT, number

MOST_DRAIN: Final = 1000
"""%/h: a battery that a task empties in six minutes."""

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_MIN_BATTERY, default=20): PERCENT,
        vol.Required(CONF_DRAIN, default=10): number("%/h", MOST_DRAIN, step=0.1),
        vol.Required(CONF_CPU, default=0): PERCENT,
        vol.Required(CONF_MEMORY, default=0): PERCENT,
        vol.Required(CONF_NETWORK, default=0): PERCENT,
        vol.Required(CONF_DEFERRABLE, default=True): BooleanSelector(),
    }
)


class ProfileSubentryFlow(ConfigSubentryFlow):
    """Add a task profile, or change one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what tasks of a new type have in common."""
        errors: dict[str, str] = {}
        if user_input is not None:
            name = user_input[CONF_NAME].strip()
            if not (errors := self._errors(name)):
                data = {**user_input, CONF_NAME: name}
                return self.async_create_entry(title=name, data=data)
        return self._show("user", user_input, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what should be different."""
        try:
            profile = self._get_reconfigure_subentry()
        except UnknownSubEntry:
            return self.async_abort(reason="profile_gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            name = user_input[CONF_NAME].strip()
            if not (errors := self._errors(name, profile)):
                data = {**user_input, CONF_NAME: name}
                return self.async_update_and_abort(
                    self._get_entry(), profile, title=name, data=data
                )
        # Home Assistant can give it another name too, which is its title then.
        known = {**profile.data, CONF_NAME: profile.title}
        return self._show("reconfigure", user_input or known, errors)

    def _errors(
        self, name: str, changed: ConfigSubentry | None = None
    ) -> dict[str, str]:
        """Return what is wrong with a name; a profile may keep its own."""
        taken = {
            profile.title.casefold()
            for profile in self._get_entry().get_subentries_of_type(SUBENTRY_PROFILE)
            if profile is not changed
        }
        if not name:
            return {CONF_NAME: "name_missing"}
        return {CONF_NAME: "name_taken"} if name.casefold() in taken else {}

    def _show(
        self, step_id: str, values: Mapping[str, Any] | None, errors: dict[str, str]
    ) -> SubentryFlowResult:
        """Show the form."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, values),
            errors=errors,
        )
