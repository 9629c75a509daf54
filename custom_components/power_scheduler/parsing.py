"""Typed requests for the core, from action data that is known to be sound."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .core.forecast import Window
from .core.plan.grid import SLOT, slots_for
from .core.reason import Reason, ReasonCode
from .core.request import (
    DEFAULT_CONFIDENCE,
    DEFAULT_PREFER_EARLY,
    Override,
    Request,
    Target,
)
from .core.task import Demand, FaultyTask, Priority, Task, TaskProfile
from .directory import Directory
from .responses import moment
from .schema import LONGEST

DEFAULT_DURATION: Final = timedelta(hours=1)
DEFAULT_HORIZON: Final = timedelta(hours=24)
"""How far ahead is planned, unless a task takes longer."""

DEFAULT_EFFORT: Final = 0.3

FREE: Final = TaskProfile(min_battery=0, demand=Demand(), deferrable=True, drain=0)
"""What a task without a type starts from; its cost it must say itself."""


def read_check(
    data: Mapping[str, Any],
    directory: Directory,
    profiles: Mapping[str, TaskProfile],
    guard: timedelta,
) -> Request:
    """Return what a caller of the check action asks."""
    return Request(
        tasks=_read_tasks(data, directory, profiles),
        devices=(directory.require(data["device"], "device"),),
        # So that the longest task can be judged: it must end within the horizon.
        horizon=LONGEST,
        confidence=data.get("confidence", DEFAULT_CONFIDENCE),
        guard=guard,
        reserve=data.get("reserve"),
        running=data.get("running", 0),
    )


def read_optimize(
    data: Mapping[str, Any],
    directory: Directory,
    profiles: Mapping[str, TaskProfile],
    guard: timedelta,
    signal: Mapping[datetime, float] | None,
) -> Request:
    """Return what a caller of the optimize action asks.

    Args:
        data: The action's data.
        directory: What devices are called.
        profiles: The task profiles.
        guard: How long after a task the reserve must hold.
        signal: How dear power is from each moment on, if that is known.
    """
    asked = data.get("devices")
    devices = (
        [directory.require(text, f"devices[{i}]") for i, text in enumerate(asked)]
        if asked is not None
        else directory.names
    )
    tasks = _read_tasks(data, directory, profiles)
    spans = [
        slots_for(task.duration) * SLOT for task in tasks if isinstance(task, Task)
    ]
    return Request(
        tasks=tasks,
        devices=tuple(dict.fromkeys(devices)),
        horizon=data.get("horizon", max([DEFAULT_HORIZON, *spans])),
        confidence=data.get("confidence", DEFAULT_CONFIDENCE),
        guard=guard,
        reserve=data.get("reserve"),
        charging=_read_charging(data, directory),
        targets=_read_targets(data, directory),
        signal=signal,
        prefer_early=data.get("prefer_early", DEFAULT_PREFER_EARLY),
        overrides=_read_overrides(data, directory),
        effort=data.get("effort", DEFAULT_EFFORT),
    )


def _read_charging(
    data: Mapping[str, Any], directory: Directory
) -> dict[str, list[Window]]:
    """Return the known charging windows by device."""
    windows: dict[str, list[Window]] = {}
    for i, row in enumerate(data.get("charging", ())):
        device_id = directory.require(row["device"], f"charging[{i}].device")
        if row["end"] <= row["start"]:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="end_before_start",
                translation_placeholders={"field": f"charging[{i}].end"},
            )
        windows.setdefault(device_id, []).append(Window(row["start"], row["end"]))
    return windows


def _read_targets(
    data: Mapping[str, Any], directory: Directory
) -> dict[str, list[Target]]:
    """Return the wanted levels by device."""
    targets: dict[str, list[Target]] = {}
    for i, row in enumerate(data.get("targets", ())):
        device_id = directory.require(row["device"], f"targets[{i}].device")
        if row["at"] > dt_util.utcnow() + LONGEST:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="moment_out_of_range",
                translation_placeholders={
                    "field": f"targets[{i}].at",
                    "value": str(moment(row["at"])),
                },
            )
        targets.setdefault(device_id, []).append(Target(row["at"], row["level"]))
    return targets


def _read_overrides(
    data: Mapping[str, Any], directory: Directory
) -> dict[str, Override]:
    """Return what a dry run pretends by device; a device may have several rows."""
    overrides: dict[str, Override] = {}
    for i, row in enumerate(data.get("dry_run", ())):
        device_id = directory.require(row["device"], f"dry_run[{i}].device")
        so_far = overrides.get(device_id, Override())
        overrides[device_id] = Override(
            row.get("level", so_far.level), row.get("plugged", so_far.plugged)
        )
    return overrides


def _read_tasks(
    data: Mapping[str, Any], directory: Directory, profiles: Mapping[str, TaskProfile]
) -> tuple[Task | FaultyTask, ...]:
    """Return the tasks in the order given."""
    for index, row in enumerate(data["tasks"]):
        if "drain" in row and "energy" in row:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="drain_and_energy",
                translation_placeholders={"field": f"tasks[{index}].energy"},
            )
    return tuple(
        _read_task(row, number, directory, profiles)
        for number, row in enumerate(data["tasks"], 1)
    )


def _read_task(
    row: Mapping[str, Any],
    number: int,
    directory: Directory,
    profiles: Mapping[str, TaskProfile],
) -> Task | FaultyTask:
    """Return one task; what it leaves out is its profile's."""
    kind = row.get("type", "")
    task_id = row.get("id", f"{kind or 'task'}_{number}")
    costs = "drain" in row or "energy" in row
    # Home Assistant's menu can take all of a profile's name away.
    profile = profiles.get(kind.casefold()) if kind else FREE if costs else None
    if profile is None:
        code = ReasonCode.UNKNOWN_TYPE if kind else ReasonCode.MISSING_TYPE
        names = tuple(sorted(filter(None, profiles)))
        return _faulty(task_id, code, "type", kind, names)
    devices = {text: directory.find(text) for text in row.get("devices", ())}
    for text, device_id in devices.items():
        if device_id is None:
            return _faulty(task_id, ReasonCode.UNKNOWN_DEVICE, "devices", text)
    drain = None if "energy" in row else profile.drain
    return Task(
        id=task_id,
        type=kind,
        duration=row.get("estimated_duration", DEFAULT_DURATION),
        demand=Demand(
            cpu=_share(row, "cpu", profile.demand.cpu),
            memory=_share(row, "memory", profile.demand.memory),
            network=_share(row, "network", profile.demand.network),
        ),
        min_battery=row.get("min_battery", profile.min_battery),
        drain=row.get("drain", drain),
        energy=row.get("energy"),
        deferrable=row.get("deferrable", profile.deferrable),
        priority=Priority(row.get("priority", Priority.NORMAL)),
        earliest=row.get("earliest"),
        deadline=row.get("deadline"),
        requires_power=row.get("requires_power", False),
        after=tuple(dict.fromkeys(row.get("after", ()))),
        devices=tuple(d for d in devices.values() if d) if "devices" in row else None,
        runs_on_unknown=row.get("on_unknown") == "allow",
    )


def _share(row: Mapping[str, Any], name: str, default: float) -> float:
    """Return a demand as a share; callers give percent."""
    return row[name] / 100 if name in row else default


def _faulty(
    task_id: str,
    code: ReasonCode,
    field: str,
    value: str,
    options: tuple[str, ...] = (),
) -> FaultyTask:
    """Return a task that can't be planned."""
    reason = Reason(code=code, field=field, value=value, options=options)
    return FaultyTask(task_id, reason)
