"""Phones and a wall tablet.

As of the companion apps (mobile_app) and Fully Kiosk Browser (fully_kiosk).
"""

from collections.abc import Callable
from hashlib import sha256

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import EntityCategory, UnitOfTime

from .home import UNAVAILABLE, DemoDevice, DemoEntity, Value, battery, plug
from .replay import Moment, Row, Trace

DIAGNOSTIC = EntityCategory.DIAGNOSTIC


def android(rows: list[Row]) -> DemoDevice:
    """Return an Android phone with the companion app."""
    return DemoDevice(
        name="Pixel 8",
        manufacturer="Google",
        model="Pixel 8",
        unique_id=_webhook("Pixel 8"),
        trace=Trace(rows),
        entities=(
            battery("battery_level", "Battery level"),
            DemoEntity(
                key="battery_state",
                name="Battery state",
                device_class=SensorDeviceClass.ENUM,
                options=("charging", "discharging", "full", "not_charging"),
                category=DIAGNOSTIC,
                value=lambda moment: _pick(moment, "charging", "full", "discharging"),
            ),
            plug("is_charging", "Is charging", DIAGNOSTIC),
            DemoEntity(
                key="charger_type",
                name="Charger type",
                device_class=SensorDeviceClass.ENUM,
                options=("ac", "usb", "wireless", "dock", "none"),
                category=DIAGNOSTIC,
                value=lambda moment: _pick(moment, "ac", "ac", "none"),
            ),
            DemoEntity(
                key="remaining_charge_time",
                name="Remaining charge time",
                device_class=SensorDeviceClass.DURATION,
                unit=UnitOfTime.MINUTES,
                category=DIAGNOSTIC,
                value=_remaining_charge_time,
            ),
        ),
    )


def iphone(rows: list[Row]) -> DemoDevice:
    """Return an iPhone with the companion app: since iOS 17 in steps of 5 %."""
    return DemoDevice(
        name="iPhone",
        manufacturer="Apple",
        model="iPhone 15",
        unique_id=_webhook("iPhone"),
        trace=Trace(rows, later=2, step=5),
        entities=(
            battery("battery_level", "Battery Level", None),
            DemoEntity(
                key="battery_state",
                name="Battery State",
                value=lambda moment: _pick(moment, "Charging", "Full", "Not Charging"),
            ),
        ),
    )


def wall_tablet(rows: list[Row]) -> DemoDevice:
    """Return a tablet on the wall with Fully Kiosk Browser."""
    return DemoDevice(
        name="Hall tablet",
        manufacturer="Lenovo",
        model="Tab M10",
        unique_id=lambda key: f"c0ffee-5eed0001-{key}",
        trace=Trace(rows),
        entities=(
            battery("batteryLevel"),
            plug("plugged", "Plugged in", DIAGNOSTIC),
        ),
    )


def _webhook(name: str) -> Callable[[str], str]:
    """Return how the companion app's unique ids are made: webhook and sensor."""
    webhook = sha256(name.encode()).hexdigest()
    return lambda key: f"{webhook}_{key}"


def _pick(moment: Moment, charging: str, full: str, battery_: str) -> str | None:
    """Return the word for what a phone lives on."""
    if moment.plugged is None:
        return None
    if not moment.plugged:
        return battery_
    return full if moment.level >= 100 else charging


def _remaining_charge_time(moment: Moment) -> Value:
    """Return the minutes that charging takes at 0.7 %/min; Android says -1 else."""
    if not moment.plugged or moment.level >= 100:
        return UNAVAILABLE
    return round((100 - moment.level) / 0.7)
