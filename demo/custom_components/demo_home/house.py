"""A robot vacuum, a home battery, and small sensors with coin cells.

As of Roborock (roborock), Powerwall-like home batteries, and Zigbee sensors (zha).
"""

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    EntityCategory,
    Platform,
    UnitOfPower,
    UnitOfTemperature,
)

from .home import DemoDevice, DemoEntity, Value, battery
from .patterns import (
    HOUR,
    home_battery as home_battery_rows,
    home_battery_power,
    usage,
    vacuum as vacuum_rows,
)
from .replay import WEEK, Moment, Row, Trace

DIAGNOSTIC = EntityCategory.DIAGNOSTIC
MEASUREMENT = SensorStateClass.MEASUREMENT


def vacuum() -> DemoDevice:
    """Return a robot vacuum: it tells its battery in a sensor of its own."""
    return DemoDevice(
        name="Rosie",
        manufacturer="Roborock",
        model="S8",
        unique_id=lambda key: f"{key}_demo_5eed",
        trace=Trace(vacuum_rows()),
        entities=(
            battery("battery"),
            DemoEntity(
                key="status",
                name="Status",
                device_class=SensorDeviceClass.ENUM,
                options=("charging", "charging_complete", "cleaning"),
                category=DIAGNOSTIC,
                value=_status,
            ),
            DemoEntity(
                key="battery_charging",
                platform=Platform.BINARY_SENSOR,
                device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
                category=DIAGNOSTIC,
                value=lambda moment: moment.plugged,
            ),
            DemoEntity(
                key="vacuum",
                platform=Platform.VACUUM,
                value=lambda moment: "docked" if moment.plugged else "cleaning",
            ),
        ),
    )


def home_battery() -> DemoDevice:
    """Return a home battery: its power is positive while it is discharging."""
    return DemoDevice(
        name="Home battery",
        manufacturer="Demo",
        model="10 kWh",
        unique_id=lambda key: f"home_battery_0001_{key}",
        trace=Trace(home_battery_rows()),
        busy=True,
        entities=(
            battery("state_of_charge", "State of charge", None),
            DemoEntity(
                key="power",
                device_class=SensorDeviceClass.POWER,
                unit=UnitOfPower.WATT,
                state_class=MEASUREMENT,
                value=_power,
            ),
        ),
    )


def front_door() -> DemoDevice:
    """Return a door contact with a coin cell."""
    return DemoDevice(
        name="Front door",
        manufacturer="Aqara",
        model="Door sensor",
        unique_id=lambda key: f"00:15:8d:00:02:de:30:01-{key}",
        trace=_coin_cell(87),
        entities=(
            battery("1-1-battery"),
            DemoEntity(
                key="1-6",
                platform=Platform.BINARY_SENSOR,
                device_class=BinarySensorDeviceClass.DOOR,
                value=lambda moment: moment.wall // 600 % 97 == 0,
            ),
        ),
    )


def thermometer() -> DemoDevice:
    """Return a thermometer with a coin cell."""
    return DemoDevice(
        name="Bathroom thermometer",
        manufacturer="Sonoff",
        model="SNZB-02",
        unique_id=lambda key: f"00:12:4b:00:25:de:30:02-{key}",
        trace=_coin_cell(61),
        entities=(
            battery("1-1-battery"),
            DemoEntity(
                key="1-1026",
                device_class=SensorDeviceClass.TEMPERATURE,
                unit=UnitOfTemperature.CELSIUS,
                state_class=MEASUREMENT,
                value=lambda moment: usage(moment.wall, "bathroom", 19, 24),
            ),
        ),
    )


def _coin_cell(level: int) -> Trace:
    """Return a week of a battery that lasts for years."""
    return Trace([Row(at, level, None) for at in range(0, WEEK, HOUR // 3)])


def _status(moment: Moment) -> Value:
    """Return Roborock's word for what the vacuum does."""
    if not moment.plugged:
        return "cleaning"
    return "charging" if moment.level < 100 else "charging_complete"


def _power(moment: Moment) -> Value:
    """Return the home battery's power; a full one can't take more, and so on."""
    power = home_battery_power(moment.wall)
    stuck = moment.level >= 100 if power < 0 else moment.level <= 8
    return 0 if stuck else power
