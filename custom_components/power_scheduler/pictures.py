"""What a card draws of a battery's past and future, computed when it is looked at."""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from typing import Final

from .core.forecast import Forecast, Outlook
from .core.forecast.gaps import is_known_between
from .core.sample import PowerSource, Sample, Usage
from .core.snapshot import DevicePower, Snapshot

BACK: Final = timedelta(hours=24)
"""How far back cards can look."""

AHEAD: Final = timedelta(hours=24)
"""How far ahead cards can look."""

STEP: Final = timedelta(minutes=30)
"""The time between two points of a forecast."""

THIN: Final = timedelta(minutes=5)
"""Of the samples within such a span only the last is drawn: a pixel or two."""

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
    """When one future in ten has reached the reserve, if before `at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One battery as it is drawn."""

    at: datetime
    power: DevicePower
    forecast: tuple[tuple[datetime, Outlook], ...]
    """Empty when nothing can be forecast."""

    prospect: Prospect


class Pasts:
    """The newest samples of every battery, and one from before."""

    def __init__(self) -> None:
        """Start with none."""
        self._samples: dict[str, deque[Sample]] = {}

    def recall(self, device_id: str, samples: Sequence[Sample]) -> None:
        """Take in samples that are newer than all before, oldest first."""
        if samples:
            first = bisect_left(samples, samples[-1].at - BACK, key=_moment)
            for sample in samples[max(0, first - 1) :]:
                self.add(device_id, sample)

    def add(self, device_id: str, sample: Sample) -> None:
        """Take in a sample that is newer than all before."""
        samples = self._samples.setdefault(device_id, deque())
        samples.append(sample)
        while len(samples) > 1 and sample.at - samples[1].at > BACK:
            samples.popleft()

    def samples(self, device_id: str) -> list[Sample]:
        """Return what is remembered of a battery, oldest first."""
        return list(self._samples.get(device_id, ()))

    def runs(self, device_id: str, now: datetime) -> list[list[Sample]]:
        """Return what may be drawn as lines: a gap of which nothing is known splits.

        The line begins with the last sample before what cards look back at.
        """
        samples = self._samples.get(device_id, ())
        old = sum(now - sample.at > BACK for sample in samples)
        runs: list[list[Sample]] = []
        for sample in _thin(islice(samples, max(0, old - 1), None)):
            if runs and is_known_between(runs[-1][-1], sample):
                runs[-1].append(sample)
            else:
                runs.append([sample])
        return runs


def _moment(sample: Sample) -> datetime:
    """Return when a sample was read."""
    return sample.at


def _thin(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Leave out samples that are soon followed by another one."""
    last: Sample | None = None
    for sample in samples:
        if last is not None and _span(last) != _span(sample):
            yield last
        last = sample
    if last is not None:
        yield last


def _span(sample: Sample) -> int:
    """Return which span of time a sample falls into."""
    return int(sample.at.timestamp() // THIN.total_seconds())


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
            if known is None or _is_news(known, power, snapshot.at):
                known = self._pictures[device_id] = picture(power, snapshot.at)
            found[device_id] = known
        return found


def _is_news(known: Picture, power: DevicePower, now: datetime) -> bool:
    """Say whether a battery looks different now; time alone is slow to count."""
    return now - known.at >= RENEW or _timeless(power) != _timeless(known.power)


def _timeless(power: DevicePower) -> DevicePower:
    """Return a battery without what changes with every minute."""
    return replace(
        power, age=None, outlook=None, empty_at=None, full_at=None, usage=Usage()
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
    reserve = power.settings.reserve
    if power.level is not None and power.level <= reserve:
        return Prospect(kind=ProspectKind.BELOW_RESERVE, at=power.empty_at)
    if not curve:
        return Prospect(kind=ProspectKind.LEARNING)
    earliest = _reached([(at, o.p10) for at, o in curve], reserve)
    at = _reached([(at, o.level) for at, o in curve], reserve)
    if at is None:
        end = curve[-1][0].replace(minute=0, second=0, microsecond=0)
        return Prospect(kind=ProspectKind.LASTS, at=end, earliest=earliest)
    return Prospect(kind=ProspectKind.RESERVE_AT, at=at, earliest=earliest)


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
