"""How dear power is from each moment on: prices, carbon, missing sun."""

from collections.abc import Mapping
from datetime import datetime
from itertools import combinations, starmap
from math import isfinite
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN

_STARTS: Final = (
    "start",
    "start_time",
    "startsAt",
    "period_start",
    "from",
    "datetime",
    "time",
    "hour",
    "timestamp",
)
_VALUES: Final = (
    "value",
    "price",
    "total",
    "intensity",
    "pv_estimate",
    "watts",
    "per_kwh",
    "value_inc_vat",
    "electricity_price",
)
"""What integrations call the two halves of a forecast's entry."""


def read_signal(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> dict[datetime, float] | None:
    """Return the signal that an action's data give, or None where they give none.

    Raises:
        ServiceValidationError: There is no such entity, it carries no such forecast,
            or it is not clear which one is meant.
    """
    if "signal_attribute" in data and "signal_entity" not in data:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="missing_field",
            translation_placeholders={"field": "signal_entity"},
        )
    if "signal" in data and "signal_entity" in data:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="signal_and_entity"
        )
    if "signal" in data:
        points = {row["start"]: row["value"] for row in data["signal"]}
    elif "signal_entity" in data:
        points = _of_entity(hass, data)
    else:
        return None
    sign = -1 if data.get("signal_more_is_better") else 1
    return {at: sign * value for at, value in points.items()}


def _of_entity(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[datetime, float]:
    """Return the points of a forecast that an entity carries in its attributes.

    It is the named attribute, or else every attribute that reads as a forecast,
    as prices of today and of tomorrow are often two.
    """
    entity_id, wanted = data["signal_entity"], data.get("signal_attribute")
    if (state := hass.states.get(entity_id)) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_entity",
            translation_placeholders={"field": "signal_entity", "value": entity_id},
        )
    found = {
        name: points
        for name, value in state.attributes.items()
        if wanted in (None, name) and (points := _points(value))
    }
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_signal",
            translation_placeholders={
                "field": "signal_entity" if wanted is None else "signal_attribute",
                "entity": entity_id,
            },
        )
    if not all(starmap(_agree, combinations(found.values(), 2))):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="several_signals",
            translation_placeholders={
                "field": "signal_attribute",
                "entity": entity_id,
                "attributes": ", ".join(found),
            },
        )
    return {at: value for points in found.values() for at, value in points.items()}


def _agree(one: Mapping[datetime, float], other: Mapping[datetime, float]) -> bool:
    """Say whether two forecasts are of different times, or one is part of the other."""
    if max(one) < min(other) or max(other) < min(one):
        return True
    return one.items() <= other.items() or other.items() <= one.items()


def _points(forecast: object) -> dict[datetime, float]:
    """Return the points of a list of entries, or of a mapping of moments."""
    match forecast:
        case Mapping():
            pairs = list(forecast.items())
        case list():
            pairs = [_pair(entry) for entry in forecast if isinstance(entry, Mapping)]
        case _:
            return {}
    found = (_point(start, value) for start, value in pairs)
    return dict(point for point in found if point is not None)


def _point(start: object, value: Any) -> tuple[datetime, float] | None:
    """Return what holds from a moment on, or None where an entry says no such thing."""
    try:
        at = dt_util.parse_datetime(start) if isinstance(start, str) else start
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(at, datetime) and at.tzinfo and number and isfinite(value):
            return dt_util.as_utc(at), float(value)
    except ValueError, OverflowError:
        pass  # It looks like a moment or number, but there is none so far away.
    return None


def _pair(entry: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return when an entry of a forecast starts, and its value."""
    start = next((entry[name] for name in _STARTS if name in entry), None)
    value = next((entry[name] for name in _VALUES if name in entry), None)
    return start, value
