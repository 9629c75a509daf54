"""What the forecast costs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time
import tracemalloc
from typing import Final, NamedTuple

from custom_components.power_scheduler.core.forecast import Model
from custom_components.power_scheduler.core.sample import Sample

from .protocol import HORIZONS, RESERVE

ROUNDS: Final = 200
SLOT: Final = timedelta(minutes=10)
SLOTS: Final = 144


class Cost(NamedTuple):
    """Milliseconds, and bytes."""

    update: float
    """A new sample, and five horizons after it."""

    path: float
    """A path of 144 slots, in a forecast not used before."""

    memory: int
    """A model that remembers 14 days."""


def cost(history: Sequence[Sample]) -> Cost:
    """Measure a model that is fed a history; the times are medians of many."""
    # What all devices of a home share, the first one brings along.
    _followed(history)
    tracemalloc.start()
    model = _followed(history)
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    last = history[-1]
    updates = [
        _update(model, Sample(last.at + k * timedelta(minutes=1), last.level, None))
        for k in range(1, ROUNDS)
    ]
    now = last.at + ROUNDS * timedelta(minutes=1)
    paths = [_path(model, now) for _ in range(ROUNDS // 4)]
    return Cost(1000 * median(updates), 1000 * median(paths), memory)


def _followed(history: Sequence[Sample]) -> Model:
    """Return a model that has taken in a history."""
    model = Model(UTC)
    for sample in history:
        model.record(sample)
    return model


def _update(model: Model, sample: Sample) -> float:
    """Return the seconds that a new sample and its outlooks take."""
    began = process_time()
    model.record(sample)
    if (forecast := model.forecast(sample.at)) is not None:
        for horizon in HORIZONS:
            forecast.outlook(timedelta(seconds=horizon), RESERVE)
    return process_time() - began


def _path(model: Model, now: datetime) -> float:
    """Return the seconds that a path takes."""
    began = process_time()
    if (forecast := model.forecast(now)) is not None:
        forecast.path(SLOT, SLOTS, 0.7)
    return process_time() - began
