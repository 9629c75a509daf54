"""The form of a tracked device, and how its fields are kept."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    Selector,
)
import voluptuous as vol

from .const import (
    CONF_BOUNDS,
    CONF_CAPACITY,
    CONF_CHARGING,
    CONF_CPU,
    CONF_MEMORY,
    CONF_NETWORK,
    CONF_NETWORK_CAPACITY,
    CONF_RESERVE,
    CONF_TIME_TO_EMPTY,
    CONF_TIME_TO_FULL,
)
from .core.limits import Limits, PowerState
from .core.snapshot import DeviceSettings
from .forms import PERCENT, number

SECTION_USAGE: Final = "usage"
SECTION_ESTIMATES: Final = "estimates"

BOUNDED: Final = [state for state in PowerState if state is not PowerState.OPTIMAL]
"""The states that end below 100 %."""

_SENSOR: Final = EntitySelector(
    EntitySelectorConfig(domain=["sensor", "number", "input_number"])
)
_POWER_SOURCES: Final = EntitySelector(
    EntitySelectorConfig(
        domain=["binary_sensor", "input_boolean", "lawn_mower", "sensor", "vacuum"],
        multiple=True,
    )
)
ENTITIES: Final[Mapping[str, Selector[Any]]] = {
    CONF_CHARGING: _POWER_SOURCES,
    **dict.fromkeys(
        (CONF_CPU, CONF_MEMORY, CONF_NETWORK, CONF_TIME_TO_EMPTY, CONF_TIME_TO_FULL),
        _SENSOR,
    ),
}
"""The fields that name what a device is read from, besides its battery."""

_COLLAPSED: Final = SectionConfig(collapsed=True)
_SECTIONS: Final[Mapping[str, Mapping[str, Selector[Any]]]] = {
    SECTION_USAGE: {
        CONF_CPU: _SENSOR,
        CONF_MEMORY: _SENSOR,
        CONF_NETWORK: _SENSOR,
        CONF_NETWORK_CAPACITY: number("Mbit/s", 1_000_000, least=0.1, step=0.1),
    },
    SECTION_ESTIMATES: {CONF_TIME_TO_EMPTY: _SENSOR, CONF_TIME_TO_FULL: _SENSOR},
    CONF_BOUNDS: dict.fromkeys(BOUNDED, PERCENT),
}
DETAILS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_CHARGING): _POWER_SOURCES,
        vol.Required(CONF_RESERVE, default=DeviceSettings().reserve): PERCENT,
        vol.Optional(CONF_CAPACITY): number("Wh", 1_000_000, least=0.1, step=0.1),
        **{
            vol.Optional(name): section(
                vol.Schema({vol.Optional(key): field for key, field in fields.items()}),
                _COLLAPSED,
            )
            for name, fields in _SECTIONS.items()
        },
    }
)


def to_form(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a device's data as the form shows it."""
    flat = {**data, **data.get(CONF_BOUNDS, {})}
    return {
        **data,
        **{
            name: {key: flat[key] for key in fields if key in flat}
            for name, fields in _SECTIONS.items()
        },
    }


def from_form(form: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Return a device's data from the form; bounds left out are those of the limits."""
    data = {key: value for key, value in form.items() if key not in _SECTIONS}
    data |= form.get(SECTION_USAGE, {}) | form.get(SECTION_ESTIMATES, {})
    if given := form.get(CONF_BOUNDS):
        data[CONF_BOUNDS] = {
            str(state): given.get(state, limits.states[state].up_to)
            for state in BOUNDED
        }
    return data
