"""Patterns of our own, where no recorded trace is at hand: synthetic."""

from math import pi, sin
from random import Random
from typing import Final

from .replay import WEEK, Row

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR

OUTAGES: Final = ((1, 14.0, 25), (3, 20.5, 40), (5, 11.25, 10), (6, 17.0, 30))
"""Power cuts: weekday (Monday is 0), hour of the day, minutes."""

CLEANINGS: Final = ((0, 10.0, 50), (2, 10.0, 65), (4, 10.0, 50), (5, 15.5, 75))
"""The vacuum's rounds: weekday, hour of the day, minutes."""

HOME_BATTERY: Final = 10_000
"""The home battery's capacity, in Wh."""


def ups() -> list[Row]:
    """Return a week of a UPS: full, but for power cuts and the hours after."""
    return _week(OUTAGES, drain=75, charge=22)


def vacuum() -> list[Row]:
    """Return a week of a robot vacuum: docked, but for its rounds."""
    return _week(CLEANINGS, drain=55, charge=30)


def home_battery() -> list[Row]:
    """Return a week of a home battery: filled by the sun, emptied by the evening."""
    level, rows = 45.0, []
    for at in range(0, WEEK, 5 * MINUTE):
        power = home_battery_power(at)
        level = min(100.0, max(8.0, level - power / 12 / HOME_BATTERY * 100))
        rows.append(Row(at, round(level), power < 0))
    return rows


def home_battery_power(wall: int) -> int:
    """Return a home battery's power (W); positive while it is discharging."""
    hour = wall % DAY / HOUR
    sun = max(0.0, sin((hour - 7) / 11 * pi)) if 7 < hour < 18 else 0.0
    load = 900 if 17 <= hour < 23 else 350
    return round(load * _noise(wall, 10 * MINUTE, "load") - 2600 * sun)


def usage(wall: int, what: str, low: float, high: float) -> float:
    """Return the use of a resource: calm at night, busy by day, with bursts.

    Args:
        wall: Seconds of local wall-clock time.
        what: Which resource of which device.
        low: Its use at rest.
        high: Its use when it is busy.
    """
    busy = 1.0 if 8 <= wall % DAY // HOUR < 22 else 0.25
    burst = _noise(wall, 30 * MINUTE, what) ** 4 / 5
    share = busy * (0.2 + 0.8 * min(1.0, burst)) * _noise(wall, 10 * MINUTE, what)
    return round(low + (high - low) * min(1.0, share), 1)


def _week(
    away: tuple[tuple[int, float, int], ...], drain: float, charge: float
) -> list[Row]:
    """Return a week on external power, but for the times away from it.

    Args:
        away: Times on battery: weekday, hour of the day, minutes.
        drain: What the battery loses meanwhile, in %/h.
        charge: What it gains afterwards, in %/h; the last 20 % take longer.
    """
    spans = [(d * DAY + round(h * HOUR), m * MINUTE) for d, h, m in away]
    level, rows = 100.0, list[Row]()
    for at in range(0, WEEK, MINUTE):
        plugged = not any(start <= at < start + span for start, span in spans)
        if plugged:
            level = min(100.0, level + charge / 60 * min(1.0, (103 - level) / 20))
        else:
            level = max(0.0, level - drain / 60)
        told = (round(level), plugged)
        if at % (20 * MINUTE) == 0 or told != (rows[-1].level, rows[-1].plugged):
            rows.append(Row(at, *told))
    return rows


def _noise(wall: int, span: int, what: str) -> float:
    """Return a number around 1 that is the same for a span of time."""
    return Random(f"{what}{wall // span}").uniform(0.4, 1.6)  # noqa: S311 - no secret
