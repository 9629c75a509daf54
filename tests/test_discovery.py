"""Which of a home's devices have a battery worth tracking, and what tells of it."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.power_scheduler.discovery import (
    FoundDevice,
    battery_devices,
    find_device,
)

from .registry import Kinds, add_device, add_entity, add_phone

BATTERY = {"device_class": "battery", "unit_of_measurement": "%"}


def _only(hass: HomeAssistant) -> FoundDevice:
    """Return the one device that is found."""
    (device,) = battery_devices(hass)
    return device


def test_an_android_phone_comes_with_all_that_tells_of_its_battery(
    hass: HomeAssistant,
) -> None:
    """The state comes first; the power, whose sign differs, is not needed."""
    add_phone(hass)
    assert _only(hass) == FoundDevice(
        battery="sensor.pixel_battery_level",
        title="Pixel",
        companions={
            "charging": [
                "sensor.pixel_battery_state",
                "binary_sensor.pixel_is_charging",
                "sensor.pixel_charger_type",
            ],
            "time_to_full": "sensor.pixel_remaining_charge_time",
        },
        rechargeable=True,
    )


@pytest.mark.parametrize(
    ("platform", "kinds", "companions"),
    [
        (
            "nut",
            {
                "sensor.ups_battery_charge": "battery",
                "sensor.ups_battery_charge_low": None,
                "sensor.ups_battery_runtime": "duration",
                "sensor.ups_battery_runtime_low": "duration",
                "sensor.ups_status_data": None,
                "sensor.ups_status": None,
            },
            {
                "charging": ["sensor.ups_status_data"],
                "time_to_empty": "sensor.ups_battery_runtime",
            },
        ),
        (
            "apcupsd",
            {
                "sensor.apc_battery": "battery",
                "sensor.apc_status": None,
                "binary_sensor.apc_online_status": None,
                "sensor.apc_timeleft": "duration",
            },
            {
                "charging": ["binary_sensor.apc_online_status"],
                "time_to_empty": "sensor.apc_timeleft",
            },
        ),
        (
            "fully_kiosk",
            {
                "sensor.tablet_battery": "battery",
                "sensor.tablet_battery_temperature": "temperature",
                "binary_sensor.tablet_plugged_in": "plug",
            },
            {"charging": ["binary_sensor.tablet_plugged_in"]},
        ),
        (
            "roborock",
            {
                "sensor.robot_battery": "battery",
                "binary_sensor.robot_charging": "battery_charging",
                "sensor.robot_main_brush_time_left": "duration",
                "vacuum.robot": None,
            },
            {"charging": ["binary_sensor.robot_charging", "vacuum.robot"]},
        ),
        (
            "powerwall",
            {
                "sensor.home_charge": "battery",
                "sensor.home_battery_power": "power",
                "binary_sensor.home_charging": "battery_charging",
            },
            {"charging": ["binary_sensor.home_charging"]},
        ),
        (
            "inverter",
            {"sensor.home_charge": "battery", "sensor.home_battery_power": "power"},
            {"charging": ["sensor.home_battery_power"]},
        ),
    ],
)
def test_each_kind_of_device_is_known_by_its_shape(
    hass: HomeAssistant,
    platform: str,
    kinds: Kinds,
    companions: dict[str, str | list[str]],
) -> None:
    """What belongs to the battery is found, and what only sounds like it is not."""
    add_device(hass, platform, "Device", kinds)
    found = _only(hass)
    assert found.companions == companions
    assert found.rechargeable


def test_options_need_not_be_words(hass: HomeAssistant) -> None:
    """Integrations exist whose enumerations are numbers, or lists of them."""
    details = {"capabilities": {"options": [1, 2, [3]]}}
    kinds = {"sensor.toy_battery": "battery", "sensor.toy_mode": "enum"}
    add_device(hass, "toys", "Toy", kinds, **details)
    assert _only(hass).battery == "sensor.toy_battery"


def test_a_laptop_tells_what_it_is_busy_with(hass: HomeAssistant) -> None:
    """Shares are taken; amounts and rates, which need more to make sense, are not."""
    kinds: dict[str, str | None] = {
        "sensor.laptop_battery": "battery",
        "sensor.laptop_battery_empty": "timestamp",
        "binary_sensor.laptop_battery_plugged": "battery_charging",
    }
    (battery, *_) = add_device(hass, "systemmonitor", "Laptop", kinds).values()
    for name, unit in (
        ("processor_use", "%"),
        ("memory_usage", "%"),
        ("memory_use", "MiB"),
        ("network_usage", "MB/s"),
    ):
        add_entity(
            hass,
            "systemmonitor",
            f"sensor.laptop_{name}",
            device_id=battery.device_id,
            unit_of_measurement=unit,
        )
    assert _only(hass).companions == {
        "charging": ["binary_sensor.laptop_battery_plugged"],
        "cpu": "sensor.laptop_processor_use",
        "memory": "sensor.laptop_memory_usage",
        "time_to_empty": "sensor.laptop_battery_empty",
    }


def test_renamed_entities_are_known_by_what_their_integration_calls_them(
    hass: HomeAssistant,
) -> None:
    """A home in another language has other entity ids."""
    (battery, *_) = add_device(
        hass, "mobile_app", "Handy", {"sensor.handy_batteriestand": "battery"}
    ).values()
    add_entity(
        hass,
        "mobile_app",
        "sensor.handy_akkuzustand",
        unique_id="webhook_battery_state",
        device_id=battery.device_id,
    )
    add_entity(
        hass,
        "nut",
        "sensor.handy_zustand",
        unique_id="serial_ups.status",
        device_id=battery.device_id,
    )
    assert _only(hass).companions == {
        "charging": ["sensor.handy_akkuzustand", "sensor.handy_zustand"]
    }


def test_the_batteries_of_one_device_have_their_own_names_and_companions(
    hass: HomeAssistant,
) -> None:
    """An iPhone tells of its watch as well."""
    add_device(
        hass,
        "mobile_app",
        "iPhone",
        {
            "sensor.iphone_battery_level": "battery",
            "sensor.iphone_battery_state": "enum",
            "sensor.iphone_watch_battery_level": "battery",
            "sensor.iphone_watch_battery_state": "enum",
        },
    )
    name = {**BATTERY, "friendly_name": "iPhone Watch Battery Level"}
    hass.states.async_set("sensor.iphone_watch_battery_level", "50", name)
    assert {d.title: d.companions for d in battery_devices(hass)} == {
        "iphone": {"charging": ["sensor.iphone_battery_state"]},
        "iPhone Watch": {"charging": ["sensor.iphone_watch_battery_state"]},
    }


def test_batteries_without_a_device_find_companions_by_name(
    hass: HomeAssistant,
) -> None:
    """Templates: the name before the battery has to be the same, letter by letter."""
    name = {**BATTERY, "friendly_name": "Old phone battery level"}
    hass.states.async_set("sensor.old_phone_battery_level", "61", name)
    hass.states.async_set("sensor.old_phone_battery_state", "charging")
    hass.states.async_set("binary_sensor.old_phone_2_is_charging", "on")
    hass.states.async_set("sensor.old_phone_time_left", "90")
    add_entity(hass, "template", "sensor.old_phone_cpu_usage", unit_of_measurement="%")
    assert _only(hass) == FoundDevice(
        battery="sensor.old_phone_battery_level",
        title="Old phone",
        companions={
            "charging": ["sensor.old_phone_battery_state"],
            "cpu": "sensor.old_phone_cpu_usage",
            "time_to_empty": "sensor.old_phone_time_left",
        },
        rechargeable=True,
    )


@pytest.mark.parametrize(
    "coarse", [{"capabilities": {"options": ["low", "middle", "high"]}}, {}]
)
def test_button_cells_are_found_but_come_last(
    hass: HomeAssistant, coarse: dict[str, object]
) -> None:
    """A state of `low` or `high` is no charging state."""
    (door, *_) = add_device(
        hass, "zha", "A door", {"sensor.door_battery": "battery"}
    ).values()
    add_entity(
        hass,
        "zha",
        "sensor.door_battery_state",
        "enum",
        device_id=door.device_id,
        **coarse,
    )
    if not coarse:
        hass.states.async_set("sensor.door_battery_state", "middle")
    add_phone(hass)
    pixel, cell = battery_devices(hass)
    assert pixel.title == "Pixel"
    assert cell == FoundDevice(
        battery="sensor.door_battery",
        title="A door",
        companions={},
        rechargeable=False,
    )


def test_what_the_user_put_away_or_others_derived_is_left_out(
    hass: HomeAssistant,
) -> None:
    """Disabled, hidden, our own, and other entities' batteries: none is a device."""
    battery = "battery"
    off = er.RegistryEntryDisabler.USER
    add_entity(hass, "zha", "sensor.off_battery", battery, disabled_by=off)
    away = er.RegistryEntryHider.USER
    add_entity(hass, "zha", "sensor.hidden_battery", battery, hidden_by=away)
    add_entity(hass, "power_scheduler", "sensor.our_level", battery)
    add_entity(hass, "battery_notes", "sensor.noted_battery", battery)
    hass.states.async_set("sensor.hidden_battery", "20", BATTERY)
    hass.states.async_set("binary_sensor.door_battery", "on", BATTERY)
    assert battery_devices(hass) == []


def test_a_level_may_hide_in_an_attribute(hass: HomeAssistant) -> None:
    """It is used where no sensor tells the level of the same device."""
    phone = add_phone(hass)
    tracker = phone["device_tracker.pixel"].entity_id
    hass.states.async_set(tracker, "home", {"battery_level": 61})
    hass.states.async_set("vacuum.old_robot", "docked", {"battery_level": 100})
    hass.states.async_set("vacuum.other_robot", "docked")
    old, pixel = battery_devices(hass)
    assert pixel.battery == "sensor.pixel_battery_level"
    assert (old.battery, old.title) == ("vacuum.old_robot", "old robot")
    assert old.rechargeable


@pytest.mark.parametrize("robot", ["vacuum.robby", "lawn_mower.robby"])
def test_a_robot_tells_itself_whether_it_is_on_its_dock(
    hass: HomeAssistant, robot: str
) -> None:
    """Where its level is an attribute too, with a device and without one."""
    hass.states.async_set(robot, "docked", {"battery_level": 80})
    assert _only(hass).companions == {"charging": [robot]}
    hass.states.async_remove(robot)
    add_device(hass, "ecovacs", "Robby", {robot: None})
    hass.states.async_set(robot, "docked", {"battery_level": 80})
    assert _only(hass).companions == {"charging": [robot]}


def test_a_device_is_called_what_its_user_calls_it(hass: HomeAssistant) -> None:
    """A device without any name is called after its battery."""
    phone = add_phone(hass)
    device_id = phone["sensor.pixel_battery_level"].device_id
    assert device_id
    devices = dr.async_get(hass)
    devices.async_update_device(device_id, name_by_user="Anna's phone")
    assert _only(hass).title == "Anna's phone"
    devices.async_update_device(device_id, name_by_user=None, name=None)
    assert _only(hass).title == "pixel"


def test_any_entity_can_be_looked_at_as_a_battery(hass: HomeAssistant) -> None:
    """A level without the class of a battery finds its companions all the same."""
    hass.states.async_set("sensor.boat_soc", "80")
    hass.states.async_set("binary_sensor.boat_charging", "on")
    found = find_device(hass, "sensor.boat_soc")
    assert found.title == "boat"
    assert found.companions == {"charging": ["binary_sensor.boat_charging"]}
    assert find_device(hass, "sensor.gone").title == "gone"
