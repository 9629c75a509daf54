"""Adding a device to track, and changing how it is read."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentry,
    ConfigSubentryData,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.power_scheduler.const import (
    BACKEND_SQLITE,
    CONF_BACKEND,
    DOMAIN,
    SUBENTRY_DEVICE,
)

from .registry import add_entity, add_phone

pytestmark = pytest.mark.usefixtures("only_flows")

PERCENT = {"unit_of_measurement": "%"}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry that tracks a tablet without a registry entry."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_BACKEND: BACKEND_SQLITE},
        subentries_data=[
            ConfigSubentryData(
                subentry_type=SUBENTRY_DEVICE,
                title="Tablet",
                unique_id="sensor.tablet_battery",
                data={"battery": "sensor.tablet_battery", "reserve": 10},
            )
        ],
    )
    entry.add_to_hass(hass)
    return entry


def _devices(entry: MockConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the tracked devices by name."""
    return {d.title: d for d in entry.get_subentries_of_type(SUBENTRY_DEVICE)}


async def _add(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Start to add a device."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_DEVICE), context={"source": SOURCE_USER}
    )


async def _change(
    hass: HomeAssistant, entry: MockConfigEntry, name: str
) -> SubentryFlowResult:
    """Start to change a device."""
    device_id = _devices(entry)[name].subentry_id
    form: SubentryFlowResult = await entry.start_subentry_reconfigure_flow(
        hass, device_id
    )
    return form


async def _submit(
    hass: HomeAssistant, form: SubentryFlowResult, user_input: Mapping[str, Any]
) -> SubentryFlowResult:
    """Send a form."""
    return await hass.config_entries.subentries.async_configure(
        form["flow_id"], dict(user_input)
    )


def _filled_in(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what fields show as filled in, those of sections too."""
    values: dict[str, Any] = {}
    for key, field in fields.items():
        if isinstance(field, section):
            values[str(key)] = _filled_in(field.schema.schema)
        elif key.description:
            values[str(key)] = key.description["suggested_value"]
    return values


def _values(form: SubentryFlowResult) -> dict[str, Any]:
    """Return what a form shows as filled in."""
    assert form["data_schema"]
    return _filled_in(form["data_schema"].schema)


def _preview(form: SubentryFlowResult) -> tuple[str, str]:
    """Return the level and power source that a form tells."""
    told = form["description_placeholders"]
    assert told
    return told["level"], told["source"]


async def test_the_list_leaves_out_what_is_tracked_or_ours(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Our forecast of a level is no battery."""
    add_entity(hass, DOMAIN, "sensor.pixel_forecast_level", "battery")
    form = await _add(hass, entry)
    assert form["data_schema"]
    (picker,) = form["data_schema"].schema.values()
    assert picker.config["exclude_entities"] == [
        "sensor.pixel_forecast_level",
        "sensor.tablet_battery",
    ]


async def test_the_form_shows_what_is_found_and_what_it_means(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The newcomer sees at once whether the phone is read rightly."""
    assert await async_setup_component(hass, DOMAIN, {})
    add_phone(hass)
    hass.states.async_set("sensor.pixel_battery_level", "61", PERCENT)
    hass.states.async_set("sensor.pixel_battery_state", "discharging")
    form = await _add(hass, entry)
    details = await _submit(hass, form, {"battery": "sensor.pixel_battery_level"})
    assert details["step_id"] == "details"
    assert _preview(details) == ("61 %", "Battery")
    assert _values(details) == {
        "charging": [
            "sensor.pixel_battery_state",
            "binary_sensor.pixel_is_charging",
            "sensor.pixel_charger_type",
        ],
        "usage": {},
        "estimates": {"time_to_full": "sensor.pixel_remaining_charge_time"},
        "bounds": {},
    }


async def test_a_phone_is_kept_by_registry_ids(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """So it is followed when its entities are renamed."""
    phone = add_phone(hass)
    form = await _add(hass, entry)
    details = await _submit(hass, form, {"battery": "sensor.pixel_battery_level"})
    told = {"charging": ["sensor.pixel_battery_state"], "reserve": 20, "capacity": 17.1}
    done = await _submit(hass, details, told)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    device = _devices(entry)["Pixel"]
    battery = phone["sensor.pixel_battery_level"].id
    assert device.unique_id == battery
    assert dict(device.data) == {
        "battery": battery,
        "charging": [phone["sensor.pixel_battery_state"].id],
        "reserve": 20,
        "capacity": 17.1,
    }


TOP = {
    "charging": ["binary_sensor.tablet_plugged_in"],
    "reserve": 15.0,
    "capacity": 20.0,
}
USAGE = {
    "cpu": "sensor.cpu",
    "memory": "sensor.memory",
    "network": "sensor.network",
    "network_capacity": 100.0,
}
ESTIMATES = {"time_to_empty": "sensor.empty", "time_to_full": "sensor.full"}
BOUNDS = {"critical": 20.0, "low": 40.0, "normal": 60.0}


async def test_every_field_is_kept_and_shown_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Sections are a matter of the form; a cleared field is gone."""
    battery = {"battery": "sensor.tablet_battery"}
    told = {**TOP, "usage": USAGE, "estimates": ESTIMATES, "bounds": BOUNDS}
    done = await _submit(hass, await _change(hass, entry, "Tablet"), told)
    assert done["reason"] == "reconfigure_successful"
    kept = {**battery, **TOP, **USAGE, **ESTIMATES, "bounds": BOUNDS}
    assert dict(_devices(entry)["Tablet"].data) == kept

    form = await _change(hass, entry, "Tablet")
    assert _values(form) == told
    await _submit(hass, form, {})
    assert dict(_devices(entry)["Tablet"].data) == {**battery, "reserve": 10}


async def test_bounds_that_do_not_ascend_are_named(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Those left out are as in the options; what was typed stays in the form."""
    form = await _change(hass, entry, "Tablet")
    wrong = {"reserve": 25, "bounds": {"critical": 35}}
    refused = await _submit(hass, form, wrong)
    assert refused["errors"] == {"base": "not_ascending"}
    assert _values(refused)["reserve"] == 25
    assert _values(refused)["bounds"] == {"critical": 35, "low": 30, "normal": 50}
    done = await _submit(hass, refused, {"bounds": {"critical": 20}})
    assert done["reason"] == "reconfigure_successful"
    bounds = _devices(entry)["Tablet"].data["bounds"]
    assert bounds == {"critical": 20, "low": 30, "normal": 50}


async def test_a_new_device_with_wrong_bounds_is_mended(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A battery at 100 % would be neither normal nor optimal."""
    hass.states.async_set("sensor.boat_soc", "80", PERCENT)
    details = await _submit(
        hass, await _add(hass, entry), {"battery": "sensor.boat_soc"}
    )
    refused = await _submit(hass, details, {"bounds": {"normal": 100}})
    assert refused["errors"] == {"base": "not_ascending"}
    assert refused["step_id"] == "details"
    done = await _submit(hass, refused, {})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert "boat" in _devices(entry)


@pytest.mark.parametrize("told", ["warm", "255", "-1"])
async def test_an_entity_without_a_level_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, told: str
) -> None:
    """Another one goes through."""
    hass.states.async_set("sensor.bath", told)
    hass.states.async_set("vacuum.robot", "docked", {"battery_level": 90})
    form = await _add(hass, entry)
    refused = await _submit(hass, form, {"battery": "sensor.bath"})
    assert refused["errors"] == {"battery": "no_level"}
    assert _values(refused) == {"battery": "sensor.bath"}
    details = await _submit(hass, refused, {"battery": "vacuum.robot"})
    assert _preview(details)[0] == "90 %"


async def test_an_entity_that_does_not_exist_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Neither under its name nor under an id that the registry does not know."""
    form = await _add(hass, entry)
    for battery in ("sensor.nobody", "0123456789abcdef0123456789abcdef"):
        form = await _submit(hass, form, {"battery": battery})
        assert form["errors"] == {"battery": "no_level"}


@pytest.mark.parametrize("state", ["unavailable", "unknown", None])
async def test_a_device_that_is_away_can_be_added(
    hass: HomeAssistant, entry: MockConfigEntry, state: str | None
) -> None:
    """Its reading is unknown and the form says so."""
    add_phone(hass)
    if state:
        hass.states.async_set("sensor.pixel_battery_level", state)
    form = await _add(hass, entry)
    details = await _submit(hass, form, {"battery": "sensor.pixel_battery_level"})
    assert _preview(details) == ("unknown", "unknown")


async def test_a_power_source_that_nothing_tells_is_unknown(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The level alone is understood."""
    hass.states.async_set("sensor.tablet_battery", "34.4", PERCENT)
    assert _preview(await _change(hass, entry, "Tablet")) == ("34 %", "unknown")


async def test_a_device_that_is_only_known_to_be_plugged_in_is_shown_as_such(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A plug, or a dock, was understood: whether it charges, the level will tell."""
    assert await async_setup_component(hass, DOMAIN, {})
    hass.states.async_set("vacuum.robot", "docked", {"battery_level": 90})
    form = await _add(hass, entry)
    details = await _submit(hass, form, {"battery": "vacuum.robot"})
    assert _preview(details) == ("90 %", "plugged in")
    hass.states.async_set("vacuum.robot", "cleaning", {"battery_level": 90})
    details = await _submit(hass, await _add(hass, entry), {"battery": "vacuum.robot"})
    assert _preview(details) == ("90 %", "Battery")


async def test_a_german_form_calls_nothing_unknown(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """What is not known is so in the home's language."""
    hass.config.language = "de"
    await async_get_translations(hass, "de", "selector", [DOMAIN])
    told = _preview(await _change(hass, entry, "Tablet"))
    assert told == ("unbekannt", "unbekannt")
    hass.states.async_set("sensor.tablet_battery", "34.4", PERCENT)
    told = _preview(await _change(hass, entry, "Tablet"))
    assert told == ("34 %", "unbekannt")


async def test_a_tracked_battery_is_not_added_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Not from the list, not by its registry id, and not from two windows at once."""
    phone = add_phone(hass)
    battery = phone["sensor.pixel_battery_level"]
    first, second, third = [await _add(hass, entry) for _ in range(3)]
    first = await _submit(hass, first, {"battery": battery.entity_id})
    second = await _submit(hass, second, {"battery": battery.entity_id})
    done = await _submit(hass, first, {})
    assert done["type"] is FlowResultType.CREATE_ENTRY

    for late in (
        await _submit(hass, second, {}),
        await _submit(hass, third, {"battery": battery.id}),
    ):
        assert late["type"] is FlowResultType.ABORT
        assert late["reason"] == "already_configured"
    with pytest.raises(InvalidData):
        await _submit(hass, await _add(hass, entry), {"battery": battery.entity_id})
    assert _devices(entry).keys() == {"Tablet", "Pixel"}


async def test_entities_that_are_gone_do_not_stand_in_the_way(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The battery stays what it was; a companion that is gone is forgotten."""
    phone = add_phone(hass)
    form = await _add(hass, entry)
    details = await _submit(hass, form, {"battery": "sensor.pixel_battery_level"})
    told = {
        "charging": ["sensor.pixel_battery_state"],
        "estimates": {"time_to_full": "sensor.pixel_remaining_charge_time"},
    }
    await _submit(hass, details, told)
    registry = er.async_get(hass)
    for entity_id in phone:
        registry.async_remove(entity_id)

    form = await _change(hass, entry, "Pixel")
    assert _preview(form) == ("unknown", "unknown")
    assert _values(form)["charging"] == []
    assert _values(form)["estimates"] == {}
    done = await _submit(hass, form, {"reserve": 30})
    assert done["reason"] == "reconfigure_successful"
    assert dict(_devices(entry)["Pixel"].data) == {
        "battery": phone["sensor.pixel_battery_level"].id,
        "reserve": 30,
    }


async def test_a_device_that_was_removed_meanwhile_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its page ends with a word, and no error."""
    form = await _change(hass, entry, "Tablet")
    tablet = _devices(entry)["Tablet"]
    hass.config_entries.async_remove_subentry(entry, tablet.subentry_id)
    end = await _submit(hass, form, {"reserve": 20})
    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "device_gone")
