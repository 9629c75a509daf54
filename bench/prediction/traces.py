"""Battery traces as files hold them, and as the model reads them."""

from collections import defaultdict
from collections.abc import Iterable
import csv
from datetime import UTC, datetime
import gzip
from pathlib import Path
from typing import NamedTuple

from custom_components.power_scheduler.core.sample import Sample


class Report(NamedTuple):
    """One row of a trace."""

    at: float
    """Seconds; modulo 86400, the local time of day."""

    level: float
    """%."""

    charging: bool | None
    """Whether external power is present; None when nothing tells."""


type Trace = list[Report]


def load(folder: Path) -> dict[str, Trace]:
    """Return the traces of all .csv and .csv.gz files below a folder, by device."""
    traces: dict[str, Trace] = defaultdict(list)
    for path in sorted((*folder.rglob("*.csv"), *folder.rglob("*.csv.gz"))):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            for row in csv.DictReader(file):
                flag = row["charging"]
                told = None if flag == "" else flag == "1"
                report = Report(float(row["unix_ts"]), float(row["level"]), told)
                traces[row["device_id"]].append(report)
    return {device: sorted(traces[device], key=_at) for device in sorted(traces)}


def samples(reports: Iterable[tuple[float, float, bool | None]]) -> Iterable[Sample]:
    """Read reports as samples; their local time stands as UTC."""
    for at, level, charging in reports:
        yield Sample(datetime.fromtimestamp(at, UTC), level, charging)


def _at(report: Report) -> float:
    """Return when a report was made."""
    return report.at
