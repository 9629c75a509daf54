"""From a request and a snapshot to a problem in whole numbers."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..forecast import Forecast
from ..request import Override, Request
from ..snapshot import Snapshot
from ..task import Task
from .grid import SLOT
from .pose_device import pose_device, supposing
from .pose_task import Host, pose_task
from .problem import DeviceProblem, Problem


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
        if power.forecast is not None:
            override = request.overrides.get(device, Override())
            forecast = supposing(power.forecast, override)
            known.append(device)
            forecasts.append(forecast)
            devices.append(pose_device(device, power, forecast, request, snapshot.at))
    position = {task: i for i, task in enumerate(tasks)}
    last = _last(request, snapshot.at, known)
    hosts = [
        Host.of(number, device, snapshot.devices[device])
        for number, device in enumerate(known)
    ]
    problems = [
        pose_task(task, snapshot.at, slots, hosts, position, last.get(name))
        for name, task in tasks.items()
    ]
    signal = _signal(request, snapshot.at, slots)
    problem = Problem(
        slots=slots,
        devices=tuple(devices),
        tasks=tuple(problems),
        prefer_early=1.0 if signal is None else request.prefer_early,
        signal=signal,
    )
    return Posed(problem, tuple(tasks.values()), tuple(known), tuple(forecasts))


def _last(
    request: Request, at: datetime, known: list[str]
) -> dict[str, tuple[int, float]]:
    """Return the device and the slots until every start in the last plan."""
    decisions = request.last.decisions if request.last is not None else ()
    return {
        decision.task: (
            known.index(decision.device),
            (decision.start - at) / SLOT,
        )
        for decision in decisions
        if decision.start is not None and decision.device in known
    }


def _signal(request: Request, at: datetime, slots: int) -> tuple[float, ...] | None:
    """Return the signal in every slot, from 0 for the best to 1 for the worst.

    Before its first point nothing is known of it: that is no better than the worst.
    """
    points = sorted((request.signal or {}).items())
    moments = [moment for moment, _ in points]
    in_force = [bisect_right(moments, at + k * SLOT) for k in range(slots)]
    values = [points[number - 1][1] for number in in_force if number]
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return None
    unknown = [high] * (slots - len(values))
    return tuple((value - low) / (high - low) for value in (*unknown, *values))
