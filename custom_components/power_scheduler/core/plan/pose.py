"""From a request and a snapshot to a problem in whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Final

from ..forecast import Forecast, Path
from ..limits import Limits, PowerState, on_power
from ..request import Override, Request
from ..snapshot import DevicePower, Snapshot
from ..task import Task
from .faults import eligible
from .problem import (
    Amounts,
    DeviceProblem,
    Option,
    Problem,
    StateProblem,
    TaskProblem,
)

SLOT: Final = timedelta(minutes=10)
"""The grain of a plan: fine enough for a sync, coarse enough for two days."""

HOUR: Final = timedelta(hours=1)
RESOURCES: Final = ("cpu", "memory", "network")


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
            forecast = _supposing(power.forecast, override)
            known.append(device)
            forecasts.append(forecast)
            devices.append(_device(device, power, forecast, request, slots))
    position = {task: i for i, task in enumerate(tasks)}
    problems = tuple(
        TaskProblem(
            id=task.id,
            weight=task.priority.weight,
            release=slots_until(task.earliest, snapshot.at),
            end_by=_end_by(task, snapshot.at, slots),
            deferrable=task.deferrable,
            after=tuple(position[other] for other in task.after),
            options=tuple(_options(task, request, snapshot, known)),
        )
        for task in tasks.values()
    )
    problem = Problem(slots=slots, devices=tuple(devices), tasks=problems)
    return Posed(problem, tuple(tasks.values()), tuple(known), tuple(forecasts))


def slots_until(moment: datetime | None, at: datetime) -> int:
    """Return the first slot that starts no earlier than a moment."""
    return 0 if moment is None else max(0, ceil((moment - at) / SLOT))


def _supposing(forecast: Forecast, override: Override) -> Forecast:
    """Return a forecast as a dry run pretends it."""
    if override == Override():
        return forecast
    return forecast.supposing(level=override.level, plugged=override.plugged)


def _device(
    device: str, power: DevicePower, forecast: Forecast, request: Request, slots: int
) -> DeviceProblem:
    """Return one device with the path that its forecast holds to."""
    guard = ceil(request.guard / SLOT)
    charging = request.charging.get(device, ())
    path = forecast.path(SLOT, slots + guard, request.confidence, charging)
    reserve = power.settings.reserve if request.reserve is None else request.reserve
    level = round(100 * path.level)
    return DeviceProblem(
        id=device,
        level=level,
        ceiling=max(level, round(100 * path.ceiling)),
        base=_base(path),
        slots=min(slots, len(path.changes)),
        plugged=path.plugged,
        carried=_carried(path, power),
        reserve=max(1, round(100 * reserve)),
        guard=guard,
        usage=_usage(power, request.running),
        states=_states(power.limits),
    )


def _base(path: Path) -> tuple[int, ...]:
    """Return a path's changes in 0.01 %, rounded so that errors do not add up."""
    total, rounded = 0.0, 0
    base = []
    for change in path.changes:
        total += 100 * change
        base.append(round(total) - rounded)
        rounded = round(total)
    return tuple(base)


def _carried(path: Path, power: DevicePower) -> tuple[bool, ...]:
    """Say for each slot whether external power carries a device.

    The first slot goes by the rate that was measured, so that it has the power
    state that is shown, unless its power source is only supposed.
    """
    rates: list[float | None] = [change / (SLOT / HOUR) for change in path.changes]
    if path.plugged and path.plugged[0] == power.plugged:
        rates[0] = power.rate
    return tuple(
        on_power(plugged=plugged, rate=rate)
        for plugged, rate in zip(path.plugged, rates, strict=True)
    )


def _usage(power: DevicePower, running: int) -> Amounts:
    """Return what is in use; nothing where the device does not tell."""
    shares = [getattr(power.usage, resource) for resource in RESOURCES]
    cpu, memory, network = (round(100 * (share or 0)) for share in shares)
    return cpu, memory, network, running


def _states(limits: Limits) -> tuple[StateProblem, ...]:
    """Return the power states, from least to most."""
    return tuple(
        StateProblem(
            round(100 * row.up_to),
            (
                round(100 * row.cpu),
                round(100 * row.memory),
                round(100 * row.network),
                row.concurrency,
            ),
        )
        for row in (limits.states[state] for state in PowerState)
    )


def _end_by(task: Task, at: datetime, slots: int) -> int:
    """Return the boundary by which a task must have ended.

    It follows from the last start that is in time, as the last slot of a run need
    not be used up.
    """
    if task.deadline is None:
        return slots
    last_start = floor((task.deadline - task.duration - at) / SLOT)
    return min(slots, last_start + duration_slots(task))


def duration_slots(task: Task) -> int:
    """Return how many slots a task takes."""
    return max(1, ceil(task.duration / SLOT))


def _options(
    task: Task, request: Request, snapshot: Snapshot, known: list[str]
) -> list[Option]:
    """Return how a task would run on each known device that may run it."""
    options = []
    slots = duration_slots(task)
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
