"""Builds the population library from traces whose origin allows it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
import sys
from typing import Final
import zlib

import numpy as np
from numpy.typing import NDArray

from custom_components.power_scheduler.core.forecast import Model
from custom_components.power_scheduler.core.forecast.grid import Past
from custom_components.power_scheduler.core.forecast.library import REACH, SPANS

from .traces import Trace, load, samples

ALLOWED: Final = ("xs", "aware", "mba", "win20", "win21")
"""The prefixes of devices whose origin allows it; NOTICE names them."""

TARGET: Final = (
    Path(__file__).parents[2]
    / "custom_components/power_scheduler/core/forecast/population.csv"
)

ROWS: Final = 1000
CHUNK_DAYS: Final = 14
FULL_WEIGHT: Final = 0.3
"""How likely a moment at 99 % or more, plugged, is drawn: they are all alike."""

type Rows = NDArray[np.float64]


def device_rows(traces: Mapping[str, Trace], total: int = ROWS) -> dict[str, Rows]:
    """Return the library's rows by device, drawn evenly over the devices allowed."""
    allowed = {d: trace for d, trace in traces.items() if d.startswith(ALLOWED)}
    count = round(total / len(allowed))
    return {d: _draw(d, _moments(trace), count) for d, trace in allowed.items()}


def _moments(trace: Trace) -> Rows:
    """Return a row for each moment of a trace whose future is known far enough."""
    return np.concatenate([_of_past(past) for past in _pasts(trace)])


def _pasts(trace: Trace) -> Iterator[Past]:
    """Replay a trace, a model for each stretch that a grid can hold."""
    stretch: Trace = []
    for report in trace:
        if stretch and report.at - stretch[0].at > CHUNK_DAYS * 86400:
            yield _replay(stretch)
            stretch = []
        stretch.append(report)
    yield _replay(stretch)


def _replay(stretch: Trace) -> Past:
    """Return what a model has learnt at the end of a stretch."""
    model = Model(UTC)
    for sample in samples(stretch):
        model.record(sample)
    forecast = model.forecast(datetime.fromtimestamp(stretch[-1].at, UTC))
    if forecast is None:
        raise ValueError("a trace needs reports")
    return forecast.habits.past


def _of_past(past: Past) -> Rows:
    """Return quarter, level, plugged, rate, changes and lows of a past's moments."""
    at = np.flatnonzero(past.reach >= REACH)
    levels = past.levels.astype(np.float64)
    ways = levels[at[:, None] + np.arange(1, REACH + 1)] - levels[at, None]
    changes = [ways[:, span - 1] for span in SPANS[1:]]
    lows = [ways[:, :span].min(axis=1) for span in SPANS[1:]]
    state = [past.quarters[at], levels[at], past.plugged[at], past.rates[at]]
    return np.column_stack([*state, *changes, *lows])


def _draw(device: str, rows: Rows, count: int) -> Rows:
    """Draw some rows of one device, the same ones each time."""
    if len(rows) <= count:
        return rows
    weight = np.where((rows[:, 2] == 1) & (rows[:, 1] >= 99), FULL_WEIGHT, 1.0)
    generator = np.random.default_rng(zlib.crc32(device.encode()))
    drawn = generator.choice(len(rows), count, replace=False, p=weight / weight.sum())
    return rows[np.sort(drawn)]


def rounded(rows: Rows) -> Rows:
    """Round to what the library keeps: whole numbers, but for the rate."""
    whole = np.round(rows)
    whole[:, 3] = np.round(rows[:, 3], 1)
    return whole + 0.0


def as_csv(rows: Rows) -> str:
    """Write rows as text."""
    lines = ["# quarter,level,plugged,rate,changes (.5 1 3 6 12 h),lows (the same)"]
    lines += [",".join(f"{value:g}" for value in row) for row in rounded(rows)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the library from the traces in a folder, by default the repository's."""
    folder = Path(*sys.argv[1:2] or [Path(__file__).parents[1] / "traces"])
    rows = np.concatenate(list(device_rows(load(folder)).values()))
    TARGET.write_text(as_csv(rows), "ascii")
    print(f"{len(rows)} rows, {TARGET.stat().st_size} bytes: {TARGET}")


if __name__ == "__main__":
    main()
