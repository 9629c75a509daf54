"""A laptop, and a NAS on a UPS.

As of System Bridge (system_bridge), Synology DSM (synology_dsm) and Network UPS
Tools (nut).
"""

from datetime import timedelta

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    Platform,
    UnitOfDataRate,
    UnitOfTime,
)

from .home import DemoDevice, DemoEntity, Value, battery, plug
from .patterns import ups as ups_rows, usage
from .replay import Moment, Row, Trace

MEASUREMENT = SensorStateClass.MEASUREMENT


def laptop(rows: list[Row]) -> DemoDevice:
    """Return a laptop with System Bridge."""
    return DemoDevice(
        name="MacBook Air",
        manufacturer="Apple",
        model="MacBook Air",
        unique_id=lambda key: f"8f14e45f-ceea-467f-a0e6-5c5b5a7d0e31_{key}",
        trace=Trace(rows),
        busy=True,
        entities=(
            battery("battery", category=None),
            DemoEntity(
                key="battery_state",
                name="Battery state",
                device_class=SensorDeviceClass.ENUM,
                options=("charging", "discharging", "empty", "full", "not_charging"),
                value=_battery_state,
            ),
            DemoEntity(
                key="battery_time_remaining",
                name="Battery time remaining",
                device_class=SensorDeviceClass.TIMESTAMP,
                value=_time_remaining,
            ),
            plug("ac_connected", "AC power"),
            DemoEntity(
                key="battery_is_charging",
                platform=Platform.BINARY_SENSOR,
                device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
                value=lambda moment: moment.plugged and moment.level < 100,
            ),
            _share("processes_load", "Load", 4, 80),
            _share("memory_used_percentage", "Memory used %", 38, 85),
            _rate("network_download_rate", "Network download rate", "Mbit/s", 40),
        ),
    )


def nas() -> DemoDevice:
    """Return a NAS; it has no battery of its own and so never sleeps."""
    return DemoDevice(
        name="NAS",
        manufacturer="Synology",
        model="DS923+",
        unique_id=lambda key: f"2150SBRDEMO1_SYNO.Core.System.Utilization:{key}",
        trace=Trace(ups_rows()),
        busy=True,
        entities=(
            _share("cpu_total_load", "CPU utilization (total)", 6, 50),
            _share("memory_real_usage", "Memory usage (real)", 30, 60),
            _rate("network_up", "Upload throughput", "kB/s", 20_000),
        ),
    )


def ups() -> DemoDevice:
    """Return the NAS's UPS with Network UPS Tools."""
    return DemoDevice(
        name="UPS",
        manufacturer="APC",
        model="Back-UPS 950",
        unique_id=lambda key: f"American Power Conversion_Back-UPS 950_4B2011P0_{key}",
        trace=Trace(ups_rows()),
        busy=True,
        entities=(
            battery("battery.charge", "Battery charge", None),
            DemoEntity(key="ups.status", name="Status data", value=_tokens),
            DemoEntity(key="ups.status.display", name="Status", value=_status),
            DemoEntity(
                key="battery.runtime",
                name="Battery runtime",
                device_class=SensorDeviceClass.DURATION,
                unit=UnitOfTime.SECONDS,
                category=EntityCategory.DIAGNOSTIC,
                value=lambda moment: round(moment.level * 1000 / _load(moment)),
            ),
            DemoEntity(
                key="ups.load",
                name="Load",
                unit=PERCENTAGE,
                state_class=MEASUREMENT,
                value=_load,
            ),
        ),
    )


def _share(key: str, name: str, low: float, high: float) -> DemoEntity:
    """Return an entity that tells a resource's use in percent."""
    return DemoEntity(
        key=key,
        name=name,
        unit=PERCENTAGE,
        state_class=MEASUREMENT,
        value=lambda moment: usage(moment.wall, key, low, high),
    )


def _rate(key: str, name: str, unit: str, high: float) -> DemoEntity:
    """Return an entity that tells how much goes over the network."""
    return DemoEntity(
        key=key,
        name=name,
        device_class=SensorDeviceClass.DATA_RATE,
        unit=UnitOfDataRate(unit),
        state_class=MEASUREMENT,
        value=lambda moment: usage(moment.wall, key, 0, high),
    )


def _battery_state(moment: Moment) -> Value:
    """Return System Bridge's word for what the laptop lives on."""
    if not moment.plugged:
        return "discharging"
    return "full" if moment.level >= 100 else "charging"


def _time_remaining(moment: Moment) -> Value:
    """Return when the battery is empty at 14 %/h, in steps of five minutes."""
    if moment.plugged:
        return None
    empty = moment.now + timedelta(hours=moment.level / 14)
    return empty.replace(minute=empty.minute - empty.minute % 5, second=0)


def _load(moment: Moment) -> float:
    """Return the UPS's load, in percent."""
    return usage(moment.wall, "ups.load", 18, 30)


def _tokens(moment: Moment) -> Value:
    """Return the status as the UPS's driver writes it."""
    if not moment.plugged:
        return "OB DISCHRG LB" if moment.level < 20 else "OB DISCHRG"
    return "OL CHRG" if moment.level < 100 else "OL"


def _status(moment: Moment) -> Value:
    """Return the status as Home Assistant writes it out."""
    words = {
        "OL": "Online",
        "OB": "On Battery",
        "LB": "Low Battery",
        "CHRG": "Battery Charging",
        "DISCHRG": "Battery Discharging",
    }
    return ", ".join(words[token] for token in str(_tokens(moment)).split())
