"""The last day of every battery: what cards draw, and what a store may have lost."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from .core.forecast.gaps import is_known_between
from .core.sample import Sample

BACK: Final = timedelta(hours=24)
"""How far back cards can look."""

THIN: Final = timedelta(minutes=5)
"""Of the samples within such a span only the last is drawn: a pixel or two."""

_FLAGS: Final = (None, False, True)
_CODES: Final = {flag: code for code, flag in enumerate(_FLAGS)}


class Pasts:
    """The newest samples of every battery, and one from before."""

    def __init__(self) -> None:
        """Start with none."""
        self._tracks: dict[str, _Track] = {}
        # One thread adds what another one shows to cards.
        self._lock = Lock()

    def recall(self, device_id: str, samples: Sequence[Sample]) -> None:
        """Take in samples that are newer than all before, oldest first."""
        if samples:
            first = bisect_left(samples, samples[-1].at - BACK, key=_moment)
            self._extend(device_id, samples[max(0, first - 1) :])

    def add(self, device_id: str, sample: Sample) -> None:
        """Take in a sample that is newer than all before."""
        self._extend(device_id, (sample,))

    def _extend(self, device_id: str, samples: Iterable[Sample]) -> None:
        """Take in the next samples, and forget what is too old for cards."""
        with self._lock:
            track = self._tracks.setdefault(device_id, _Track())
            for sample in samples:
                track.add(sample)
            track.forget()

    def samples(self, device_id: str) -> list[Sample]:
        """Return what is remembered of a battery, oldest first."""
        with self._lock:
            return list(self._tracks.get(device_id, ()))

    def runs(self, device_id: str, now: datetime) -> list[list[Sample]]:
        """Return what may be drawn as lines: a gap of which nothing is known splits.

        The line begins with the last sample before what cards look back at.
        """
        samples = self.samples(device_id)
        old = sum(now - sample.at > BACK for sample in samples)
        runs: list[list[Sample]] = []
        for sample in _thin(samples[max(0, old - 1) :]):
            if runs and is_known_between(runs[-1][-1], sample):
                runs[-1].append(sample)
            else:
                runs.append([sample])
        return runs


class _Track:
    """The newest samples of one battery, in a tenth of the room that values take."""

    def __init__(self) -> None:
        """Start with none."""
        self._moments = array("d")
        self._levels = array("d")
        self._plugged = array("b")

    def add(self, sample: Sample) -> None:
        """Take in the next sample."""
        self._moments.append(sample.at.timestamp())
        self._levels.append(sample.level)
        self._plugged.append(_CODES[sample.plugged])

    def forget(self) -> None:
        """Leave behind what is too old for cards."""
        begin = self._moments[-1] - BACK.total_seconds()
        if old := max(0, bisect_left(self._moments, begin) - 1):
            for column in (self._moments, self._levels, self._plugged):
                del column[:old]

    def __iter__(self) -> Iterator[Sample]:
        """Yield the samples, oldest first."""
        for at, level, code in zip(
            self._moments, self._levels, self._plugged, strict=True
        ):
            yield Sample(datetime.fromtimestamp(at, UTC), level, _FLAGS[code])


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
