"""The causal replay: what is asked when, and what was true.

A predictor is called as predictor(history, now, horizon_s, reserve) and returns a
`Prediction`. The history holds (ts, level, charging) up to now, at most 14 days;
ts % 86400 is the local time of day; the same list serves all horizons of an origin.

Truth: the level at now + horizon is interpolated between the two samples around it,
if the gap can be bridged: at most 2 h, or at most 2 points, or a fall of at most
3 %/h within 12 h. The reserve is broken if a sample in the window, or its
interpolated end, lies below it. A gap that can't be bridged drops the case whatever
its outcome, except where the device evidently died there; otherwise "broken" would
be seen more often than "kept". A start below the reserve counts for the level only.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from time import process_time
from typing import Final, NamedTuple, Protocol, TypedDict
import zlib

import numpy as np

from .traces import Report, Trace

HORIZONS: Final = (1800.0, 3600.0, 10800.0, 21600.0, 43200.0)
"""Seconds."""

RESERVE: Final = 20.0
"""%."""

HISTORY: Final = 14 * 86400.0
SPACING: Final = 2700.0
"""Mean seconds between two origins."""

ORIGINS: Final = 120
"""How many origins a device has at most."""

SHORT: Final = 7200.0
FLAT: Final = 2.0
ASLEEP: Final = 12 * 3600.0
ASLEEP_RATE: Final = -3.0
DEAD: Final = 10.0
"""The level (%) at which a device that falls silent has died."""

FRESH: Final = 6 * 3600.0
"""The greatest age of the last sample at an origin, in seconds."""

type History = Sequence[tuple[float, float, bool | None]]


class Prediction(TypedDict):
    """What a predictor says of one horizon; None for a band it does not know."""

    level: float
    p10: float | None
    p90: float | None
    probability: float


class Predictor(Protocol):
    """What is benched."""

    def __call__(
        self, history: History, now: float, horizon_s: float, reserve: float, /
    ) -> Prediction:
        """Predict the level at now + horizon_s, and how likely the reserve holds."""


class Predictors(Protocol):
    """Makes the predictor for one device, which may know what it must not use."""

    def __call__(self, device: str, trace: Trace, /) -> Predictor:
        """Return the predictor for a device's trace."""


class Row(NamedTuple):
    """One prediction and what was true."""

    device: str
    state: str
    """battery, charging or full, by the last report."""

    seen: float
    """Seconds since the first report."""

    horizon: float
    truth: float | None
    kept: bool | None
    said: Prediction


class Replay(NamedTuple):
    """All rows of one predictor, and what they cost."""

    rows: list[Row]
    seconds: list[float]


def is_bridged(before: Report, after: Report) -> bool:
    """Say whether the level may be interpolated between two reports."""
    gap, change = after.at - before.at, after.level - before.level
    asleep = gap <= ASLEEP and ASLEEP_RATE * gap / 3600 <= change <= 0
    return gap <= SHORT or abs(change) <= FLAT or asleep


def truth(
    trace: Trace, times: Sequence[float], now: float, horizon: float
) -> tuple[float | None, bool | None]:
    """Return the level after a horizon and whether the reserve held on the way."""
    first, end = bisect_right(times, now), now + horizon
    after = bisect_right(times, end)
    level = None
    if after < len(trace) and is_bridged(trace[after - 1], trace[after]):
        a, b = trace[after - 1], trace[after]
        level = a.level + (b.level - a.level) * (end - a.at) / (b.at - a.at)
    if after == len(trace) or trace[first - 1].level < RESERVE:
        return level, None
    window = trace[first - 1 : after + 1]
    gaps = [a for a, b in pairwise(window) if not is_bridged(a, b)]
    seen = [report.level for report in trace[first:after]]
    broken = min([*seen, 100.0 if level is None else level]) < RESERVE
    if gaps and not (broken and all(a.level <= DEAD for a in gaps)):
        return level, None
    return level, not broken


def origins(device: str, times: Sequence[float], cap: int) -> list[float]:
    """Return the moments to predict from, the same ones each time."""
    generator = np.random.default_rng(zlib.crc32(device.encode()))
    start = times[0] + 600 + SPACING * generator.random()
    regular = np.arange(start, times[-1] - 1800, SPACING)
    moments = regular + generator.uniform(-0.3, 0.3, len(regular)) * SPACING
    latest = [(t, times[bisect_right(times, t) - 1]) for t in moments.tolist()]
    fresh = [t for t, last in latest if t > times[0] and t - last <= FRESH]
    if len(fresh) <= cap:
        return fresh
    return [fresh[int(k)] for k in np.linspace(0, len(fresh) - 1, cap)]


def replay(
    traces: Mapping[str, Trace],
    predictors: Mapping[str, Predictors],
    cap: int = ORIGINS,
) -> dict[str, Replay]:
    """Ask every predictor at every origin of every device."""
    results: dict[str, Replay] = defaultdict(lambda: Replay([], []))
    for device, trace in traces.items():
        times = [report.at for report in trace]
        made = {name: make(device, trace) for name, make in predictors.items()}
        for now in origins(device, times, cap):
            begin = bisect_right(times, now - HISTORY)
            history = trace[begin : bisect_right(times, now)]
            asked = [(h, *truth(trace, times, now, h)) for h in HORIZONS]
            known = [x for x in asked if x[1] is not None or x[2] is not None]
            start = (device, _state(history[-1]), now - times[0])
            for name, predictor in made.items():
                began = process_time()
                said = [predictor(history, now, h, RESERVE) for h, _, _ in known]
                results[name].seconds.append(process_time() - began)
                results[name].rows.extend(
                    Row(*start, *case, answer)
                    for case, answer in zip(known, said, strict=True)
                )
    return dict(results)


def _state(last: Report) -> str:
    """Return what the device lives on, by its last report."""
    if not last.charging:
        return "battery"
    return "full" if last.level >= 99 else "charging"
