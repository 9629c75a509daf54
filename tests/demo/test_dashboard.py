"""The dashboard shows what the integration made, device by device."""

from typing import Any

from demo.dashboard import arrange, layout


def entity(entity_id: str, device: str, platform: str, key: str = "") -> dict[str, Any]:
    """Return an entity as Home Assistant's registry lists it."""
    return {
        "entity_id": entity_id,
        "device_id": device,
        "platform": platform,
        "translation_key": key,
        "disabled_by": None,
        "hidden_by": None,
    }


DEVICES = [
    {"id": "p", "name": "Pixel 8", "name_by_user": None},
    {"id": "d", "name": "Front door", "name_by_user": None},
    {"id": "h", "name": "Power Scheduler", "name_by_user": None},
]
ENTITIES = [
    entity("sensor.pixel_8_trend", "p", "power_scheduler", "trend"),
    entity("sensor.pixel_8_power_state", "p", "power_scheduler", "power_state"),
    entity("sensor.pixel_8_battery_level", "p", "demo_home"),
    {**entity("sensor.off", "p", "power_scheduler"), "disabled_by": "integration"},
    entity("sensor.front_door_battery", "d", "demo_home"),
    entity("sensor.lowest_level", "h", "power_scheduler", "lowest_level"),
]
STATES = [
    {"entity_id": e["entity_id"], "attributes": {"device_class": "battery"}}
    for e in ENTITIES
    if e["platform"] == "demo_home"
]


def test_only_tracked_devices_are_shown_the_hub_first() -> None:
    """A coin cell that is not tracked has no place on the dashboard."""
    shown = arrange(ENTITIES, DEVICES, STATES, ["power_state", "trend"])
    assert [device.name for device in shown] == ["Power Scheduler", "Pixel 8"]
    assert shown[1].battery == "sensor.pixel_8_battery_level"
    assert shown[1].entities == ["sensor.pixel_8_power_state", "sensor.pixel_8_trend"]


def test_a_device_has_its_card_its_level_and_its_entities() -> None:
    """The cards of a section are in the order in which they are read."""
    shown = arrange(ENTITIES, DEVICES, STATES, ["power_state", "trend"])
    hub, phone = layout(shown)["views"][0]["sections"]
    assert [card["type"] for card in hub["cards"]] == [
        "heading",
        "custom:power-scheduler-fleet-card",
        "tile",
        "tile",
    ]
    assert [card.get("entity", card["type"]) for card in phone["cards"]] == [
        "heading",
        "custom:power-scheduler-card",
        "sensor.pixel_8_battery_level",
        "sensor.pixel_8_power_state",
        "sensor.pixel_8_trend",
    ]
    assert phone["cards"][1]["device"] == "p"
