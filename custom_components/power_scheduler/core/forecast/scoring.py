"""How good a device's own forecasts were, lately."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from ..sample import Sample
from .gaps import is_known_between
from .outlook import Outlook

HOUR: Final = timedelta(hours=1)

HORIZONS: Final = (HOUR, 3 * HOUR)
"""The horizons that are scored."""

SPACING: Final = timedelta(minutes=30)
"""How far the forecasts that are remembered lie apart."""

DAYS: Final = 14
"""How many days of forecasts count."""


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
class Day:
    """How the promises of one day turned out: small enough to be kept."""

    date: date
    """In UTC."""

    count: int
    error: float
    """The sum of the points between median level and truth."""

    in_band: int
    """How many truths lay within the 80 % band."""


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

    def __init__(self, horizon: timedelta) -> None:
        """Start with no promise."""
        self.horizon = horizon
        self._promises: deque[Promise] = deque()
        self._days: deque[Day] = deque(maxlen=DAYS)
        self._last: Sample | None = None

    @property
    def days(self) -> Sequence[Day]:
        """What is worth keeping over a restart, oldest first."""
        return tuple(self._days)

    def recall(self, days: Iterable[Day]) -> None:
        """Go on from the days of a former run, oldest first."""
        self._days = deque(days, maxlen=DAYS)

    def promise(self, at: datetime, outlook: Outlook) -> None:
        """Remember what was said at a moment, unless the last time is too recent."""
        due = at + self.horizon
        if not self._promises or due - self._promises[-1].due >= SPACING:
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
                self._settle(promise, last, sample)
        self._last = sample

    def score(self, now: datetime) -> Score | None:
        """Return how good the forecasts were, or None before any is settled."""
        oldest = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
        recent = [day for day in self._days if day.date >= oldest]
        count = sum(day.count for day in recent)
        if count == 0:
            return None
        return Score(
            count=count,
            error=sum(day.error for day in recent) / count,
            in_band=sum(day.in_band for day in recent) / count,
        )

    def _settle(self, promise: Promise, before: Sample, after: Sample) -> None:
        """Note how a promise between two samples turned out."""
        share = (promise.due - before.at) / (after.at - before.at)
        truth = before.level + share * (after.level - before.level)
        # A level in whole points can't tell half a point.
        in_band = promise.p10 - 0.5 <= truth <= promise.p90 + 0.5
        today = promise.due.astimezone(UTC).date()
        if self._days and self._days[-1].date == today:
            day = self._days.pop()
        else:
            day = Day(today, 0, 0.0, 0)
        error = abs(truth - promise.level)
        self._days.append(
            Day(today, day.count + 1, day.error + error, day.in_band + in_band)
        )
