"""From a request and a snapshot to a problem in whole numbers."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import floor

from ..forecast import Forecast
from ..request import Override, Request
from ..snapshot import DevicePower, Snapshot
from ..task import Task
from .faults import eligible
from .grid import HOUR, RESOURCES, SLOT, slots_for, slots_until
from .pose_device import pose_device, supposing
from .problem import (
    Amounts,
    DeviceProblem,
    Option,
    Problem,
    TaskProblem,
)


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem, and what its positions stand for."""

    problem: Problem
    tasks: tuple[Task, ...]
    devices: tuple[str, ...]
    forecasts: tuple[Forecast, ...]
    """The forecasts that the problem's devices rest on."""


def pose(request: Request, snapshot: Snapshot, tasks: Mapping[str, Task]) -> Posed:
    """Return the problem of placing faultless tasks on the devices that are known.

    Args:
        request: The terms.
        snapshot: All batteries as of now.
        tasks: The tasks to be placed, by id. What they wait for is among them.
    """
    slots = request.horizon // SLOT
    known: list[str] = []
    forecasts: list[Forecast] = []
    devices: list[DeviceProblem] = []
    for device in request.devices:
        power = snapshot.devices[device]
        if power.known and power.forecast is not None:
            override = request.overrides.get(device, Override())
            forecast = supposing(power.forecast, override)
            known.append(device)
            forecasts.append(forecast)
            devices.append(pose_device(device, power, forecast, request, snapshot.at))
    position = {task: i for i, task in enumerate(tasks)}
    kept = _kept(request, snapshot.at, known)
    problems = tuple(
        TaskProblem(
            id=task.id,
            weight=task.priority.weight,
            release=slots_until(task.earliest, snapshot.at),
            end_by=_end_by(task, snapshot.at, slots),
            deferrable=task.deferrable,
            after=tuple(position[other] for other in task.after),
            options=tuple(_options(task, request, snapshot, known)),
            kept=kept.get(task.id),
        )
        for task in tasks.values()
    )
    signal = _signal(request, snapshot.at, slots)
    problem = Problem(
        slots=slots,
        devices=tuple(devices),
        tasks=problems,
        prefer_early=1.0 if signal is None else request.prefer_early,
        signal=signal,
    )
    return Posed(problem, tuple(tasks.values()), tuple(known), tuple(forecasts))


def _kept(
    request: Request, at: datetime, known: list[str]
) -> dict[str, tuple[int, int]]:
    """Return the device and the nearest slot of every start in the last plan."""
    decisions = request.last.decisions if request.last is not None else ()
    return {
        decision.task: (
            known.index(decision.device),
            round((decision.start - at) / SLOT),
        )
        for decision in decisions
        if decision.start is not None and decision.device in known
    }


def _signal(request: Request, at: datetime, slots: int) -> tuple[float, ...] | None:
    """Return the signal in every slot, from 0 for the best to 1 for the worst."""
    points = sorted((request.signal or {}).items())
    if not points or not slots:
        return None
    moments = [moment for moment, _ in points]
    values = [
        points[max(0, bisect_right(moments, at + k * SLOT) - 1)][1]
        for k in range(slots)
    ]
    low, high = min(values), max(values)
    if low == high:
        return None
    return tuple((value - low) / (high - low) for value in values)


def _end_by(task: Task, at: datetime, slots: int) -> int:
    """Return the boundary by which a task must have ended.

    It follows from the last start that is in time, as the last slot of a run need
    not be used up.
    """
    if task.deadline is None:
        return slots
    last_start = floor((task.deadline - task.duration - at) / SLOT)
    return min(slots, last_start + slots_for(task.duration))


def _options(
    task: Task, request: Request, snapshot: Snapshot, known: list[str]
) -> list[Option]:
    """Return how a task would run on each known device that may run it."""
    options = []
    slots = slots_for(task.duration)
    for device in eligible(task, request):
        power = snapshot.devices[device]
        drain = task.drain_on(power.settings.capacity)
        if device in known and drain is not None:
            cost = drain * (task.duration / HOUR)
            options.append(
                Option(
                    device=known.index(device),
                    slots=slots,
                    drain=round(100 * cost / slots),
                    demand=_demand(task, power),
                    min_battery=round(100 * task.min_battery),
                    requires_power=task.requires_power,
                )
            )
    return options


def _demand(task: Task, power: DevicePower) -> Amounts:
    """Return a task's demand; nothing where the device does not limit it."""
    cpu, memory, network = (
        0
        if getattr(power.usage, resource) is None
        else round(100 * getattr(task.demand, resource))
        for resource in RESOURCES
    )
    return cpu, memory, network, 1
