"""Synthetic batteries of kinds of which no real traces were found."""

from collections.abc import Callable, Iterator
from math import pi, sin
from typing import Final, NamedTuple

import numpy as np

from .traces import Report, Trace

START: Final = 1704067200.0
"""A Monday, midnight."""

DAYS: Final = 14
DEVICES: Final = 6
"""How many of each kind."""

SEED: Final = 11
LOST: Final = 0.02
"""The share of changes that are not reported."""

type Minute = tuple[float, bool]
type Device = Callable[[np.random.Generator], Iterator[Minute]]


class Kind(NamedTuple):
    """A kind of device, and how it reports."""

    device: Device
    heartbeat: float
    """Seconds after which it reports even without a change."""

    flagged: float
    """The share of reports that tell the power source."""


def hours() -> Iterator[float]:
    """Yield the hours since the start, minute by minute."""
    yield from (minute / 60 for minute in range(DAYS * 24 * 60))


def clipped(level: float, least: float = 0.0) -> float:
    """Return a level within its limits."""
    return max(least, min(100.0, level))


def taper(level: float) -> float:
    """Return the share of full charging speed at a level."""
    return 1.0 if level < 80 else max(0.08, (101 - level) / 21)


def ups(rng: np.random.Generator) -> Iterator[Minute]:
    """Stand by at 100 %, with a short outage every 30 hours or so."""
    level, left, load = 100.0, 0.0, 1.0
    drain, charge = rng.uniform(60, 200), rng.uniform(10, 25)
    for _ in hours():
        if left <= 0 and rng.random() < 1 / (60 * 30):
            left, load = rng.exponential(20) + 1, rng.uniform(0.4, 1.3)
        rate = -drain * load if left > 0 else charge * taper(level)
        level = clipped(level + rate / 60)
        yield level, left <= 0
        left -= 1


def home(rng: np.random.Generator) -> Iterator[Minute]:
    """Store the sun's surplus for the evening."""
    capacity, panels, base = (
        rng.uniform(5, 14),
        rng.uniform(3, 8),
        rng.uniform(0.25, 0.6),
    )
    level, clouds, burst = 50.0, 1.0, 0
    for hour in hours():
        clock = hour % 24
        if clock == 0:
            clouds = rng.beta(2, 1.2)
        if rng.random() < (1.5 if 17 < clock < 22 else 0.5) / 150:
            burst = int(rng.integers(10, 70))
        burst = max(0, burst - 1)
        sun = max(0.0, sin((clock - 6.5) / 12.5 * pi)) if 6.5 < clock < 19 else 0.0
        made = panels * sun * min(1.0, max(0.02, clouds + rng.normal(0, 0.15)))
        used = base * (1.6 if 17 < clock < 23 else 1.0) + (2.0 if burst else 0.0)
        power = max(-5.0, min(5.0, made - used))
        gained = power / capacity / 60 * (95 if power > 0 else 105)
        after = clipped(level + gained, 10.0)
        yield after, after > level
        level = after


def watch(rng: np.random.Generator) -> Iterator[Minute]:
    """Idle, move, and go on the charger in the late evening."""
    idle, active, bedtime = (
        rng.uniform(0.6, 1.4),
        rng.uniform(4, 9),
        rng.uniform(21, 23.5),
    )
    level, charging, moving = 90.0, False, 0
    for hour in hours():
        clock = hour % 24
        bed = abs(clock - bedtime) < 0.02 and rng.random() < 0.8
        if bed or (level < 8 and rng.random() < 0.05):
            charging = True
        if level > 99.5 or rng.random() < 1 / 400:
            charging = False
        if rng.random() < 1 / (60 * 18):
            moving = int(rng.integers(20, 90))
        moving = max(0, moving - 1)
        resting = idle * (1.4 if 7 < clock < 23 else 0.6)
        rate = 45 * taper(level) if charging else -(active if moving else resting)
        level = clipped(level + rate / 60)
        yield level, charging


def vacuum(rng: np.random.Generator) -> Iterator[Minute]:
    """Clean at the same hour six days a week, else stand in the dock."""
    level, left = 100.0, 0.0
    start, drain = rng.uniform(8, 18), rng.uniform(50, 75)
    for hour in hours():
        due = abs(hour % 24 - start) < 0.01 and hour // 24 % 7 < 6
        if due and left <= 0 and level > 60:
            left = rng.uniform(30, 80)
        cleaning = left > 0 and level > 15
        level = clipped(level + (-drain if cleaning else 28 * taper(level)) / 60)
        left = left - 1 if cleaning else 0.0
        yield level, not cleaning


def sensor(rng: np.random.Generator) -> Iterator[Minute]:
    """Live on a coin cell, some points a day at most."""
    level, rate = rng.uniform(40, 100), rng.uniform(0.3, 4) / 1440
    for _ in hours():
        level = clipped(level - rate * rng.uniform(0, 2))
        yield level + rng.normal(0, 0.3), False


KINDS: Final = {
    "home_battery": Kind(home, 300, 1.0),
    "sensor": Kind(sensor, 6 * 3600, 0.0),
    "ups": Kind(ups, 900, 1.0),
    "vacuum": Kind(vacuum, 1800, 1.0),
    "watch": Kind(watch, 3600, 0.9),
}


def reports(kind: Kind, rng: np.random.Generator) -> Iterator[Report]:
    """Yield what a device tells: whole points, on a change, with gaps and losses."""
    last: Minute | None = None
    told_at, silent_until = -1e18, -1.0
    for minute, (level, plugged) in enumerate(kind.device(rng)):
        at = START + 60 * minute
        if at < silent_until:
            continue
        if rng.random() < 1 / (60 * 48):
            silent_until = at + rng.uniform(1200, 14400)
            continue
        now = (clipped(round(level)), plugged)
        if (now != last and rng.random() > LOST) or at - told_at >= kind.heartbeat:
            flag = plugged if rng.random() < kind.flagged else None
            yield Report(at + rng.uniform(0, 20), now[0], flag)
            last, told_at = now, at


def simulate() -> dict[str, Trace]:
    """Return the traces of all synthetic devices, the same ones each time."""
    return {
        f"{name}{number}": list(
            reports(kind, np.random.default_rng([SEED, place, number]))
        )
        for place, (name, kind) in enumerate(KINDS.items())
        for number in range(DEVICES)
    }
