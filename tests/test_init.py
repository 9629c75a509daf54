"""The life of the entry: set up, follow, unload, come back."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.power_scheduler import batteries
from custom_components.power_scheduler.const import DOMAIN
from custom_components.power_scheduler.coordinator import SETTLE, SOON, TICK
from custom_components.power_scheduler.core.sample import Sample

from .home import PHONE, PHONE_STATE, device, phone, set_up, states, tell

SHOWN = (
    "sensor.phone_power_state",
    "sensor.phone_trend",
    "sensor.phone_power_source",
    "binary_sensor.phone_charging",
)


async def settle(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let readings be gathered and analysed."""
    freezer.tick(timedelta(seconds=SETTLE))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_forecast_keeps_up_with_a_level_that_falls(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """However wide its interval is: it never moves far without being told anew."""
    told: list[float] = []
    widths: list[float] = []
    tell(hass, 80, "discharging")
    await set_up(hass, phone())
    for level in range(79, 19, -1):
        freezer.tick(timedelta(minutes=6))
        tell(hass, level)
        await settle(hass, freezer)
        state = hass.states.get("sensor.phone_forecast_level")
        assert state is not None
        told.append(float(state.state))
        widths.append(state.attributes["p90"] - state.attributes["p10"])
    assert max(widths) / 4 > 7
    assert max(abs(a - b) for a, b in pairwise(told)) < 7


async def drain(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *levels: float
) -> None:
    """Let the phone tell some levels, ten minutes apart."""
    for level in levels:
        freezer.tick(timedelta(minutes=10))
        tell(hass, level, "discharging")
    await settle(hass, freezer)


async def test_entities_follow_the_phone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What the phone tells is seen in our entities seconds later."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    assert states(hass, SHOWN) == ["normal", "unknown", "battery", "off"]
    await drain(hass, freezer, 48, 46, 44, 42, 40, 38)
    power_state, trend, source, charging = states(hass, SHOWN)
    assert (power_state, source, charging) == ("normal", "battery", "off")
    assert trend is not None
    assert -20 < float(trend) < -4
    tell(hass, 38, "charging")
    await settle(hass, freezer)
    assert states(hass, SHOWN)[2:] == ["charging", "on"]


async def test_a_home_of_many_entities_is_shown_in_portions(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """All of them are, with breaks for others in between."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    tell(hass, 50, "charging")
    with patch("custom_components.power_scheduler.views.WRITES", 1):
        await settle(hass, freezer)
    assert states(hass, SHOWN)[2:] == ["charging", "on"]


async def test_an_iphone_that_does_not_charge_is_on_battery(
    hass: HomeAssistant,
) -> None:
    """As iCloud tells it, which has no word for discharging; its level counts."""
    words = {"options": ["charging", "full", "not_charging"]}
    hass.states.async_set(PHONE_STATE, "not_charging", words)
    tell(hass, 5)
    await set_up(hass, phone())
    assert states(hass, SHOWN)[0] == "critical"
    assert states(hass, SHOWN)[2:] == ["battery", "off"]


async def test_a_ups_that_has_no_word_for_charging_is_seen_to_charge(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Some say but that they are on line: where the level stands, they are idle."""
    status = "sensor.phone_status"
    hass.states.async_set(status, "ONBATT")
    tell(hass, 50)
    await set_up(hass, device("Phone", PHONE, status))
    hass.states.async_set(status, "ONLINE")
    await drain(hass, freezer, *range(52, 92, 2))
    assert states(hass, SHOWN)[2:] == ["charging", "on"]
    assert float(states(hass, SHOWN)[1] or 0) > 5
    await drain(hass, freezer, *[90] * 7)
    assert states(hass, SHOWN)[1:] == ["0.0", "idle", "off"]


@pytest.mark.parametrize(
    ("role", "kind"),
    [("charging", "power"), ("network", None), ("time_to_empty", None)],
)
async def test_a_unit_that_is_no_text_is_one_that_nobody_knows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, role: str, kind: str | None
) -> None:
    """Who sets a state through the API may say anything; no device falls silent."""
    odd = "sensor.odd"
    data = {role: [odd] if role == "charging" else odd, "network_capacity": 100}
    tell(hass, 50)
    await set_up(hass, phone(**data))
    attributes = {"unit_of_measurement": ["W"], "device_class": kind}
    hass.states.async_set(odd, "0.5", attributes)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "normal"


async def test_an_unavailable_source_makes_entities_unavailable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A device that tells nothing shows no number."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    tell(hass, "unavailable")
    await settle(hass, freezer)
    assert set(states(hass, SHOWN)) == {"unavailable"}
    tell(hass, 49)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "normal"


async def test_devices_that_tell_nothing_are_not_counted_as_well(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Unknown is no number: nobody knows how many are in trouble."""
    trouble = ["sensor.power_scheduler_devices_in_trouble"]
    tell(hass, 50, "discharging")
    hass.states.async_set("sensor.toy", "12", {"unit_of_measurement": "%"})
    await set_up(hass, phone(), device("Toy", "sensor.toy"))
    assert states(hass, trouble) == ["1"]
    tell(hass, "unavailable")
    hass.states.async_set("sensor.toy", "unavailable")
    await settle(hass, freezer)
    assert states(hass, trouble) == ["unknown"]
    tell(hass, 49)
    await settle(hass, freezer)
    assert states(hass, trouble) == ["0"]


async def test_a_change_of_the_power_source_shows_within_a_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Though a level told just before would have waited for others."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    tell(hass, 51)
    tell(hass, 51, "charging")
    freezer.tick(timedelta(seconds=SOON))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert states(hass, SHOWN)[2:] == ["charging", "on"]


async def test_a_level_told_again_hides_no_change_of_the_power_source(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Home Assistant moves the moment of a state that is repeated, in place."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    freezer.tick(timedelta(minutes=10))
    tell(hass, 49)
    freezer.tick(0.3)
    tell(hass, 49, "charging")
    freezer.tick(0.3)
    tell(hass, 49)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[2:] == ["charging", "on"]


@pytest.mark.parametrize(
    ("source", "attributes"),
    [(PHONE_STATE, {}), (PHONE_STATE, {"unit_of_measurement": "W"})],
    ids=["repeated", "measured"],
)
async def test_what_changes_no_power_source_is_not_urgent(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    source: str,
    attributes: dict[str, str],
) -> None:
    """Neither a repetition nor the next watt makes all batteries be looked at."""
    tell(hass, 50, "discharging")
    hass.states.async_set(source, "5" if attributes else "discharging", attributes)
    await set_up(hass, phone())
    freezer.tick(1)
    tell(hass, 30)
    hass.states.async_set(source, "6" if attributes else "discharging", attributes)
    freezer.tick(timedelta(seconds=SOON))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert states(hass, SHOWN)[0] == "normal"
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "low"


async def test_a_whole_fleet_shows_what_changed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """However many states that is at once."""
    names = [f"Device {number}" for number in range(40)]
    sources = [f"sensor.battery_of_{number}" for number in range(40)]

    def tell_all(level: float) -> None:
        """Let all tell a level."""
        for source in sources:
            hass.states.async_set(source, str(level), {"unit_of_measurement": "%"})

    tell_all(60)
    await set_up(hass, *map(device, names, sources, strict=True))
    freezer.tick(timedelta(minutes=10))
    tell_all(40)
    await settle(hass, freezer)
    shown = states(
        hass, [f"sensor.device_{number}_power_state" for number in range(40)]
    )
    assert shown == ["normal"] * 40


async def test_a_look_that_fails_shows_nothing_until_one_works(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is not known to hold is not shown, of no device."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    freezer.tick(1)
    with patch.object(batteries, "foresee", side_effect=RuntimeError("a bug")):
        tell(hass, 20)
        await settle(hass, freezer)
    assert set(states(hass, SHOWN)) == {"unavailable"}
    freezer.tick(TICK)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert states(hass, SHOWN)[0] == "low"
    assert caplog.text.count("Unexpected error fetching") == 1


async def test_a_source_that_turns_into_another_unit_is_unavailable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Volts are no level."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    hass.states.async_set(PHONE, "3.7", {"unit_of_measurement": "V"})
    await settle(hass, freezer)
    assert set(states(hass, SHOWN)) == {"unavailable"}


async def test_a_stale_reading_has_no_power_state(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Phones keep their last value for ever when they die."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    freezer.tick(timedelta(hours=7))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert states(hass, SHOWN)[0] == "unknown"


@pytest.mark.parametrize(
    ("comes_back_as", "state"), [("on", "unknown"), ("off", "low")]
)
async def test_a_smart_plug_that_was_away_keeps_no_dead_tablet_alive(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    comes_back_as: str,
    state: str,
) -> None:
    """Only one that comes back as another is news of the battery."""
    plug = "binary_sensor.plug"
    hass.states.async_set(plug, "on")
    tell(hass, 20)
    await set_up(hass, device("Phone", PHONE, plug))
    freezer.tick(timedelta(minutes=10))
    tell(hass, 20)
    await settle(hass, freezer)
    for now in ("unavailable", comes_back_as):
        freezer.tick(timedelta(hours=4))
        hass.states.async_set(plug, now)
        await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == state


@pytest.mark.parametrize("level", [20, 48])
@pytest.mark.parametrize("repeats_plug", [False, True])
async def test_a_clock_that_is_set_back_holds_up_no_battery(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    level: int,
    *,
    repeats_plug: bool,
) -> None:
    """What was told in the future, as it is now, is no reason to hear nothing more."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    freezer.tick(timedelta(minutes=10))
    tell(hass, 48, "charging")
    await settle(hass, freezer)
    freezer.tick(timedelta(hours=-3))
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert states(hass, SHOWN)[2:] == ["charging", "on"]
    freezer.tick(timedelta(minutes=10))
    tell(hass, level, "charging" if repeats_plug else None)
    await settle(hass, freezer)
    power = entry.runtime_data.data.devices[PHONE]
    assert (power.level, power.age) == (level, timedelta(seconds=SETTLE))


async def test_what_was_told_in_the_future_is_no_sign_of_life(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plug tells nothing of the level of a phone that died before."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    freezer.tick(timedelta(minutes=10))
    tell(hass, 48)
    await settle(hass, freezer)
    freezer.tick(timedelta(days=-3))
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    for state in ("unavailable", "discharging") * 4:
        freezer.tick(timedelta(hours=1))
        hass.states.async_set(PHONE_STATE, state)
        await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "unknown"


async def test_an_unchanged_level_is_a_sign_of_life(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A level that is reported again is fresh, though it does not change."""
    tell(hass, 50, "discharging")
    await set_up(hass, phone())
    for _ in range(8):
        freezer.tick(timedelta(hours=1))
        tell(hass, 50)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "normal"


async def test_the_past_comes_back_from_the_store(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Trend and state are there again after a reload, from the store alone."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    await drain(hass, freezer, 48, 46, 44, 42, 40, 38)
    before = states(hass, SHOWN)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert states(hass, SHOWN) == before


async def test_entities_belong_to_the_device_of_their_battery(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    """The phone's own page shows our entities; a bare battery gets a device."""
    companion = MockConfigEntry(domain="mobile_app")
    companion.add_to_hass(hass)
    owner = device_registry.async_get_or_create(
        config_entry_id=companion.entry_id, identifiers={("mobile_app", "x")}
    )
    battery = entity_registry.async_get_or_create(
        "sensor",
        "mobile_app",
        "level",
        device_id=owner.id,
        config_entry=companion,
        suggested_object_id="phone_battery_level",
    )
    tell(hass, 50, "discharging")
    hass.states.async_set("sensor.toy", "70")
    await set_up(
        hass,
        device("Phone", battery.id, "sensor.phone_battery_state"),
        device("Toy", "sensor.toy"),
    )
    ours = entity_registry.async_get_entity_id(
        "sensor", "power_scheduler", "id_of_phone_power_state"
    )
    toys = entity_registry.async_get_entity_id(
        "sensor", "power_scheduler", "id_of_toy_power_state"
    )
    assert ours is not None
    assert toys is not None
    entry = entity_registry.async_get(ours)
    assert entry is not None
    assert (entry.device_id, entry.config_subentry_id) == (owner.id, "id_of_phone")
    toy = entity_registry.async_get(toys)
    assert toy is not None
    own_device = device_registry.async_get(toy.device_id or "")
    assert own_device is not None
    assert own_device.name == "Toy"


async def test_a_device_comes_and_goes_without_a_restart(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    """Its entities are there as soon as it is tracked, and leave with it."""
    tell(hass, 50, "discharging")
    hass.states.async_set("sensor.toy", "12", {"unit_of_measurement": "%"})
    entry = await set_up(hass, phone())
    toy = ConfigSubentry(
        data=MappingProxyType({"battery": "sensor.toy", "reserve": 10}),
        subentry_type="device",
        title="Toy",
        unique_id="sensor.toy",
    )
    owned = {(DOMAIN, toy.subentry_id)}
    hass.config_entries.async_add_subentry(entry, toy)
    await hass.async_block_till_done()
    assert states(hass, ["sensor.toy_power_state"]) == ["critical"]
    assert device_registry.async_get_devices(identifiers=owned)
    hass.config_entries.async_remove_subentry(entry, toy.subentry_id)
    await hass.async_block_till_done()
    assert states(hass, ["sensor.toy_power_state"]) == [None]
    assert not device_registry.async_get_devices(identifiers=owned)
    assert states(hass, SHOWN)[0] == "normal"


async def test_a_renamed_source_is_followed(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The battery is known by its registry id, whatever it is called."""
    battery = entity_registry.async_get_or_create(
        "sensor", "test", "level", suggested_object_id="phone_battery_level"
    )
    tell(hass, 50, "discharging")
    await set_up(hass, device("Phone", battery.id))
    freezer.tick(timedelta(minutes=10))
    entity_registry.async_update_entity(PHONE, new_entity_id="sensor.renamed")
    hass.states.async_set("sensor.renamed", "12", {"unit_of_measurement": "%"})
    await hass.async_block_till_done(wait_background_tasks=True)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "critical"


async def test_a_removed_source_raises_an_issue_until_it_is_mended(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Nothing is guessed from an entity that is gone, and the user hears of it."""
    battery = entity_registry.async_get_or_create(
        "sensor", "test", "level", suggested_object_id="phone_battery_level"
    )
    tell(hass, 50, "discharging")
    await set_up(hass, device("Phone", battery.id))
    entity_registry.async_remove(PHONE)
    hass.states.async_remove(PHONE)
    await hass.async_block_till_done(wait_background_tasks=True)
    await settle(hass, freezer)
    assert set(states(hass, SHOWN)) == {"unavailable"}
    issues = ir.async_get(hass)
    issue = issues.async_get_issue("power_scheduler", "source_missing_id_of_phone")
    assert issue is not None
    assert (issue.translation_placeholders or {})["device"] == "Phone"
    assert await hass.config_entries.async_remove("entry")
    assert not issues.async_get_issue("power_scheduler", "source_missing_id_of_phone")


async def test_a_source_that_comes_back_is_read_again(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """As when its integration is removed and added again: nobody need do anything."""
    maker = MockConfigEntry(domain="test")
    maker.add_to_hass(hass)
    thing = device_registry.async_get_or_create(
        config_entry_id=maker.entry_id, identifiers={("test", "it")}, name="Phone"
    )

    def add() -> str:
        """Add the battery, of the same make as before."""
        battery = entity_registry.async_get_or_create(
            "sensor",
            "test",
            "level",
            suggested_object_id="phone_battery_level",
            config_entry=maker,
            device_id=thing.id,
        )
        return battery.id

    battery = add()
    tell(hass, 50, "discharging")
    await set_up(hass, device("Phone", battery))
    entity_registry.async_remove(PHONE)
    hass.states.async_remove(PHONE)
    await hass.async_block_till_done(wait_background_tasks=True)
    own = {("power_scheduler", "id_of_phone")}
    assert device_registry.async_get_devices(identifiers=own)
    assert add() == battery
    tell(hass, 49)
    await settle(hass, freezer)
    assert states(hass, SHOWN)[0] == "normal"
    issues = ir.async_get(hass)
    assert not issues.async_get_issue("power_scheduler", "source_missing_id_of_phone")
    assert not device_registry.async_get_devices(identifiers=own)


async def test_a_device_that_goes_with_all_its_entities_is_one_change(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    """The entry is set up again once, not once for each of them."""
    ids = [
        entity_registry.async_get_or_create(
            "sensor", "test", name, suggested_object_id=name
        ).id
        for name in ("level", "cpu", "memory")
    ]
    hass.states.async_set("sensor.level", "50", {"unit_of_measurement": "%"})
    await set_up(hass, device("Phone", ids[0], cpu=ids[1], memory=ids[2]))
    with patch.object(hass.config_entries, "async_schedule_reload") as reload:
        for name in ("level", "cpu", "memory"):
            entity_registry.async_remove(f"sensor.{name}")
        await hass.async_block_till_done(wait_background_tasks=True)
    reload.assert_called_once()


async def test_a_change_during_the_start_is_not_lost(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A second device is added while the first one's past is recalled."""
    toy = ConfigSubentry(
        data=MappingProxyType({"battery": "sensor.toy", "reserve": 10.0}),
        subentry_type="device",
        title="Toy",
        unique_id="sensor.toy",
    )
    added = False

    async def recall(hass: HomeAssistant, *_: object) -> list[Sample]:
        """Recall nothing, while the user adds a device."""
        nonlocal added
        if not added:
            added = True
            hass.config_entries.async_add_subentry(entry, toy)
        return []

    tell(hass, 50, "discharging")
    hass.states.async_set("sensor.toy", "70", {"unit_of_measurement": "%"})
    entry = await set_up(hass, phone())
    with patch(
        "custom_components.power_scheduler.coordinator.async_backfill",
        side_effect=recall,
    ):
        await hass.config_entries.async_reload(entry.entry_id)
        await settle(hass, freezer)
    assert states(hass, ["sensor.toy_power_state"]) == ["optimal"]


async def test_days_are_counted_in_the_zone_of_the_home(hass: HomeAssistant) -> None:
    """Also when the home moves."""
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())
    before = entry.runtime_data
    await hass.config.async_update(latitude=1.0)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data is before
    await hass.config.async_update(time_zone="Asia/Tokyo")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data is not before


async def test_what_is_told_while_the_past_is_recalled_is_heard(
    hass: HomeAssistant,
) -> None:
    """No device is missed because another one's past takes its time."""

    async def recall(hass: HomeAssistant, *_: object) -> list[Sample]:
        """Recall nothing, while the phone wakes up."""
        tell(hass, 50, "discharging")
        return []

    tell(hass, "unavailable")
    hass.states.async_set("sensor.toy", "70")
    with patch(
        "custom_components.power_scheduler.coordinator.async_backfill",
        side_effect=recall,
    ):
        await set_up(hass, phone(), device("Toy", "sensor.toy"))
    assert states(hass, SHOWN)[0] == "normal"


async def test_removing_the_entry_leaves_no_file(hass: HomeAssistant) -> None:
    """Whoever takes it out finds his folder as it was; also if a file was damaged."""
    damaged = Path(hass.config.path("power_scheduler.db"))
    await hass.async_add_executor_job(damaged.write_bytes, b"rubbish" * 1000)
    tell(hass, 50, "discharging")
    entry = await set_up(hass, phone())

    def files() -> list[Path]:
        """Return our files in the folder of Home Assistant."""
        return list(Path(hass.config.config_dir).glob("power_scheduler.db*"))

    assert damaged.with_suffix(".db.corrupt-1") in (
        await hass.async_add_executor_job(files)
    )
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not await hass.async_add_executor_job(files)
