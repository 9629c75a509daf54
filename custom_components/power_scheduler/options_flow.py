"""Changing what holds for all devices: the prediction window and the limits."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import DurationSelector, DurationSelectorConfig
import voluptuous as vol

from .const import CONF_LIMITS, CONF_WINDOW
from .core.limits import Limits, LimitsError, PowerState
from .forms import PERCENT, number
from .settings import read_limits, read_window

SHORTEST: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=24)


class _SpanSelector(DurationSelector):
    """Takes a duration; one that is beyond all measure is wrong, and no crash."""

    @override
    def __call__(self, data: Any) -> dict[str, float]:
        """Return the duration that was entered."""
        try:
            return super().__call__(data)
        except OverflowError as err:
            raise vol.Invalid("this duration is out of range") from err


_ROW: Final = {
    vol.Required("up_to"): PERCENT,
    vol.Required("cpu"): PERCENT,
    vol.Required("memory"): PERCENT,
    vol.Required("network"): PERCENT,
    vol.Required("concurrency"): number(None, 100, least=1),
}
_HIGHEST: Final = {key: field for key, field in _ROW.items() if key != "up_to"}
"""The highest state reaches to 100 % anyhow."""

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_WINDOW): _SpanSelector(
            DurationSelectorConfig(enable_second=False)
        ),
        **{
            vol.Required(state): section(
                vol.Schema(_HIGHEST if state is PowerState.OPTIMAL else _ROW),
                {"collapsed": True},
            )
            for state in PowerState
        },
    }
)


class PowerSchedulerOptionsFlow(OptionsFlow):
    """Change what holds for all devices."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the prediction window and the limits of each power state."""
        errors: dict[str, str] = {}
        if user_input is not None:
            options = _from_form(user_input)
            if not (errors := _errors(options)):
                return self.async_create_entry(data=options)
        values = user_input or _to_form(self.config_entry.options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, values),
            errors=errors,
        )


def _to_form(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, or what holds without them, as the form shows them."""
    minutes = read_window(options) // timedelta(minutes=1)
    return {
        CONF_WINDOW: {"hours": minutes // 60, "minutes": minutes % 60},
        **_rows(read_limits(options)),
    }


def _rows(limits: Limits) -> dict[str, dict[str, float]]:
    """Return the limits as the form shows them: shares become percentages."""
    return {
        state: {
            "up_to": row.up_to,
            "cpu": round(100 * row.cpu, 1),
            "memory": round(100 * row.memory, 1),
            "network": round(100 * row.network, 1),
            "concurrency": row.concurrency,
        }
        for state, row in limits.states.items()
    }


def _from_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a form tells."""
    rows = {str(state): {"up_to": 100, **form[state]} for state in PowerState}
    return {CONF_WINDOW: form[CONF_WINDOW], CONF_LIMITS: rows}


def _errors(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the options: the field, or the row of the limits."""
    errors: dict[str, str] = {}
    if not SHORTEST <= read_window(options) <= LONGEST:
        errors[CONF_WINDOW] = "window_out_of_range"
    try:
        read_limits(options)
    except LimitsError as err:
        errors[err.state] = f"{err.field}_above_next"
    return errors
