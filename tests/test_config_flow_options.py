"""Changing what holds for all devices."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.power_scheduler.const import BACKEND_SQLITE, CONF_BACKEND, DOMAIN
from custom_components.power_scheduler.core.limits import DEFAULT_LIMITS
from custom_components.power_scheduler.settings import read_limits, read_window

pytestmark = pytest.mark.usefixtures("only_flows")


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry without options."""
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_BACKEND: BACKEND_SQLITE})
    entry.add_to_hass(hass)
    return entry


async def _start(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Open the options."""
    return await hass.config_entries.options.async_init(entry.entry_id)


async def _submit(
    hass: HomeAssistant, form: ConfigFlowResult, user_input: Mapping[str, Any]
) -> ConfigFlowResult:
    """Send the form."""
    return await hass.config_entries.options.async_configure(
        form["flow_id"], dict(user_input)
    )


def _suggested(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a form shows as filled in, its sections too."""
    return {
        str(key): _suggested(field.schema.schema)
        if isinstance(field, section)
        else key.description["suggested_value"]
        for key, field in fields.items()
    }


def _values(form: ConfigFlowResult) -> dict[str, Any]:
    """Return what the form shows as filled in."""
    assert form["data_schema"]
    return _suggested(form["data_schema"].schema)


async def test_the_untouched_form_says_what_holds_anyway(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Saving it changes nothing."""
    form = await _start(hass, entry)
    window = read_window(entry.options)
    done = await _submit(hass, form, _values(form))
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options
    assert read_window(entry.options) == window
    assert read_limits(entry.options) == DEFAULT_LIMITS


async def test_what_is_saved_is_shown_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A form that is opened later starts from the changed values."""
    form = await _start(hass, entry)
    values = _values(form)
    values["prediction_window"] = {"hours": 1, "minutes": 30}
    values["low"]["up_to"] = 35
    values["optimal"]["concurrency"] = 6
    await _submit(hass, form, values)
    assert _values(await _start(hass, entry)) == values


@pytest.mark.parametrize(
    ("state", "field", "value"),
    [
        ("low", "up_to", 60),
        ("critical", "up_to", 30),
        ("normal", "cpu", 95),
        ("critical", "memory", 80),
        ("low", "network", 70),
        ("normal", "concurrency", 9),
    ],
)
async def test_a_row_that_does_not_fit_the_next_is_named(
    hass: HomeAssistant, entry: MockConfigEntry, state: str, field: str, value: int
) -> None:
    """What was typed stays in the form; mended, it is saved."""
    form = await _start(hass, entry)
    right = _values(form)
    wrong = {**right, state: {**right[state], field: value}}
    refused = await _submit(hass, form, wrong)
    assert refused["errors"] == {state: f"{field}_above_next"}
    assert _values(refused) == wrong
    done = await _submit(hass, refused, right)
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("window", [{"minutes": 4}, {"hours": 24, "minutes": 1}])
async def test_a_window_out_of_range_is_named(
    hass: HomeAssistant, entry: MockConfigEntry, window: dict[str, int]
) -> None:
    """Too short says nothing, and beyond a day the forecast says little."""
    form = await _start(hass, entry)
    values = _values(form)
    refused = await _submit(hass, form, {**values, "prediction_window": window})
    assert refused["errors"] == {"prediction_window": "window_out_of_range"}
    done = await _submit(hass, refused, values)
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_window_beyond_all_measure_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Home Assistant's own duration field would end in an error of the server."""
    form = await _start(hass, entry)
    told = {**_values(form), "prediction_window": {"hours": 10**11}}
    with pytest.raises(InvalidData):
        await _submit(hass, form, told)
