"""What today's engines say to the bundle of a diagnostics file."""

from collections.abc import Iterator
from datetime import datetime
import json
from pathlib import Path
import sys
from typing import Any

from custom_components.power_scheduler.bundle import Asked, Bundle
from custom_components.power_scheduler.core.decision import Decision
from custom_components.power_scheduler.core.plan import check, optimize
from custom_components.power_scheduler.core.reason import Reason
from custom_components.power_scheduler.core.snapshot import DevicePower
from custom_components.power_scheduler.packing import unpack


def replay(report: dict[str, Any]) -> Iterator[str]:
    """Yield lines on every device, and on the last question.

    Args:
        report: A downloaded diagnostics file, or only the data in it.
    """
    bundle: Bundle = unpack(Bundle, report.get("data", report)["bundle"])
    yield f"at {_moment(bundle.at)}, window {bundle.window}, in {bundle.zone}"
    for device_id, power in bundle.snapshot().devices.items():
        samples = len(bundle.devices[device_id].samples)
        yield f"{device_id} ({samples} samples): {_describe(power)}"
    if (asked := bundle.asked) is not None:
        yield f"{asked.action} at {_moment(asked.at)}"
        yield from (f"  {_explain(row)}" for row in _decide(bundle, asked))


def _decide(bundle: Bundle, asked: Asked) -> tuple[Decision, ...]:
    """Return the decisions on the last question."""
    snapshot = bundle.snapshot_asked(asked)
    if asked.action == "check":
        return check(asked.request, snapshot)
    return optimize(asked.request, snapshot).decisions


def _describe(power: DevicePower) -> str:
    """Return what is known of a battery."""
    outlook = power.outlook
    said = {
        "level": power.level,
        "age": power.age,
        "stale": power.stale or None,
        "state": power.state,
        "source": power.source,
        "rate": power.rate and round(power.rate, 2),
        "forecast": outlook and round(outlook.level, 1),
        "p10": outlook and round(outlook.p10, 1),
        "p90": outlook and round(outlook.p90, 1),
        "probability": outlook and round(outlook.probability, 3),
        "empty": power.empty_at and _moment(power.empty_at),
        "full": power.full_at and _moment(power.full_at),
        "basis": power.basis,
    }
    known = [f"{name} {value}" for name, value in said.items() if value is not None]
    return ", ".join(known) or "silent"


def _explain(row: Decision) -> str:
    """Return a decision with its reasons."""
    when = row.start or row.earliest_start
    parts = [f"{row.task}: {row.outcome}"]
    parts += [f"at {_moment(when)}"] if when else []
    parts += [_rule(reason) for reason in row.reasons]
    return ", ".join(parts)


def _rule(reason: Reason) -> str:
    """Return a rule that does not hold."""
    if reason.field is not None:
        return f"{reason.code} ({reason.field} {reason.value})"
    if reason.actual is None:
        return reason.code
    return f"{reason.code} ({_value(reason.actual)} for {_value(reason.required)})"


def _value(value: float | datetime | None) -> str:
    """Return a number or a moment, briefly."""
    return _moment(value) if isinstance(value, datetime) else f"{value:g}"


def _moment(at: datetime) -> str:
    """Return a moment, to the second."""
    return at.isoformat(timespec="seconds")


if __name__ == "__main__":
    for line in replay(json.loads(Path(sys.argv[1]).read_text())):
        print(line)
