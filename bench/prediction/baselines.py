"""What the forecast is measured against."""

from bisect import bisect_right
from itertools import pairwise
from math import erf, exp, sqrt
from typing import Final

import numpy as np

from .protocol import History, Prediction, Predictor
from .traces import Trace

BATTERY: Final = -4.0
CHARGER: Final = 30.0
"""The oracle's rates (%/h) where a device has shown none."""


def clip(level: float) -> float:
    """Return a level within 0..100 %."""
    return min(100.0, max(0.0, level))


def line(level: float, rate: float, horizon_s: float, reserve: float) -> Prediction:
    """Follow a rate (%/h); the line either keeps the reserve or does not."""
    end = clip(level + rate * horizon_s / 3600)
    kept = float(min(level, end) >= reserve)
    return Prediction(level=end, p10=None, p90=None, probability=kept)


def band(level: float, end: float, sigma: float, reserve: float) -> Prediction:
    """Put a normal distribution around the level at the end."""
    kept = 0.5 * (1 + erf((min(end, level) - reserve) / sigma / sqrt(2)))
    return Prediction(
        level=clip(end),
        p10=clip(end - 1.2816 * sigma),
        p90=clip(end + 1.2816 * sigma),
        probability=kept if level >= reserve else 0.0,
    )


def persistence(
    history: History, _now: float, horizon_s: float, reserve: float
) -> Prediction:
    """Say that nothing changes."""
    return line(history[-1][1], 0.0, horizon_s, reserve)


def naive(
    history: History, _now: float, horizon_s: float, reserve: float
) -> Prediction:
    """Read the slope per sample as %/h, and the level as probability."""
    levels = [level for _, level, _ in history[-13:]]
    slope = float(np.polyfit(range(len(levels)), levels, 1)[0]) if levels[1:] else 0.0
    said = line(levels[-1], slope, horizon_s, reserve)
    said["probability"] = 1.0 if history[-1][2] else said["level"] / 100
    return said


def ha_trend(
    history: History, now: float, horizon_s: float, reserve: float
) -> Prediction:
    """Fit a line through three hours, at most 120 samples, as HA's trend does."""
    seen = [(at - now, level) for at, level, _ in history[-120:] if at >= now - 10800]
    if len(seen) < 2 or seen[-1][0] - seen[0][0] < 60:
        return persistence(history, now, horizon_s, reserve)
    times, levels = zip(*seen, strict=True)
    slope = float(np.polyfit(np.array(times), np.array(levels), 1)[0])
    return line(history[-1][1], slope * 3600, horizon_s, reserve)


def ewma(history: History, now: float, horizon_s: float, reserve: float) -> Prediction:
    """Go on at the run's mean rate, recent steps weighing more."""
    change, hours = _run(history, now, half_life=3600.0)
    rate = change / hours if hours > 1 / 12 else 0.0
    return line(history[-1][1], rate, horizon_s, reserve)


def damped(
    history: History, now: float, horizon_s: float, reserve: float
) -> Prediction:
    """Let the run's rate fade within two hours, a normal band around it."""
    change, hours = _run(history, now, half_life=1800.0)
    ahead = horizon_s / 3600
    end = history[-1][1] + change / (hours + 0.25) * 2 * (1 - exp(-ahead / 2))
    return band(history[-1][1], end, 11 * sqrt(ahead), reserve)


def oracle(_device: str, trace: Trace) -> Predictor:
    """Know when power will be present, and follow the device's usual rates."""
    times = [report.at for report in trace]

    def predict(
        history: History, now: float, horizon_s: float, reserve: float
    ) -> Prediction:
        rates = {flag: _usual(history, plugged=flag) for flag in (False, True)}
        here = bool(history[-1][2])
        change, hours = _run(history, now, half_life=1800.0)
        # What the run adds to the usual rate fades within two hours.
        excess = (change - rates[here] * hours) / (hours + 0.25)
        future = trace[bisect_right(times, now) : bisect_right(times, now + horizon_s)]
        marks = [(now, here), *((r.at, bool(r.charging)) for r in future)]
        level = lowest = history[-1][1]
        for (at, plugged), (end, _) in pairwise([*marks, (now + horizon_s, False)]):
            excess = excess if plugged == here else 0.0
            fading = 2 * (exp((now - at) / 7200) - exp((now - end) / 7200))
            change = rates[plugged] * (end - at) / 3600 + excess * fading
            level = clip(level + change)
            lowest = min(lowest, level)
        sigma = 8 * sqrt(horizon_s / 3600)
        said = band(level, level, sigma, reserve)
        risk = band(history[-1][1], lowest, sigma, reserve)
        said["probability"] = risk["probability"]
        return said

    return predict


def _run(history: History, now: float, half_life: float) -> tuple[float, float]:
    """Return the weighted change (points) and time (h) of the current run."""
    change = hours = 0.0
    for (t0, l0, c0), (t1, l1, c1) in pairwise(history[::-1]):
        if c1 != c0 or t0 - t1 > 6 * 3600:
            break
        weight = 0.5 ** ((now - t0) / half_life)
        change += weight * (l0 - l1)
        hours += weight * (t0 - t1) / 3600
    return change, hours


def _usual(history: History, *, plugged: bool) -> float:
    """Return the mean rate (%/h) on one power source, sleep included."""
    change, hours = 2 * (CHARGER if plugged else BATTERY), 2.0
    for (t0, l0, c0), (t1, l1, _) in pairwise(history):
        asleep = t1 - t0 <= 12 * 3600 and l1 <= l0 and not plugged
        known = t1 - t0 <= 7200 or asleep
        if bool(c0) == plugged and known and not (plugged and l1 > 97):
            change += l1 - l0
            hours += (t1 - t0) / 3600
    return change / hours
