"""Readings of every shape that real integrations give."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant, State
import pytest

from custom_components.power_scheduler.core.sample import Estimate, PowerSource, Usage
from custom_components.power_scheduler.power_source import Evidence, read_source
from custom_components.power_scheduler.readings import (
    SourceEntities,
    read,
    read_level,
    read_past,
)

ON_BATTERY = Evidence(PowerSource.BATTERY, plugged=False)
CHARGING = Evidence(PowerSource.CHARGING, plugged=True)
FULL = Evidence(PowerSource.FULL, plugged=True)
IDLE = Evidence(PowerSource.IDLE, plugged=True)
PLUGGED = Evidence(plugged=True)
WORDLESS = Evidence(plugged=True, wordless=True)
UNKNOWN = Evidence()


@pytest.mark.parametrize(
    ("state", "attributes", "level"),
    [
        ("85", {"unit_of_measurement": "%"}, 85),
        ("85.5", {"unit_of_measurement": "%"}, 85.5),
        ("0", {"unit_of_measurement": "%"}, 0),
        ("85 %", {}, 85),
        ("85,5%", {}, 85.5),
        ("42", {}, 42),
        ("0.42", {"max": 1}, 42),
        ("0.42", {}, 0.42),
        ("unknown", {}, None),
        ("none", {}, None),
        ("", {}, None),
        ("nan", {"unit_of_measurement": "%"}, None),
        ("inf", {"unit_of_measurement": "%"}, None),
        ("-1", {"unit_of_measurement": "%"}, None),
        ("-100", {"unit_of_measurement": "%"}, None),
        ("255", {"unit_of_measurement": "%"}, None),
        ("100.1", {"unit_of_measurement": "%"}, None),
        ("3.7", {"unit_of_measurement": "V"}, None),
        ("full", {"unit_of_measurement": "%"}, None),
    ],
)
def test_level_of_a_sensor(
    state: str, attributes: dict[str, object], level: float | None
) -> None:
    """A level is read as percent, and what is no level is no number."""
    assert read_level(State("sensor.phone", state, attributes)) == level


@pytest.mark.parametrize(
    ("attributes", "level"),
    [
        ({"battery_level": 67}, 67),
        ({"battery": "67%"}, 67),
        ({"battery_level": None, "battery": 12}, 12),
        ({"battery_level": 255}, None),
        ({"battery_level": True}, None),
        ({"battery_level": 10**400}, None),
        ({}, None),
    ],
)
def test_level_in_an_attribute(
    attributes: dict[str, object], level: float | None
) -> None:
    """Vacuums and trackers carry their level in an attribute."""
    assert read_level(State("vacuum.robby", "docked", attributes)) == level


@pytest.mark.parametrize(
    ("states", "level", "evidence"),
    [
        # Android: an enum, and what charges it
        ([("sensor.p_battery_state", "charging", None)], 50, CHARGING),
        ([("sensor.p_battery_state", "discharging", None)], 50, ON_BATTERY),
        ([("sensor.p_battery_state", "full", None)], 100, FULL),
        ([("sensor.p_battery_state", "not_charging", None)], 80, IDLE),
        (
            [
                ("sensor.p_battery_state", "not_charging", None),
                ("sensor.p_charger_type", "none", None),
            ],
            80,
            ON_BATTERY,
        ),
        (
            [
                ("sensor.p_battery_state", "not_charging", None),
                ("sensor.p_charger_type", "ac", None),
            ],
            80,
            IDLE,
        ),
        # Android's Is charging is called a plug, but is off at a charge limit
        *(
            (
                [
                    ("sensor.p_battery_state", "not_charging", None),
                    ("binary_sensor.p_is_charging", "off", "plug"),
                    ("sensor.p_charger_type", charger, None),
                ],
                80,
                evidence,
            )
            for charger, evidence in (("ac", IDLE), ("none", ON_BATTERY))
        ),
        # iOS: text, and Full where it does not know
        ([("sensor.i_battery_state", "Charging", None)], 50, CHARGING),
        ([("sensor.i_battery_state", "Not Charging", None)], 50, ON_BATTERY),
        ([("sensor.i_battery_state", "Full", None)], 97, FULL),
        ([("sensor.i_battery_state", "Full", None)], 60, UNKNOWN),
        # Cars and other makes
        *(
            ([("sensor.c_charging_state", word, None)], 60, CHARGING)
            for word in ("charge", "charge_in_progress", "charging_ac", "charging_dc")
        ),
        *(
            ([("sensor.c_charging_state", word, None)], 60, ON_BATTERY)
            for word in (
                *("connect_cable", "discharge", "disconnected"),
                *("idle", "no_power", "not_in_charge"),
            )
        ),
        ([("sensor.c_charging_state", "complete", None)], 80, IDLE),
        ([("sensor.c_charging_state", "stopped", None)], 60, IDLE),
        ([("sensor.c_charging_state", "starting", None)], 60, PLUGGED),
        ([("sensor.c_charge_state", "full_charge", None)], 100, FULL),
        ([("sensor.c_battery_state", "chargecomplete", None)], 100, FULL),
        # Binary sensors of charging and of a plug
        ([("binary_sensor.c", "on", "battery_charging")], 50, CHARGING),
        ([("binary_sensor.c", "off", "battery_charging")], 50, ON_BATTERY),
        ([("binary_sensor.c", "on", "plug")], 50, PLUGGED),
        ([("binary_sensor.c", "off", "plug")], 50, ON_BATTERY),
        ([("binary_sensor.c", "maybe", "plug")], 50, UNKNOWN),
        (
            [
                ("binary_sensor.c", "off", "battery_charging"),
                ("binary_sensor.p", "on", "plug"),
            ],
            80,
            WORDLESS,
        ),
        (
            [
                ("binary_sensor.c", "off", "battery_charging"),
                ("binary_sensor.p", "on", "plug"),
            ],
            100,
            FULL,
        ),
        ([("binary_sensor.c", "on", "battery_charging")], 100, FULL),
        ([("input_boolean.plug", "on", None)], 50, PLUGGED),
        ([("input_boolean.plug", "off", None)], 50, ON_BATTERY),
        # Robots: only on its dock does one have power
        ([("vacuum.r", "docked", None)], 60, PLUGGED),
        *(
            ([(robot, activity, None)], 60, ON_BATTERY)
            for robot in ("vacuum.r", "lawn_mower.r")
            for activity in ("cleaning", "idle", "mowing", "paused", "returning")
        ),
        ([("vacuum.r", "error", None)], 60, UNKNOWN),
        ([("lawn_mower.r", "charging", None)], 60, UNKNOWN),
        (
            [
                ("binary_sensor.c", "off", "battery_charging"),
                ("vacuum.r", "docked", None),
            ],
            80,
            WORDLESS,
        ),
        # UPS status tokens
        ([("sensor.ups_status_data", "OL CHRG", None)], 80, CHARGING),
        ([("sensor.ups_status_data", "OL", None)], 100, FULL),
        ([("sensor.ups_status_data", "OL BYPASS XYZ", None)], 80, WORDLESS),
        ([("sensor.ups_status_data", "OB DISCHRG LB", None)], 20, ON_BATTERY),
        ([("sensor.ups_status_data", "OL DISCHRG", None)], 70, PLUGGED),
        ([("sensor.ups_status_data", "ALARM", None)], 70, UNKNOWN),
        ([("sensor.ups_status", "Online, Battery Charging", None)], 80, CHARGING),
        ([("sensor.ups_status", "Online, Battery Discharging", None)], 80, PLUGGED),
        ([("sensor.ups_status", "On Battery, Low Battery", None)], 20, ON_BATTERY),
        ([("sensor.apc_status", "ONLINE", None)], 100, FULL),
        ([("sensor.apc_status", "ONLINE", None)], 60, WORDLESS),
        ([("sensor.apc_status", "ONBATT LOWBATT", None)], 20, ON_BATTERY),
        ([], 50, UNKNOWN),
    ],
)
def test_power_source_is_read_from_what_exists(
    states: list[tuple[str, str, str | None]], level: float, evidence: Evidence
) -> None:
    """Each integration's own words say what the device lives on."""
    told = [State(entity, s, {"device_class": c}) for entity, s, c in states]
    assert read_source(told, level) == evidence


@pytest.mark.parametrize(
    ("options", "evidence"),
    [
        (["charging", "discharging", "full", "not_charging"], IDLE),
        (["charging", "full", "not_charging"], ON_BATTERY),
        ("nonsense", IDLE),
        (5, IDLE),
    ],
)
def test_who_knows_no_discharging_says_not_charging_instead(
    options: object, evidence: Evidence
) -> None:
    """An iPhone in iCloud is not plugged in because it does not charge."""
    state = State("sensor.i_battery_status", "not_charging", {"options": options})
    assert read_source([state], 80) == evidence


@pytest.mark.parametrize(
    ("power", "unit", "evidence"),
    [
        ("1200", "W", ON_BATTERY),
        ("-1.2", "kW", CHARGING),
        ("2", "W", UNKNOWN),
        ("much", "W", UNKNOWN),
        ("-inf", "W", UNKNOWN),
        ("nan", "W", UNKNOWN),
        ("5", "apples", UNKNOWN),
    ],
)
def test_signed_power_follows_the_energy_dashboard(
    power: str, unit: str, evidence: Evidence
) -> None:
    """Positive is discharging; a few watts are a meter's drift."""
    attributes = {"device_class": "power", "unit_of_measurement": unit}
    assert read_source([State("sensor.b", power, attributes)], 50) == evidence


def test_a_reading_holds_all_that_a_device_tells(hass: HomeAssistant) -> None:
    """Level, source, usage and the device's own estimates come together."""
    percent = {"unit_of_measurement": "%"}
    hass.states.async_set("sensor.level", "40", percent)
    hass.states.async_set("sensor.state", "discharging")
    hass.states.async_set("sensor.cpu", "25", percent)
    hass.states.async_set("sensor.memory", "0.5")
    hass.states.async_set("sensor.net", "50", {"unit_of_measurement": "Mbit/s"})
    hass.states.async_set("sensor.runtime", "1800", {"unit_of_measurement": "s"})
    full_at = datetime(2030, 1, 1, tzinfo=UTC)
    hass.states.async_set(
        "sensor.full", full_at.isoformat(), {"device_class": "timestamp"}
    )
    entities = SourceEntities(
        battery="sensor.level",
        charging=("sensor.state", "sensor.missing"),
        cpu="sensor.cpu",
        memory="sensor.memory",
        network="sensor.net",
        network_capacity=100,
        time_to_empty="sensor.runtime",
        time_to_full="sensor.full",
    )
    reading = read(hass, entities)
    assert reading is not None
    assert (reading.sample.level, reading.sample.plugged) == (40, False)
    assert reading.source is PowerSource.BATTERY
    assert reading.usage == Usage(cpu=0.25, memory=0.5, network=0.5)
    runtime = hass.states.get("sensor.runtime")
    assert runtime is not None
    told_at = runtime.last_reported
    assert reading.empty == Estimate(told_at + timedelta(minutes=30), told_at=told_at)
    assert reading.full is not None
    assert reading.full.at == full_at
    assert len(entities.all()) == 8


@pytest.mark.parametrize(
    ("state", "unit", "share"),
    [
        ("250", "%", 1.0),
        ("12", None, None),
        ("0.9", "", 0.9),
        ("-3", "%", None),
        ("unavailable", "%", None),
        ("5", "MB/s", None),
        ("5", "°C", None),
    ],
)
def test_a_resource_that_makes_no_sense_is_unknown(
    hass: HomeAssistant, state: str, unit: str | None, share: float | None
) -> None:
    """Without a unit that says what it is, use is unknown, not nought."""
    hass.states.async_set("sensor.level", "40", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.net", state, {"unit_of_measurement": unit})
    reading = read(hass, SourceEntities(battery="sensor.level", network="sensor.net"))
    assert reading is not None
    assert reading.usage.network == share


@pytest.mark.parametrize(
    ("state", "unit"), [("0", "s"), ("soon", "s"), ("5", "%"), ("1e300", "d")]
)
def test_an_estimate_that_names_no_moment_is_unknown(
    hass: HomeAssistant, state: str, unit: str
) -> None:
    """A runtime of nought or of another unit is no estimate."""
    hass.states.async_set("sensor.level", "40", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.runtime", state, {"unit_of_measurement": unit})
    entities = SourceEntities(battery="sensor.level", time_to_empty="sensor.runtime")
    reading = read(hass, entities)
    assert reading is not None
    assert reading.empty is None


@pytest.mark.parametrize(
    "moment", ["tomorrow", "2030-01-01T00:00:00", "2026-02-30T10:00:00+00:00"]
)
def test_what_names_no_moment_is_unknown(hass: HomeAssistant, moment: str) -> None:
    """Neither a word, nor a time of day somewhere, nor a day that there is not."""
    hass.states.async_set("sensor.level", "40", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.full", moment, {"device_class": "timestamp"})
    entities = SourceEntities(battery="sensor.level", time_to_full="sensor.full")
    reading = read(hass, entities)
    assert reading is not None
    assert reading.full is None


@pytest.mark.parametrize("state", [None, "unavailable", "unknown", "5 V"])
def test_no_level_is_no_reading(hass: HomeAssistant, state: str | None) -> None:
    """A device that tells no level tells nothing."""
    if state is not None:
        hass.states.async_set("sensor.level", state)
    assert read(hass, SourceEntities(battery="sensor.level")) is None


def test_a_smart_plug_does_not_keep_a_dead_phone_alive(hass: HomeAssistant) -> None:
    """Repeating the power source is no news of the battery; changing it is."""
    early = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    hass.states.async_set("sensor.level", "40", timestamp=early)
    hass.states.async_set(
        "binary_sensor.plug", "on", {"device_class": "plug"}, timestamp=early + 60
    )
    hass.states.async_set(
        "binary_sensor.plug", "on", {"device_class": "plug"}, timestamp=early + 9999
    )
    entities = SourceEntities(battery="sensor.level", charging=("binary_sensor.plug",))
    reading = read(hass, entities)
    assert reading is not None
    assert reading.sample.at.timestamp() == early + 60


def test_recorded_states_become_samples() -> None:
    """Levels and power sources of the past are joined by time."""
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def at(minutes: int, entity: str, state: str) -> State:
        return State(entity, state, last_updated=start + timedelta(minutes=minutes))

    samples = read_past(
        [
            at(0, "sensor.l", "50"),
            at(20, "sensor.l", "unavailable"),
            at(30, "sensor.l", "48"),
        ],
        [at(-5, "sensor.s", "discharging"), at(40, "sensor.s", "charging")],
    )
    assert [(s.level, s.plugged) for s in samples] == [
        (50, False),
        (48, False),
        (48, True),
    ]


def test_a_level_that_appears_again_as_it_was_is_no_sample() -> None:
    """It was restored at a start; one that is told again without one is alive."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(hours=hours) for hours in range(5)]
    appeared, restored, repeated, charged = (
        State("sensor.l", "50", last_changed=changed, last_updated=at)
        for changed, at in (
            (moments[0], moments[0]),
            (moments[1], moments[1]),
            (moments[1], moments[2]),
            (moments[3], moments[4]),
        )
    )
    plug = [
        State("binary_sensor.p", "off", last_updated=moments[0]),
        State("binary_sensor.p", "off", last_updated=moments[1]),
        State("binary_sensor.p", "on", last_updated=moments[3]),
    ]
    samples = read_past([appeared, restored, repeated, charged], plug)
    assert [(moments.index(s.at), s.plugged) for s in samples] == [
        (0, False),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_a_robot_carries_its_level_and_says_where_it_is() -> None:
    """In the past as in the present: one entity tells both."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    robot = [
        State(
            "vacuum.robby",
            activity,
            {"battery_level": level},
            last_updated=start + timedelta(hours=hours),
        )
        for hours, (activity, level) in enumerate(
            [("docked", 100), ("cleaning", 100), ("returning", 60), ("docked", 50)]
        )
    ]
    assert [(s.level, s.plugged) for s in read_past(robot, robot)] == [
        (100, True),
        (100, False),
        (60, False),
        (50, True),
    ]


def test_an_entity_that_tells_two_things_is_one() -> None:
    """It is not read twice."""
    entities = SourceEntities(battery="vacuum.robby", charging=("vacuum.robby",))
    assert entities.all() == ("vacuum.robby",)
