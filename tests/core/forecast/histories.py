"""Histories that the tests of the forecast speak of."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from custom_components.power_scheduler.core.forecast import Forecast, Model
from custom_components.power_scheduler.core.sample import Sample

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    """Return a moment some hours after the start, which is a midnight."""
    return START + hours * HOUR


def samples(
    *readings: tuple[float, float], plugged: bool | None = None
) -> list[Sample]:
    """Return samples from pairs of hours and level."""
    return [Sample(at(hours), level, plugged) for hours, level in readings]


def line(
    start: float, end: float, levels: tuple[float, float], *, plugged: bool | None
) -> Iterator[Sample]:
    """Yield samples 15 minutes apart on a straight line, its end not included."""
    count = round((end - start) * 4)
    for k in range(count):
        level = levels[0] + (levels[1] - levels[0]) * k / count
        yield Sample(at(start + k / 4), level, plugged)


def phone(days: int, *, flags: bool = True) -> Iterator[Sample]:
    """Yield days of a phone: 4 %/h down from 07:00 to 23:00, charged till 02:00."""
    for day in range(days):
        told = (True, False) if flags else (None, None)
        yield from line(24 * day, 24 * day + 2, (57, 100), plugged=told[0])
        yield from line(24 * day + 2, 24 * day + 7, (100, 100), plugged=told[0])
        yield from line(24 * day + 7, 24 * day + 23, (100, 36), plugged=told[1])
        yield from line(24 * day + 23, 24 * day + 24, (36, 57), plugged=told[0])


def model(history: Iterable[Sample], zone: tzinfo = UTC) -> Model:
    """Return a model that has taken in a history."""
    new = Model(zone)
    for sample in history:
        assert new.record(sample)
    return new


def forecast(history: Iterable[Sample], zone: tzinfo = UTC) -> Forecast:
    """Return the forecast as of a history's last sample."""
    told = list(history)
    made = model(told, zone).forecast(told[-1].at)
    assert made is not None
    return made
