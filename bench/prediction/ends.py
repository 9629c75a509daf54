"""How far off the times to empty and to full are."""

from bisect import bisect_right
from collections.abc import Mapping
from math import exp, log
from statistics import median
from typing import Final, NamedTuple

from custom_components.power_scheduler.core.forecast.library import POPULATION

from .model import fit
from .protocol import HISTORY, ORIGINS, SHORT, History, origins
from .traces import Trace

EMPTY: Final = 5.0
"""The level (%) that a discharge has to reach to tell its end."""

FULL: Final = 99.0
SOONEST: Final = 600.0
"""Seconds; nearer ends need no estimate."""


class Factor(NamedTuple):
    """The median factor between estimated and true time, and of how many."""

    factor: float
    cases: int


def factors(traces: Mapping[str, Trace]) -> dict[bool, Factor]:
    """Return the factors of the times to empty (False) and to full (True)."""
    found: dict[bool, list[float]] = {False: [], True: []}
    for device, trace in traces.items():
        times = [report.at for report in trace]
        for now in origins(device, times, ORIGINS):
            place = bisect_right(times, now)
            plugged = trace[place - 1].charging
            end = _end(trace[place - 1 :])
            if plugged is None or end is None or end - now < SOONEST:
                continue
            history = trace[bisect_right(times, now - HISTORY) : place]
            said = _said(history, now, plugged=plugged)
            if said is not None:
                found[plugged].append(abs(log(max(60.0, said) / (end - now))))
    return {flag: Factor(exp(median(x)), len(x)) for flag, x in found.items()}


def _end(run: Trace) -> float | None:
    """Return when a run that begins with its first report is empty or full."""
    first = last = run[0]
    for report in run[1:]:
        if report.charging != first.charging or report.at - last.at > SHORT:
            return None
        if report.level >= FULL if first.charging else report.level <= EMPTY:
            return report.at
        last = report
    return None


def _said(history: History, now: float, *, plugged: bool) -> float | None:
    """Return the seconds that the forecast gives a run, down to EMPTY or full."""
    if (forecast := fit(history, now, POPULATION)) is None:
        return None
    if plugged:
        full = forecast.full_at()
        return None if full is None else full.timestamp() - now
    empty = forecast.empty_at()
    if empty is None or forecast.level <= EMPTY:
        return None
    # Real devices are plugged in before 0 %.
    return (empty.timestamp() - now) * (1 - EMPTY / forecast.level)
