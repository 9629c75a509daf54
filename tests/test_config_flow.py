"""Setting up the entry, as a newcomer does."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, UnknownFlow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.power_scheduler.const import (
    BACKEND_SQLITE,
    CONF_BACKEND,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_PROFILE,
)

from .registry import add_phone

BATTERY = "sensor.pixel_battery_level"

pytestmark = pytest.mark.usefixtures("only_flows")


async def _start_local(hass: HomeAssistant) -> ConfigFlowResult:
    """Start the wizard and keep history here."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert menu["type"] is FlowResultType.MENU
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "local"}
    )


async def _submit(
    hass: HomeAssistant, form: ConfigFlowResult, **user_input: object
) -> ConfigFlowResult:
    """Send a form."""
    return await hass.config_entries.flow.async_configure(form["flow_id"], user_input)


def _titles(entry: ConfigEntry, subentry_type: str) -> list[str]:
    """Return what the subentries of one type are called."""
    return [s.title for s in entry.get_subentries_of_type(subentry_type)]


async def test_a_newcomer_tracks_the_phone_with_two_clicks(
    hass: HomeAssistant,
) -> None:
    """History stays here, the phone is ticked, and its companions come along."""
    phone = add_phone(hass)
    hass.states.async_set("sensor.cell_battery", "90", {"device_class": "battery"})
    form = await _start_local(hass)
    assert form["step_id"] == "devices"

    # The untouched form: what is ticked by default.
    done = await _submit(hass, form)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    entry = done["result"]
    assert entry.data == {CONF_BACKEND: BACKEND_SQLITE}
    (device,) = entry.get_subentries_of_type(SUBENTRY_DEVICE)
    assert device.title == "Pixel"
    ids = {entity_id: entity.id for entity_id, entity in phone.items()}
    assert device.unique_id == ids[BATTERY]
    assert dict(device.data) == {
        "battery": ids[BATTERY],
        "charging": [
            ids["sensor.pixel_battery_state"],
            ids["binary_sensor.pixel_is_charging"],
            ids["sensor.pixel_charger_type"],
        ],
        "time_to_full": ids["sensor.pixel_remaining_charge_time"],
        "reserve": 10,
    }
    profiles = ["backup", "sync", "streaming", "indexing"]
    assert _titles(entry, SUBENTRY_PROFILE) == profiles


async def test_the_list_shows_levels_and_keeps_what_is_in_no_registry(
    hass: HomeAssistant,
) -> None:
    """A battery without a registry entry is known by its entity id."""
    add_phone(hass)
    hass.states.async_set(
        "sensor.cell_battery",
        "90",
        {"device_class": "battery", "friendly_name": "Cell"},
    )
    form = await _start_local(hass)
    assert form["data_schema"]
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["options"] == [
        {"value": BATTERY, "label": "Pixel"},
        {"value": "sensor.cell_battery", "label": "Cell (90 %)"},
    ]

    done = await _submit(hass, form, devices=["sensor.cell_battery"])

    (device,) = done["result"].get_subentries_of_type(SUBENTRY_DEVICE)
    assert device.unique_id == "sensor.cell_battery"
    assert dict(device.data) == {"battery": "sensor.cell_battery", "reserve": 10}


async def test_a_device_that_was_not_offered_is_refused(
    hass: HomeAssistant,
) -> None:
    """The form says so; sent again with an offered one, it goes through."""
    add_phone(hass)
    form = await _start_local(hass)
    with pytest.raises(InvalidData):
        await _submit(hass, form, devices=["sensor.nobody"])
    done = await _submit(hass, form, devices=[BATTERY])
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_a_device_that_is_named_twice_is_tracked_once(
    hass: HomeAssistant,
) -> None:
    """Whoever fills in the form by a program may do so; a battery is one device."""
    add_phone(hass)
    done = await _submit(hass, await _start_local(hass), devices=[BATTERY, BATTERY])
    assert _titles(done["result"], SUBENTRY_DEVICE) == ["Pixel"]


async def test_a_home_without_batteries_starts_with_profiles_only(
    hass: HomeAssistant,
) -> None:
    """Nothing blocks the way of a newcomer who has no battery device yet."""
    form = await _start_local(hass)
    assert form["step_id"] == "no_devices"
    done = await _submit(hass, form)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert _titles(done["result"], SUBENTRY_DEVICE) == []
    assert len(_titles(done["result"], SUBENTRY_PROFILE)) == 4


async def test_there_is_one_entry_only(hass: HomeAssistant) -> None:
    """A second one has nothing to add."""
    MockConfigEntry(domain=DOMAIN).add_to_hass(hass)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


async def test_forms_that_are_open_elsewhere_end_with_the_entry(
    hass: HomeAssistant,
) -> None:
    """Whoever sends one later hears that it is over, and nothing fails."""
    device = ConfigSubentryData(
        subentry_type=SUBENTRY_DEVICE,
        title="Tablet",
        unique_id="sensor.tablet",
        data={"battery": "sensor.tablet", "reserve": 10},
    )
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_BACKEND: BACKEND_SQLITE}, subentries_data=[device]
    )
    entry.add_to_hass(hass)
    (device_id,) = entry.subentries
    entries = hass.config_entries
    forms: list[tuple[Any, Any]] = [
        (entries.flow, await entry.start_reconfigure_flow(hass)),
        (entries.options, await entries.options.async_init(entry.entry_id)),
        (
            entries.subentries,
            await entry.start_subentry_reconfigure_flow(hass, device_id),
        ),
    ]
    for kind in (SUBENTRY_DEVICE, SUBENTRY_PROFILE):
        handler = (entry.entry_id, kind)
        form = await entries.subentries.async_init(
            handler, context={"source": SOURCE_USER}
        )
        forms.append((entries.subentries, form))
    await entries.async_remove(entry.entry_id)
    for manager, form in forms:
        with pytest.raises(UnknownFlow):
            await manager.async_configure(form["flow_id"], {})
