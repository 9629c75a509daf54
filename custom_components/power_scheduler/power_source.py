"""What a device lives on, as told by the words that real integrations use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
    BinarySensorDeviceClass,
)
from homeassistant.components.input_boolean import DOMAIN as INPUT_BOOLEAN_DOMAIN
from homeassistant.components.lawn_mower import (
    DOMAIN as LAWN_MOWER_DOMAIN,
    LawnMowerActivity,
)
from homeassistant.components.sensor import ATTR_OPTIONS, SensorDeviceClass
from homeassistant.components.vacuum import DOMAIN as VACUUM_DOMAIN, VacuumActivity
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    UnitOfPower,
)
from homeassistant.core import State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import PowerConverter

from .core.battery import FULL
from .core.sample import PowerSource

IDLE_POWER: Final = 5.0
"""Power (W) below which a battery neither charges nor discharges: meters drift."""

NO_ROOM: Final = 100.0
"""The level (%) at which nothing charges any more, whatever a device still says."""

IOS_FULL: Final = 95.0
"""iOS says `Full` when it does not know; below this level (%) it can't be."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one entity tells; None is unknown."""

    source: PowerSource | None = None
    plugged: bool | None = None
    wordless: bool = False
    """Whether it tells that power is there, and has or uses no word for charging."""


_UNKNOWN: Final = Evidence()
_ON_BATTERY: Final = Evidence(PowerSource.BATTERY, plugged=False)
_NOT_CHARGING: Final = "not_charging"
_DISCHARGES: Final = "discharging"
_WORDS: Final = {
    **dict.fromkeys(
        (
            "charge",
            "charge_in_progress",
            "charging",
            "charging_ac",
            "charging_dc",
            "charging_unknown",
        ),
        Evidence(PowerSource.CHARGING, plugged=True),
    ),
    **dict.fromkeys(
        (
            "connect_cable",
            "discharge",
            _DISCHARGES,
            "disconnected",
            "idle",
            "no_power",
            "not charging",
            "not_in_charge",
        ),
        _ON_BATTERY,
    ),
    **dict.fromkeys(
        ("charged", "chargecomplete", "full", "full_charge", "fully charged"),
        Evidence(PowerSource.FULL, plugged=True),
    ),
    **dict.fromkeys(
        ("complete", _NOT_CHARGING, "stopped"),
        Evidence(PowerSource.IDLE, plugged=True),
    ),
    "ac": Evidence(plugged=True),
    "usb": Evidence(plugged=True),
    "wireless": Evidence(plugged=True),
    "dock": Evidence(plugged=True),
    "docked": Evidence(plugged=True),
    "plugged": Evidence(plugged=True),
    "plugged in": Evidence(plugged=True),
    "plugged_in": Evidence(plugged=True),
    "starting": Evidence(plugged=True),
    "unplugged": _ON_BATTERY,
    "none": _ON_BATTERY,
}
"""States of enum and text sensors: Android's use `_`, iOS's a space.

Android's `not_charging` is said while plugged, iOS's `Not Charging` is said on
battery. Cars are `idle` when nobody has plugged them in, `complete` at the limit that
their charge has, and `stopped` where somebody has ended it.
"""

_SWITCHES: Final = {BINARY_SENSOR_DOMAIN, INPUT_BOOLEAN_DOMAIN}
ROBOTS: Final = {VACUUM_DOMAIN, LAWN_MOWER_DOMAIN}
_ACTIVITIES: Final[Mapping[str, Evidence]] = {
    VacuumActivity.DOCKED: Evidence(plugged=True),
    **dict.fromkeys(
        (
            VacuumActivity.CLEANING,
            VacuumActivity.IDLE,
            VacuumActivity.PAUSED,
            VacuumActivity.RETURNING,
            LawnMowerActivity.MOWING,
        ),
        _ON_BATTERY,
    ),
}
"""What robots do: one that is idle stands about, off its dock."""

_ONLINE: Final = {"OL", "ONLINE"}
_OFFLINE: Final = {"OB", "ONBATT"}
_CHARGING: Final = {"CHRG", "CHARGING"}
_DISCHARGING: Final = {"DISCHRG", "DISCHARGING"}
_ON_BATTERY_TEXT: Final = {"ON", "BATTERY"}


def read_source(states: Iterable[State], level: float) -> Evidence:
    """Return what several entities tell together about a device at a level (%).

    The first that names a source wins; but what would be idle is on battery where
    another one denies external power and no other one tells of it, and what would be
    on battery is plugged in where another one tells of such power.
    """
    told = [_read_one(state, level) for state in states]
    source = next((e.source for e in told if e.source is not None), None)
    plugged = [e.plugged for e in told if e.plugged is not None]
    if source is PowerSource.CHARGING and level >= NO_ROOM:
        source = PowerSource.FULL
    if source is PowerSource.IDLE and False in plugged and plugged.count(True) == 1:
        return _ON_BATTERY
    if source is PowerSource.BATTERY and True in plugged:
        return _present(level)
    wordless = source is None and any(e.wordless for e in told)
    return Evidence(source, plugged[0] if plugged else None, wordless=wordless)


def unit_of(state: State) -> str | None:
    """Return the unit of a state; one that is no text is none that anybody knows."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return unit if unit is None or isinstance(unit, str) else str(unit)


def _read_one(state: State, level: float) -> Evidence:
    """Return what one entity tells."""
    device_class = state.attributes.get(ATTR_DEVICE_CLASS)
    domain = split_entity_id(state.entity_id)[0]
    if domain in _SWITCHES:
        return _read_switch(state.state, device_class)
    if domain in ROBOTS:
        return _ACTIVITIES.get(state.state, _UNKNOWN)
    if device_class == SensorDeviceClass.POWER:
        return _read_power(state)
    return _read_words(state, level)


def _read_words(state: State, level: float) -> Evidence:
    """Return what a word tells, or several."""
    if state.state == "Full" and level < IOS_FULL:
        return _UNKNOWN
    word = state.state.strip().lower()
    options = state.attributes.get(ATTR_OPTIONS)
    if word == _NOT_CHARGING and isinstance(options, list):
        # Who has no other word for it says so on battery too: iCloud, Matter.
        return _WORDS[word] if _DISCHARGES in options else _ON_BATTERY
    if evidence := _WORDS.get(word):
        return evidence
    return _read_tokens(set(state.state.upper().replace(",", " ").split()), level)


def _read_switch(state: str, device_class: str | None) -> Evidence:
    """Return what is on or off tells: of charging, or of a plug."""
    if state not in (STATE_ON, STATE_OFF):
        return _UNKNOWN
    if state == STATE_OFF:
        return _ON_BATTERY
    if device_class == BinarySensorDeviceClass.BATTERY_CHARGING:
        return Evidence(PowerSource.CHARGING, plugged=True)
    return Evidence(plugged=True)


def _read_power(state: State) -> Evidence:
    """Return what a battery's power tells: positive is discharging.

    That is the sign of Home Assistant's energy dashboard.
    """
    try:
        power = PowerConverter.convert(
            float(state.state),
            unit_of(state),
            UnitOfPower.WATT,
        )
    except ValueError, HomeAssistantError:
        return _UNKNOWN
    if power >= IDLE_POWER:
        return _ON_BATTERY
    if -inf < power <= -IDLE_POWER:
        return Evidence(PowerSource.CHARGING, plugged=True)
    return _UNKNOWN


def _read_tokens(tokens: set[str], level: float) -> Evidence:
    """Return what the status tokens of a UPS tell (NUT, apcupsd).

    On line, many have no word for charging.
    """
    if tokens & _OFFLINE or tokens >= _ON_BATTERY_TEXT:
        return _ON_BATTERY
    if not tokens & _ONLINE:
        return _UNKNOWN
    if tokens & _DISCHARGING:
        return Evidence(plugged=True)
    if tokens & _CHARGING:
        return Evidence(PowerSource.CHARGING, plugged=True)
    return _present(level)


def _present(level: float) -> Evidence:
    """Return what power without a word for charging tells."""
    if level >= FULL:
        return Evidence(PowerSource.FULL, plugged=True)
    return Evidence(plugged=True, wordless=True)
