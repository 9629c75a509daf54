"""Samples that the tests of stores share."""

from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.power_scheduler.core.sample import Sample

NOON: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)


def a_day(*, step: timedelta = MINUTE) -> list[Sample]:
    """Return a day of a battery that drains evenly."""
    number = timedelta(days=1) // step
    return [
        Sample(NOON + place * step, 100 - 100 * place / number, plugged=False)
        for place in range(number)
    ]
