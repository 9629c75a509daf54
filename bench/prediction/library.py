"""Builds the population library from traces whose origin allows it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
import gzip
from pathlib import Path
import sys
from typing import Final
import zlib

import numpy as np
from numpy.typing import NDArray

from custom_components.power_scheduler.core.forecast import Model
from custom_components.power_scheduler.core.forecast.habits import Habits
from custom_components.power_scheduler.core.forecast.library import REACH, SPANS

from .traces import Trace, load, samples

ALLOWED: Final = ("xs", "aware", "mba", "win20", "win21")
"""The prefixes of devices whose origin allows it; NOTICE names them."""

TARGET: Final = (
    Path(__file__).parents[2]
    / "custom_components/power_scheduler/core/forecast/population.csv.gz"
)

TRACES: Final = Path(__file__).parents[1] / "traces"

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
    return np.concatenate([_of_stretch(habits) for habits in _stretches(trace)])


def _stretches(trace: Trace) -> Iterator[Habits]:
    """Replay a trace, a model for each stretch that a grid can hold."""
    stretch: Trace = []
    for report in trace:
        if stretch and report.at - stretch[0].at > CHUNK_DAYS * 86400:
            yield _replay(stretch)
            stretch = []
        stretch.append(report)
    yield _replay(stretch)


def _replay(stretch: Trace) -> Habits:
    """Return what a model has learnt at the end of a stretch."""
    model = Model(UTC)
    for sample in samples(stretch):
        model.record(sample)
    forecast = model.forecast(datetime.fromtimestamp(stretch[-1].at, UTC))
    if forecast is None:
        raise ValueError("a trace needs reports")
    return forecast.habits


def _of_stretch(habits: Habits) -> Rows:
    """Return the rows of a stretch's moments, as `Library.of` reads them."""
    past = habits.past
    at = np.flatnonzero(past.reach >= REACH)
    levels = past.levels.astype(np.float64)
    ways = levels[at[:, None] + np.arange(1, REACH + 1)] - levels[at, None]
    changes = [ways[:, span - 1] for span in SPANS[1:]]
    lows = [ways[:, :span].min(axis=1) for span in SPANS[1:]]
    state = [x[at] * 1.0 for x in (past.quarters, levels, past.plugged, past.rates)]
    traits = [np.full(len(at), x) for x in (habits.usual[False], past.docked)]
    return np.column_stack([*state, *traits, *changes, *lows])


def _draw(device: str, rows: Rows, count: int) -> Rows:
    """Draw some rows of one device, the same ones each time."""
    if len(rows) <= count:
        return rows
    weight = np.where((rows[:, 2] == 1) & (rows[:, 1] >= 99), FULL_WEIGHT, 1.0)
    generator = np.random.default_rng(zlib.crc32(device.encode()))
    drawn = generator.choice(len(rows), count, replace=False, p=weight / weight.sum())
    return rows[np.sort(drawn)]


def rounded(rows: Rows) -> Rows:
    """Round to what the library keeps: whole numbers, but for rates and shares."""
    digits = [0, 0, 0, 1, 1, 2] + [0] * 2 * len(SPANS[1:])
    columns = zip(rows.T, digits, strict=True)
    # Adding nothing makes -0 a 0.
    return np.column_stack([np.round(column, n) for column, n in columns]) + 0.0


def as_csv(rows: Rows) -> str:
    """Write rows as text."""
    lines = ["# quarter,level,plugged,rate,drain,docked,changes .5 1 3 6 12 h,lows"]
    lines += [",".join(f"{value:g}" for value in row) for row in rounded(rows)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the library from the traces in a folder, by default the repository's."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else TRACES
    rows = np.concatenate(list(device_rows(load(folder)).values()))
    TARGET.write_bytes(gzip.compress(as_csv(rows).encode("ascii"), mtime=0))
    print(f"{len(rows)} rows, {TARGET.stat().st_size} bytes: {TARGET}")


if __name__ == "__main__":
    main()
