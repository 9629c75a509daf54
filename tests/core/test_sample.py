"""Samples refuse what no battery can report."""

from datetime import UTC, datetime
from math import inf, nan

import pytest

from custom_components.power_scheduler.core.sample import PowerSource, Sample

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("level", [-0.1, 100.1, nan, inf, -inf])
def test_a_level_lies_between_empty_and_full(level: float) -> None:
    """What is no percentage is no level."""
    with pytest.raises(ValueError, match=r"0\.\.100"):
        Sample(NOON, level)


def test_a_moment_needs_a_time_zone() -> None:
    """A time of day somewhere is no moment."""
    with pytest.raises(ValueError, match="time zone"):
        Sample(NOON.replace(tzinfo=None), 50)


def test_every_source_but_the_battery_is_external() -> None:
    """Idle and full are plugged, too."""
    assert [s.plugged for s in PowerSource] == [False, True, True, True]
