"""Whole paths of a level, for planning."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Final, Protocol

import numpy as np

from .charger import Charger
from .futures import Futures
from .outlook import Path, Window, merged
from .spread import Floats

HOUR: Final = timedelta(hours=1)

RISING: Final = 5.0
"""The rate (%/h) from which a rising path means that external power is there."""

BRIM: Final = 1.0
"""Points below the ceiling that a full battery may show."""


class Leg(Protocol):
    """A forecast that a path can follow."""

    @property
    def at(self) -> datetime:
        """The moment that it starts at."""

    @property
    def level(self) -> float:
        """The level (%) then."""

    @property
    def plugged(self) -> bool | None:
        """Whether external power is present then."""

    @property
    def futures(self) -> Futures:
        """The possible changes of the level from then on."""

    @property
    def charger(self) -> Charger:
        """What is known of the device's charging."""

    @property
    def rests(self) -> bool:
        """Whether power is there to stay, and the battery does not charge."""

    @property
    def waver(self) -> float:
        """The points by which the level may fall although power stays."""

    def unplugged(self, at: datetime, level: float) -> Leg:
        """Return the forecast for when charging ends at some level (%)."""


def walk(
    start: Leg,
    slot: timedelta,
    slots: int,
    confidence: float,
    charging: Sequence[Window],
) -> Path:
    """Return the path that holds with a confidence, known charging included.

    A level at the brim counts as full.
    """
    windows = merged(charging)
    covered = [_covered(start.at + k * slot, slot, windows) for k in range(slots)]
    # What rests has its level as its charge limit.
    ceiling = start.level if start.rests else max(start.level, start.charger.ceiling)
    levels = _levels(start, slot, covered, confidence, ceiling)
    known = covered[: len(levels) - 1]
    plugged = _plugged(start, slot, windows, known, levels)
    levels[1:] = (ceiling if x >= ceiling - BRIM else x for x in levels[1:])
    spare = start.charger.bulk * (slot / HOUR)
    changes = [
        max(after - before, spare) if power and after == ceiling else after - before
        for power, (before, after) in zip(plugged, pairwise(levels), strict=True)
    ]
    return Path(
        level=start.level, changes=tuple(changes), plugged=plugged, ceiling=ceiling
    )


def _covered(start: datetime, slot: timedelta, windows: Sequence[Window]) -> float:
    """Return the share of a slot in which the device is known to be charging."""
    end = start + slot
    overlaps = [(min(end, w.end) - max(start, w.start)) / slot for w in windows]
    return sum(overlap for overlap in overlaps if overlap > 0)


def _levels(
    start: Leg,
    slot: timedelta,
    covered: Sequence[float],
    confidence: float,
    ceiling: float,
) -> list[float]:
    """Return the levels (%) at the slots' edges, as far as they are known.

    After known charging, the forecast starts anew. It does so from the median
    level, whatever the confidence: with equal analogs, a path of more confidence
    never lies higher.
    """
    shares = np.array([1 - confidence, 0.5])
    levels = [np.full(2, start.level)]
    for is_charging, group in groupby(covered, key=lambda share: share > 0):
        stretch = list(group)
        at = start.at + (len(levels) - 1) * slot
        if is_charging:
            for share in stretch:
                hours = share * (slot / HOUR)
                levels.append(_charged(start.charger, levels[-1], hours))
            continue
        leg = start if at == start.at else start.unplugged(at, float(levels[-1][1]))
        ahead = np.linspace(1, len(stretch), len(stretch)) * (slot / HOUR)
        curve = leg.futures.curve(ahead, shares)
        levels.extend(np.clip(levels[-1] + curve, 0.0, ceiling))
        if len(curve) < len(stretch):
            break
    return [float(both[0]) for both in levels]


def _charged(charger: Charger, levels: Floats, hours: float) -> Floats:
    """Return levels (%) after some hours of charging."""
    return np.array([charger.charged(level, hours) for level in levels.tolist()])


def _plugged(
    start: Leg,
    slot: timedelta,
    windows: Sequence[Window],
    covered: Sequence[float],
    levels: Sequence[float],
) -> tuple[bool, ...]:
    """Say for each slot whether external power is taken to be present.

    It is where charging is known; before that, until a plugged device's path has
    begun to fall; and, where no charging is known, where it later rises clearly.
    """
    flags = []
    until = next((w.end for w in windows if w.end > start.at), start.at)
    still = start.plugged is True
    highest = start.level
    for k, share in enumerate(covered):
        before, after = levels[k : k + 2]
        highest = max(highest, before)
        still = still and before >= highest - start.waver
        if share > 0:
            joined = still and start.at + (k + 1) * slot <= until
            flags.append(share == 1 or joined)
            still = False
        else:
            rising = k > 0 and after - before >= RISING * (slot / HOUR)
            flags.append(still or (rising and not any(covered)))
    return tuple(flags)
