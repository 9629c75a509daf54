"""Adding and changing task profiles."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigSubentryData,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.power_scheduler.const import (
    BACKEND_SQLITE,
    CONF_BACKEND,
    DOMAIN,
    SUBENTRY_PROFILE,
)

pytestmark = pytest.mark.usefixtures("only_flows")

NUMBERS = {
    "min_battery": 30,
    "drain": 17.5,
    "cpu": 25,
    "memory": 15,
    "network": 35,
    "deferrable": True,
}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry with two task profiles."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_BACKEND: BACKEND_SQLITE},
        subentries_data=[
            ConfigSubentryData(
                subentry_type=SUBENTRY_PROFILE,
                title=name,
                unique_id=name,
                data={"name": name, **NUMBERS},
            )
            for name in ("backup", "sync")
        ],
    )
    entry.add_to_hass(hass)
    return entry


def _profiles(entry: MockConfigEntry) -> dict[str, dict[str, Any]]:
    """Return the profiles by title."""
    return {
        profile.title: dict(profile.data)
        for profile in entry.get_subentries_of_type(SUBENTRY_PROFILE)
    }


async def _add(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Start to add a profile."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_PROFILE), context={"source": SOURCE_USER}
    )


async def _change(
    hass: HomeAssistant, entry: MockConfigEntry, name: str
) -> SubentryFlowResult:
    """Start to change a profile."""
    profile = next(p for p in entry.subentries.values() if p.title == name)
    form: SubentryFlowResult = await entry.start_subentry_reconfigure_flow(
        hass, profile.subentry_id
    )
    return form


async def _submit(
    hass: HomeAssistant, form: SubentryFlowResult, **user_input: object
) -> SubentryFlowResult:
    """Send a form."""
    return await hass.config_entries.subentries.async_configure(
        form["flow_id"], {**NUMBERS, **user_input}
    )


async def test_a_profile_of_ones_own_is_added(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It is known by its name, without the blanks around it."""
    done = await _submit(hass, await _add(hass, entry), name=" transcode ")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert _profiles(entry)["transcode"] == {"name": "transcode", **NUMBERS}


@pytest.mark.parametrize(
    ("name", "error"), [("Backup", "name_taken"), ("  ", "name_missing")]
)
async def test_a_name_that_cannot_be_is_said_at_its_field(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, error: str
) -> None:
    """Another name goes through."""
    refused = await _submit(hass, await _add(hass, entry), name=name)
    assert refused["errors"] == {"name": error}
    done = await _submit(hass, refused, name="photos")
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_numbers_out_of_range_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A minimum of 120 % would never be met."""
    form = await _add(hass, entry)
    with pytest.raises(InvalidData) as refused:
        await _submit(hass, form, name="photos", min_battery=120)
    assert refused.value.schema_errors.keys() == {"min_battery"}


async def test_a_profile_is_changed_and_renamed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The form starts from what is saved, and a new name takes the place of the old."""
    form = await _change(hass, entry, "backup")
    assert form["data_schema"]
    suggested = {k: k.description for k in form["data_schema"].schema}
    assert suggested["drain"] == {"suggested_value": 17.5}

    done = await _submit(hass, form, name="nightly", drain=12)
    assert done["reason"] == "reconfigure_successful"
    profiles = _profiles(entry)
    assert profiles.keys() == {"nightly", "sync"}
    assert profiles["nightly"]["drain"] == 12


async def test_a_changed_profile_keeps_its_own_name_but_takes_no_others(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its own name is no duplicate, in any spelling."""
    form = await _change(hass, entry, "backup")
    refused = await _submit(hass, form, name="SYNC")
    assert refused["errors"] == {"name": "name_taken"}
    done = await _submit(hass, refused, name="Backup")
    assert done["reason"] == "reconfigure_successful"
    assert _profiles(entry).keys() == {"Backup", "sync"}


async def test_a_name_that_home_assistant_gave_stays_and_frees_the_old_one(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """The menu of a profile can rename it without our form."""
    assert await async_setup_component(hass, "config", {})
    profile = next(p for p in entry.subentries.values() if p.title == "backup")
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "config_entries/subentries/update",
            "entry_id": entry.entry_id,
            "subentry_id": profile.subentry_id,
            "title": "nightly",
        }
    )
    assert (await client.receive_json())["success"]

    form = await _change(hass, entry, "nightly")
    assert form["data_schema"]
    suggested = {str(k): k.description for k in form["data_schema"].schema}
    assert suggested["name"] == {"suggested_value": "nightly"}
    done = await _submit(hass, await _add(hass, entry), name="backup")
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert _profiles(entry).keys() == {"nightly", "sync", "backup"}


async def test_a_profile_that_was_removed_meanwhile_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Its page ends with a word, and no error."""
    form = await _change(hass, entry, "backup")
    profile = next(p for p in entry.subentries.values() if p.title == "backup")
    hass.config_entries.async_remove_subentry(entry, profile.subentry_id)
    end = await _submit(hass, form, name="backup")
    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "profile_gone")
