"""The population that comes with the integration."""

from dataclasses import asdict
from pathlib import Path

import numpy as np

from bench.prediction.library import ALLOWED, device_rows, rounded
from bench.prediction.traces import load
from custom_components.power_scheduler.core.forecast.library import POPULATION, Library

TRACES = Path(__file__).parents[3] / "bench/traces"


def test_the_library_holds_what_its_traces_say() -> None:
    """Whoever builds it anew from the repository gets the same rows, and no other."""
    traces = load(TRACES)
    assert all(device.startswith(ALLOWED) for device in traces)
    rows = rounded(np.concatenate(list(device_rows(traces).values())))
    built = Library.of(rows)
    np.testing.assert_equal(asdict(built), asdict(POPULATION))


def test_no_device_outweighs_the_others() -> None:
    """The rows are drawn evenly."""
    counts = [len(rows) for rows in device_rows(load(TRACES)).values()]
    assert max(counts) <= 1.05 * sum(counts) / len(counts)


def test_a_low_is_never_above_its_change() -> None:
    """The lowest change on the way is no higher than the last one."""
    assert np.all(POPULATION.lows <= POPULATION.changes)
