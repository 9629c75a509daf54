"""What a card draws of a battery's past and future, computed when it is looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from .core.forecast import Forecast, Outlook
from .core.sample import PowerSource, Usage
from .core.snapshot import DevicePower, Snapshot

AHEAD: Final = timedelta(hours=24)
"""How far ahead cards can look."""

STEP: Final = timedelta(minutes=30)
"""The time between two points of a forecast."""

RENEW: Final = timedelta(minutes=5)
"""How old a picture of a battery may get that tells nothing new."""


class ProspectKind(StrEnum):
    """What there is to say of where a level goes."""

    UNKNOWN = "unknown"
    STALE = "stale"
    LEARNING = "learning"
    CHARGING = "charging"
    FULL_AT = "full_at"
    FULL = "full"
    IDLE = "idle"
    EMPTY_AT = "empty_at"
    RUNS_OUT_AT = "runs_out_at"
    BELOW_RESERVE = "below_reserve"
    RESERVE_AT = "reserve_at"
    LASTS = "lasts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """The one thing to say of where a level goes."""

    kind: ProspectKind
    at: datetime | None = None
    """The moment it is about; for what lasts, the last full hour of the forecast."""

    earliest: datetime | None = None
    """When one future in ten has reached the reserve, if before `at`.

    With RUNS_OUT_AT, when this rate reaches it, if that is sooner.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One battery as it is drawn."""

    at: datetime
    power: DevicePower
    forecast: tuple[tuple[datetime, Outlook], ...]
    """Empty when nothing can be forecast."""

    prospect: Prospect


class Pictures:
    """The newest picture of every battery, made again when there is news."""

    def __init__(self) -> None:
        """Start with none."""
        self._pictures: dict[str, Picture] = {}

    def of(self, snapshot: Snapshot, wanted: Iterable[str]) -> Mapping[str, Picture]:
        """Return pictures of some batteries; this takes time, if it was long ago."""
        found: dict[str, Picture] = {}
        for device_id in wanted:
            power, known = snapshot.devices[device_id], self._pictures.get(device_id)
            at = power.at or snapshot.at
            if known is None or _is_news(known, power, at):
                known = self._pictures[device_id] = picture(power, at)
            found[device_id] = known
        return found


def _is_news(known: Picture, power: DevicePower, now: datetime) -> bool:
    """Say whether a battery looks different now; time alone is slow to count."""
    return now - known.at >= RENEW or _timeless(power) != _timeless(known.power)


def _timeless(power: DevicePower) -> DevicePower:
    """Return a battery without what changes with every minute."""
    return replace(
        power,
        at=None,
        age=None,
        outlook=None,
        promises={},
        empty_at=None,
        full_at=None,
        usage=Usage(),
    )


def picture(power: DevicePower, now: datetime) -> Picture:
    """Return what is drawn of a battery."""
    curve = _curve(power.forecast, power, now) if power.forecast else ()
    return Picture(
        at=now, power=power, forecast=curve, prospect=_prospect(power, curve)
    )


def _curve(
    forecast: Forecast, power: DevicePower, now: datetime
) -> tuple[tuple[datetime, Outlook], ...]:
    """Return the level's outlook from now on, as far as it is known."""
    outlooks = (
        (now + k * STEP, forecast.outlook(k * STEP, power.settings.reserve))
        for k in range(AHEAD // STEP + 1)
    )
    return tuple((at, outlook) for at, outlook in outlooks if outlook is not None)


def _prospect(
    power: DevicePower, curve: tuple[tuple[datetime, Outlook], ...]
) -> Prospect:
    """Return the one thing to say of where a level goes."""
    if power.level is None:
        return Prospect(kind=ProspectKind.UNKNOWN)
    if power.stale:
        return Prospect(kind=ProspectKind.STALE)
    return _charging(power) if power.plugged else _draining(power, curve)


def _draining(
    power: DevicePower, curve: tuple[tuple[datetime, Outlook], ...]
) -> Prospect:
    """Return what there is to say of a battery without external power."""
    if power.estimated_by_device and power.empty_at is not None:
        return Prospect(kind=ProspectKind.EMPTY_AT, at=power.empty_at)
    if is_below_reserve(power):
        return Prospect(kind=ProspectKind.BELOW_RESERVE, at=power.empty_at)
    if not curve:
        return Prospect(kind=ProspectKind.LEARNING)
    reserve = power.settings.reserve
    earliest = _reached([(at, o.p10) for at, o in curve], reserve)
    at = _reached([(at, o.level) for at, o in curve], reserve)
    end = curve[-1][0].replace(minute=0, second=0, microsecond=0)
    # Futures count on chargers, and on less use: the entity says what comes without.
    begin, ends, level = curve[0][0], power.empty_at, power.level
    if level and ends is not None and ends < (at or end):
        low = begin + (ends - begin) * (1 - reserve / level)
        return Prospect(
            kind=ProspectKind.RUNS_OUT_AT, at=ends, earliest=min(earliest or low, low)
        )
    if at is None:
        return Prospect(kind=ProspectKind.LASTS, at=end, earliest=earliest)
    return Prospect(kind=ProspectKind.RESERVE_AT, at=at, earliest=earliest)


def is_below_reserve(power: DevicePower) -> bool:
    """Say whether no more than the reserve is left, and no external power there."""
    if power.level is None or power.stale or power.plugged:
        return False
    return power.level <= power.settings.reserve


def _charging(power: DevicePower) -> Prospect:
    """Return what there is to say of a battery with external power."""
    if power.source is PowerSource.FULL:
        return Prospect(kind=ProspectKind.FULL)
    if power.full_at is not None:
        return Prospect(kind=ProspectKind.FULL_AT, at=power.full_at)
    idle = power.source is PowerSource.IDLE
    return Prospect(kind=ProspectKind.IDLE if idle else ProspectKind.CHARGING)


def _reached(line: list[tuple[datetime, float]], reserve: float) -> datetime | None:
    """Return when a line first comes down to the reserve."""
    for (begin, above), (end, below) in pairwise(line):
        if above > reserve >= below:
            return begin + (end - begin) * ((above - reserve) / (above - below))
    return None
