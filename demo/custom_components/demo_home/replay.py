"""Traces of batteries, replayed for ever in step with the local week."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
import csv
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
import gzip
from pathlib import Path
from typing import Final

WEEK: Final = 7 * 24 * 3600
MONDAY: Final = datetime(2024, 1, 1)  # noqa: DTZ001 - local wall-clock time
ASLEEP: Final = 1800
"""Seconds without a recorded row after which a device says nothing any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a battery was found to be."""

    at: int
    """Seconds of local wall-clock time since a Monday's midnight."""

    level: int
    """State of charge, in percent."""

    plugged: bool | None
    """Whether external power was present; None where it was not recorded."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a device knows of itself at one moment."""

    now: datetime
    wall: int
    """Seconds of local wall-clock time since MONDAY."""

    level: int
    plugged: bool | None
    awake: bool
    """Whether the device reports at all."""


class Trace:
    """The rows of one battery, repeated in whole weeks."""

    def __init__(self, rows: Sequence[Row], *, later: int = 0, step: int = 1) -> None:
        """Take the rows of a trace.

        Args:
            rows: What was recorded, oldest first.
            later: By how many weeks the replay is ahead.
            step: The smallest change of the level (points) that is told.
        """
        first = rows[0].at
        self._rows = rows
        self._times = [row.at - first for row in rows]
        self._origin = first - later * WEEK
        self._step = step
        self.period = -(-(self._times[-1] + 1) // WEEK) * WEEK

    def at(self, now: datetime) -> Moment:
        """Return what the device knows at a moment, given in local time."""
        wall = wall_clock(now)
        position = (wall - self._origin) % self.period
        index = bisect_right(self._times, position) - 1
        row = self._rows[index]
        return Moment(
            now=now,
            wall=wall,
            level=row.level - row.level % self._step,
            plugged=row.plugged,
            awake=position - self._times[index] <= ASLEEP,
        )

    def reports(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the moments from start to end at which a row was recorded."""
        wall = wall_clock(start)
        cycle = wall - (wall - self._origin) % self.period
        while True:
            for time in self._times:
                moment = from_wall_clock(cycle + time, start.tzinfo)
                if moment > end:
                    return
                if moment >= start:
                    yield moment
            cycle += self.period


def wall_clock(now: datetime) -> int:
    """Return the seconds of local wall-clock time since MONDAY."""
    return int((now.replace(tzinfo=None) - MONDAY).total_seconds())


def from_wall_clock(wall: int, zone: tzinfo | None) -> datetime:
    """Return the moment at which the clocks of a time zone show a time."""
    return (MONDAY + timedelta(seconds=wall)).replace(tzinfo=zone)


def load_traces() -> dict[str, list[Row]]:
    """Return the recorded traces by name."""
    traces: dict[str, list[Row]] = {}
    with gzip.open(Path(__file__).parent / "traces.csv.gz", "rt") as file:
        for line in csv.DictReader(file):
            plugged = {"1": True, "0": False}.get(line["plugged"])
            row = Row(int(line["at"]), int(line["level"]), plugged)
            traces.setdefault(line["trace"], []).append(row)
    return traces
