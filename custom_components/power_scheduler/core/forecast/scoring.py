"""How good a device's own forecasts were, lately."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..sample import Sample
from .forecast import Forecast
from .gaps import is_known_between

HOUR: Final = timedelta(hours=1)

HORIZONS: Final = (HOUR, 3 * HOUR)
"""The horizons that are scored."""

SPACING: Final = timedelta(minutes=30)
"""How far the forecasts that are remembered lie apart."""

MEMORY: Final = timedelta(days=14)
"""How far back forecasts count."""

MOST: Final = MEMORY // SPACING
"""How many forecasts are remembered."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a forecast said of one moment."""

    due: datetime
    """The moment."""

    level: float
    """The median level (%)."""

    p10: float
    p90: float


@dataclass(frozen=True, slots=True)
class Result:
    """How a promise turned out."""

    due: datetime
    error: float
    """Points between the median level and the true one."""

    in_band: bool
    """Whether the truth lay within the 80 % band."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good forecasts of one horizon were over the last 14 days."""

    count: int
    error: float
    """Mean absolute error, in points."""

    in_band: float
    """The share (0 to 1) of truths within the 80 % band."""


class Scoring:
    """Remembers one device's forecasts of one horizon until their truth is known."""

    def __init__(self, horizon: timedelta, results: Iterable[Result] = ()) -> None:
        """Start with the results of former runs, oldest first.

        Promises whose truth is not yet known are not kept over a restart.
        """
        self.horizon = horizon
        self._promises: deque[Promise] = deque(maxlen=MOST)
        self._results = deque(results, maxlen=MOST)
        self._last: Sample | None = None

    @property
    def results(self) -> Sequence[Result]:
        """What is worth keeping over a restart, oldest first."""
        return tuple(self._results)

    def promise(self, forecast: Forecast) -> None:
        """Remember what a forecast says, unless the last one is too recent."""
        due = forecast.at + self.horizon
        if self._promises and due - self._promises[-1].due < SPACING:
            return
        if (outlook := forecast.outlook(self.horizon, reserve=0.0)) is not None:
            said = Promise(due, outlook.level, outlook.p10, outlook.p90)
            self._promises.append(said)

    def observe(self, sample: Sample) -> None:
        """Settle the promises that a new sample tells the truth of.

        Those that lie in a gap are dropped: nobody knows.
        """
        last = self._last
        if last is not None and sample.at <= last.at:
            return
        while self._promises and self._promises[0].due <= sample.at:
            promise = self._promises.popleft()
            if last is not None and is_known_between(last, sample):
                self._results.append(_settled(promise, last, sample))
        self._last = sample

    def score(self, now: datetime) -> Score | None:
        """Return how good the forecasts were, or None before any is settled."""
        recent = [r for r in self._results if r.due > now - MEMORY]
        if not recent:
            return None
        return Score(
            count=len(recent),
            error=sum(r.error for r in recent) / len(recent),
            in_band=sum(r.in_band for r in recent) / len(recent),
        )


def _settled(promise: Promise, before: Sample, after: Sample) -> Result:
    """Return how a promise between two samples turned out."""
    share = (promise.due - before.at) / (after.at - before.at)
    truth = before.level + share * (after.level - before.level)
    # A level in whole points can't tell half a point.
    in_band = promise.p10 - 0.5 <= truth <= promise.p90 + 0.5
    return Result(promise.due, abs(truth - promise.level), in_band)
