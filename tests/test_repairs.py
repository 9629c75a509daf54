"""What is reported to be mended, and how it is."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS, repairs_flow_manager
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.power_scheduler.const import CONF_BATTERY, CONF_CPU, DOMAIN
from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.stores import StoreError
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from .flows import TEXTS, explained
from .home import PHONE, PHONE_STATE, device, phone, set_up, states, tell

STATE = ("sensor.phone_power_state",)
NEW = {CONF_BATTERY: "sensor.new"}
PERCENT = {"unit_of_measurement": "%"}


@pytest.fixture(autouse=True)
def all_explained() -> Iterator[None]:
    """See that all forms are explained."""
    with explained():
        yield


def issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    """Return one of our issues that is to be seen."""
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    return found if found and found.active else None


async def open_flow(hass: HomeAssistant, issue_id: str) -> Mapping[str, Any]:
    """Begin to mend an issue."""
    assert await async_setup_component(hass, REPAIRS, {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_init(DOMAIN, context={"issue_id": issue_id})


async def go_on(
    hass: HomeAssistant, flow: Mapping[str, Any], **told: object
) -> Mapping[str, Any]:
    """Submit a form, or choose from a menu."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    result = await manager.async_configure(flow["flow_id"], told)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def wait(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **span: float
) -> None:
    """Let time pass, and what waits for it happen."""
    freezer.tick(timedelta(**span))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def lose_battery(hass: HomeAssistant, **data: object) -> None:
    """Set up a phone whose battery entity then goes away."""
    battery = er.async_get(hass).async_get_or_create(
        "sensor", "test", "level", suggested_object_id="phone_battery_level"
    )
    tell(hass, 50, "discharging")
    await set_up(hass, device("Phone", battery.id, PHONE_STATE, **data))
    er.async_get(hass).async_remove(PHONE)
    hass.states.async_remove(PHONE)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_lost_battery_is_replaced_in_the_issue(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The device reads the new entity, and the issue is gone."""
    await lose_battery(hass)
    await wait(hass, freezer, minutes=10)
    hass.states.async_set("sensor.new", "12", PERCENT)
    hass.states.async_set("sensor.volts", "3.7", {"unit_of_measurement": "V"})
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    assert list(form["data_schema"].schema) == [CONF_BATTERY]
    form = await go_on(hass, form, battery="sensor.volts")
    assert form["errors"] == {CONF_BATTERY: "no_level"}
    end = await go_on(hass, form, battery="sensor.new")
    assert end["type"] is FlowResultType.CREATE_ENTRY
    await wait(hass, freezer, minutes=1)
    assert states(hass, STATE) == ["critical"]
    assert issue(hass, "source_missing_id_of_phone") is None
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.subentries["id_of_phone"].data["charging"] == [PHONE_STATE]


async def test_a_battery_that_was_replaced_can_be_tracked_again(
    hass: HomeAssistant,
) -> None:
    """As another device, with a history of its own."""
    await lose_battery(hass)
    hass.states.async_set("sensor.new", "12", PERCENT)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    await go_on(hass, form, battery="sensor.new")
    er.async_get(hass).async_get_or_create(
        "sensor", "test", "level", suggested_object_id="phone_battery_level"
    )
    tell(hass, 50)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    flows = hass.config_entries.subentries
    adding = await flows.async_init(
        (entry.entry_id, "device"), context={"source": "user"}
    )
    adding = await flows.async_configure(adding["flow_id"], {CONF_BATTERY: PHONE})
    added = await flows.async_configure(adding["flow_id"], {})
    assert added["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)
    levels = {p.level for p in entry.runtime_data.data.devices.values()}
    assert levels == {12, 50}


async def test_a_battery_is_not_tracked_twice(hass: HomeAssistant) -> None:
    """The battery of another device is no replacement."""
    await lose_battery(hass)
    hass.states.async_set("sensor.new", "12", PERCENT)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    toy = ConfigSubentry(
        data=MappingProxyType({**entry.subentries["id_of_phone"].data, **NEW}),
        subentry_type="device",
        title="Toy",
        unique_id="sensor.new",
    )
    hass.config_entries.async_add_subentry(entry, toy)
    form = await go_on(hass, form, battery="sensor.new")
    assert form["errors"] == {CONF_BATTERY: "already_tracked"}


async def test_a_lost_sensor_can_be_done_without(hass: HomeAssistant) -> None:
    """Only what is gone is asked for, and none will do."""
    registry = er.async_get(hass)
    cpu = registry.async_get_or_create(
        "sensor", "test", "cpu", suggested_object_id="cpu"
    )
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone(cpu=cpu.id))
    registry.async_remove("sensor.cpu")
    await hass.async_block_till_done(wait_background_tasks=True)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    assert list(form["data_schema"].schema) == [CONF_CPU]
    await go_on(hass, form)
    assert CONF_CPU not in entry.subentries["id_of_phone"].data
    assert issue(hass, "source_missing_id_of_phone") is None
    assert states(hass, STATE) == ["normal"]


async def test_a_sensor_that_was_just_let_go_is_no_trouble_any_more(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Batteries are looked at until a save is over and all is set up again."""
    registry = er.async_get(hass)
    cpu = registry.async_get_or_create(
        "sensor", "test", "cpu", suggested_object_id="cpu"
    )
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone(cpu=cpu.id))
    registry.async_remove("sensor.cpu")
    await hass.async_block_till_done(wait_background_tasks=True)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    coordinator = entry.runtime_data
    async with coordinator.history.saving:
        manager = repairs_flow_manager(hass)
        assert manager is not None
        await manager.async_configure(form["flow_id"], {})
        await coordinator.async_refresh()
        assert issue(hass, "source_missing_id_of_phone") is None
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


async def test_a_power_source_that_is_left_out_is_not_read_any_more(
    hass: HomeAssistant,
) -> None:
    """As the form says; also of several of which but one is gone."""
    registry = er.async_get(hass)
    plug = registry.async_get_or_create(
        "binary_sensor", "test", "plug", suggested_object_id="plug"
    )
    tell(hass, 50, "charging")
    entry = await set_up(hass, device("Phone", PHONE, plug.id, PHONE_STATE))
    registry.async_remove("binary_sensor.plug")
    await hass.async_block_till_done(wait_background_tasks=True)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    await go_on(hass, form)
    assert entry.runtime_data.devices[PHONE].sources.charging == ()


async def test_the_issue_says_which_entities_are_gone(hass: HomeAssistant) -> None:
    """By what they tell, and by the names they had; in the language of the home."""
    hass.config.language = "de"
    registry = er.async_get(hass)
    cpu = registry.async_get_or_create(
        "sensor", "test", "cpu", suggested_object_id="cpu"
    )
    await lose_battery(hass, cpu=cpu.id)
    registry.async_remove("sensor.cpu")
    registry.deleted_entities.pop(("sensor", "test", "cpu"))
    await hass.async_block_till_done(wait_background_tasks=True)
    found = issue(hass, "source_missing_id_of_phone")
    assert found is not None
    said = (found.translation_placeholders or {})["entities"]
    assert said == f"Ladestand des Akkus (`{PHONE}`), Prozessorauslastung"


async def test_a_lost_device_can_be_let_go(hass: HomeAssistant) -> None:
    """Once that is confirmed, the device, its entities and the issue are gone."""
    await lose_battery(hass)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    form = await go_on(hass, menu, next_step_id="remove")
    assert states(hass, STATE) != [None]
    end = await go_on(hass, form)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert states(hass, STATE) == [None]
    assert issue(hass, "source_missing_id_of_phone") is None


@pytest.mark.parametrize("step", ["entities", "remove"])
async def test_a_device_that_was_removed_meanwhile_needs_no_repair(
    hass: HomeAssistant, step: str
) -> None:
    """Whatever is chosen, the flow ends without an error."""
    await lose_battery(hass)
    menu = await open_flow(hass, "source_missing_id_of_phone")
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    hass.config_entries.async_remove_subentry(entry, "id_of_phone")
    end = await go_on(hass, menu, next_step_id=step)
    assert (end["type"], end["reason"]) == (FlowResultType.ABORT, "device_gone")


@pytest.mark.usefixtures("nothing_logged")
async def test_a_device_that_is_just_being_removed_is_not_reported_on(
    hass: HomeAssistant,
) -> None:
    """A store that is slow to save is one thing that makes that take a while."""
    await lose_battery(hass)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    coordinator = entry.runtime_data
    may_end = asyncio.Event()
    save = coordinator.async_save

    async def slow_save() -> None:
        """Save in the end."""
        await may_end.wait()
        await save()

    with patch.object(coordinator, "async_save", slow_save):
        hass.config_entries.async_remove_subentry(entry, "id_of_phone")
        await coordinator.async_refresh()
        may_end.set()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert issue(hass, "source_missing_id_of_phone") is None


async def test_a_level_that_is_none_any_more_is_reported(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Volts where percent were: told after an hour, with what is said now."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    hass.states.async_set(PHONE, "3.7", {"unit_of_measurement": "V"})
    await wait(hass, freezer, minutes=30)
    assert issue(hass, "source_unreadable_id_of_phone") is None
    await wait(hass, freezer, hours=1)
    found = issue(hass, "source_unreadable_id_of_phone")
    assert found is not None
    said = found.translation_placeholders or {}
    assert (said["entity_id"], said["state"]) == (PHONE, "3.7 V")
    menu = await open_flow(hass, "source_unreadable_id_of_phone")
    form = await go_on(hass, menu, next_step_id="entities")
    form = await go_on(hass, form, battery=PHONE)
    assert form["errors"] == {CONF_BATTERY: "no_level"}
    tell(hass, 49)
    end = await go_on(hass, form, battery=PHONE)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    await wait(hass, freezer, seconds=11)
    assert issue(hass, "source_unreadable_id_of_phone") is None


@pytest.mark.parametrize(
    ("told", "kind", "soon", "later"),
    [
        ("-5", "unreadable", {"minutes": 50}, {"hours": 1}),
        ("unavailable", "silent", {"days": 6}, {"days": 1}),
        (None, "silent", {"days": 6}, {"days": 1}),
    ],
)
async def test_a_source_that_never_told_a_level_is_reported(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    told: str | None,
    kind: str,
    soon: Mapping[str, float],
    later: Mapping[str, float],
) -> None:
    """After as long as one that stopped, whatever restarts there were."""
    if told is not None:
        tell(hass, told)
    entry = await set_up(hass, phone())
    await wait(hass, freezer, **soon)
    assert issue(hass, f"source_{kind}_id_of_phone") is None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(hass, freezer, **later)
    await wait(hass, freezer, hours=1)
    found = issue(hass, f"source_{kind}_id_of_phone")
    assert found is not None
    said = found.translation_placeholders or {}
    assert said["entity_id"] == PHONE
    assert said.get("days", "7") == "7"


async def test_a_store_that_could_not_be_read_tells_of_no_silence(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It may know of a reading of yesterday."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(days=8))
    tell(hass, "unavailable")
    full = StoreError("disk full")
    with patch.multiple(
        SqliteStore, open=AsyncMock(side_effect=full), load=AsyncMock(side_effect=full)
    ):
        assert await hass.config_entries.async_setup(entry.entry_id)
        assert issue(hass, "source_silent_id_of_phone") is None
        assert await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_device_that_is_silent_for_a_week_is_reported_until_it_speaks(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The issue outlives restarts, even when the last reading is forgotten."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    tell(hass, "unavailable")
    await wait(hass, freezer, days=6)
    assert issue(hass, "source_silent_id_of_phone") is None
    await wait(hass, freezer, days=2)
    found = issue(hass, "source_silent_id_of_phone")
    assert found is not None
    assert (found.translation_placeholders or {})["days"] == "8"
    freezer.tick(timedelta(days=60))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await wait(hass, freezer, hours=2)
    assert issue(hass, "source_silent_id_of_phone")
    menu = await open_flow(hass, "source_silent_id_of_phone")
    assert menu["menu_options"] == ["entities", "remove"]
    tell(hass, 49)
    await wait(hass, freezer, seconds=11)
    assert issue(hass, "source_silent_id_of_phone") is None


async def test_of_two_troubles_each_issue_mends_its_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A phone that is silent, and whose processor's sensor is gone."""
    registry = er.async_get(hass)
    cpu = registry.async_get_or_create(
        "sensor", "test", "cpu", suggested_object_id="cpu"
    )
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone(cpu=cpu.id))
    registry.async_remove("sensor.cpu")
    tell(hass, "unavailable")
    await hass.async_block_till_done(wait_background_tasks=True)
    await wait(hass, freezer, days=8)
    for kind, field in (("silent", CONF_BATTERY), ("missing", CONF_CPU)):
        menu = await open_flow(hass, f"source_{kind}_id_of_phone")
        form = await go_on(hass, menu, next_step_id="entities")
        assert list(form["data_schema"].schema) == [field]
        hass.states.async_set("sensor.new", "12", PERCENT)
        await go_on(hass, form, **{field: "sensor.new"})
        assert entry.subentries["id_of_phone"].data[field] == "sensor.new"


async def test_a_store_that_is_away_can_be_tried_again(hass: HomeAssistant) -> None:
    """The flow says whether it is back, and saves what waited."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    history = entry.runtime_data.history
    with patch.object(SqliteStore, "append", side_effect=StoreError("disk full")):
        tell(hass, 49)
        await entry.runtime_data.async_save()
        form = await open_flow(hass, "store_away")
        form = await go_on(hass, form)
        assert form["errors"] == {"base": "still_away"}
    end = await go_on(hass, form)
    assert end["type"] is FlowResultType.CREATE_ENTRY
    assert issue(hass, "store_away") is None
    assert history.unsaved == 0


async def test_a_store_of_a_stopped_integration_is_not_tried(
    hass: HomeAssistant,
) -> None:
    """The flow ends without an error."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    with patch.object(SqliteStore, "append", side_effect=StoreError("disk full")):
        tell(hass, 49)
        await entry.runtime_data.async_save()
        await hass.config_entries.async_unload(entry.entry_id)
    end = await open_flow(hass, "store_away")
    assert end["reason"] == "not_loaded"


async def test_no_issue_outlives_the_entry(hass: HomeAssistant) -> None:
    """Neither of a device nor of the store: there is nothing left to mend."""
    await lose_battery(hass)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    with patch.object(SqliteStore, "append", side_effect=StoreError("disk full")):
        entry.runtime_data.history.add(PHONE, Sample(dt_util.utcnow(), 49))
        await hass.config_entries.async_remove(entry.entry_id)
    assert [key for key in ir.async_get(hass).issues if key[0] == DOMAIN] == []


@pytest.mark.parametrize("delete", [False, True])
async def test_a_damaged_file_is_kept_or_deleted(
    hass: HomeAssistant, *, delete: bool
) -> None:
    """As the user says; the issue is gone either way."""
    path = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(path.write_bytes, b"no database" * 1000)
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    found = issue(hass, "store_damaged")
    assert found is not None
    moved = Path((found.translation_placeholders or {})["path"])
    form = await open_flow(hass, "store_damaged")
    await go_on(hass, form, delete=delete)
    assert await hass.async_add_executor_job(moved.exists) is not delete
    assert issue(hass, "store_damaged") is None


async def test_a_damaged_file_that_cannot_be_deleted_is_told_of(
    hass: HomeAssistant,
) -> None:
    """The user may leave it where it is."""
    path = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(path.write_bytes, b"no database" * 1000)
    tell(hass, 60, "discharging")
    await set_up(hass, phone())
    found = issue(hass, "store_damaged")
    assert found is not None
    moved = Path((found.translation_placeholders or {})["path"])
    await hass.async_add_executor_job(moved.unlink)
    await hass.async_add_executor_job(moved.mkdir)
    form = await open_flow(hass, "store_damaged")
    form = await go_on(hass, form, delete=True)
    assert form["errors"] == {"delete": "not_deleted"}
    await go_on(hass, form, delete=False)
    assert issue(hass, "store_damaged") is None


async def test_what_a_device_says_is_shown_as_text(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A state can't leave the quotes that it is shown in, nor fill the screen."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    hass.states.async_set(PHONE, "`<img src=x>`" + "x" * 200)
    await wait(hass, freezer, hours=2)
    found = issue(hass, "source_unreadable_id_of_phone")
    assert found is not None
    said = (found.translation_placeholders or {})["state"]
    assert "`" not in said
    assert len(said) <= 60
    text = TEXTS["issues"]["source_unreadable"]["fix_flow"]["step"]["init"]
    assert "`{state}`" in text["description"]
