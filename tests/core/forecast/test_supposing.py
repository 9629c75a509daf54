"""What would be with another level or power source: a dry run, and after charging."""

from datetime import timedelta

import pytest

from custom_components.power_scheduler.core.forecast import (
    Basis,
    Forecast,
    Outlook,
    Window,
)
from custom_components.power_scheduler.core.sample import Sample

from .histories import HOUR, at, forecast, line

SLOT = timedelta(minutes=10)
DOCKED = [*line(0, 480, (100, 100), plugged=True)]
CELL = [Sample(at(k), 18 - k // 48, None) for k in range(480)]


def in_hours(made: Forecast, hours: float) -> Outlook:
    """Return an outlook that is known."""
    outlook = made.outlook(hours * HOUR, 10)
    assert outlook is not None
    return outlook


def test_an_unplugged_dock_lasts_no_longer_for_being_pretended() -> None:
    """A UPS that is taken off its power is no battery that hardly moves."""
    docked = forecast(DOCKED)
    assert docked.basis is Basis.MEAN_RATE
    pretended = docked.supposing(plugged=False)
    real = forecast([*DOCKED, Sample(docked.at + HOUR / 60, 100, plugged=False)])
    for hours in (1, 3, 12):
        told, true = in_hours(pretended, hours), in_hours(real, hours)
        assert told.p10 == pytest.approx(true.p10, abs=3)
        assert told.level == pytest.approx(true.level, abs=3)


def test_a_dock_whose_known_charging_ends_is_on_battery() -> None:
    """What a charging window says at its end is that the power goes."""
    docked = forecast(DOCKED)
    window = Window(docked.at, docked.at + HOUR)
    path = docked.path(SLOT, 36, 0.7, [window])
    assert sum(path.changes[6:]) < -5


def test_a_slow_battery_keeps_its_rate_until_it_is_plugged_in() -> None:
    """A cell without a flag is on battery already; on a charger it charges."""
    cell = forecast(CELL)
    assert cell.supposing(plugged=False) == cell
    assert in_hours(cell.supposing(level=50), 12).level == pytest.approx(50, abs=1)
    assert in_hours(cell.supposing(plugged=True), 3).level > cell.level + 20
    window = Window(cell.at, cell.at + HOUR)
    assert sum(cell.path(SLOT, 72, 0.7, [window]).changes[6:]) > -2
