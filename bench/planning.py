"""Runs the planning engine on instances of the planning bench."""

from collections.abc import Mapping
from time import process_time
from typing import Any

from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.problem import (
    Amounts,
    DeviceProblem,
    Option,
    Problem,
    StateProblem,
    TaskProblem,
)
from custom_components.power_scheduler.core.plan.search import solve as search
from custom_components.power_scheduler.core.task import Priority

type Instance = Mapping[str, Any]


def solve(instance: Instance, budget: float) -> dict[str, Any]:
    """Return a schedule for an instance, found in a budget of CPU seconds."""
    clock = Budget(budget, clock=process_time)
    problem = read(instance)
    solution = search(problem, clock)
    rows = []
    for i, task in enumerate(problem.tasks):
        row: dict[str, Any] = {"id": task.id, "decision": "deferred"}
        if (placed := solution.placements.get(i)) is not None:
            row = {
                "id": task.id,
                "decision": "scheduled" if placed.start else "run_now",
                "device": problem.devices[placed.option.device].id,
                "start": placed.start,
                "end": placed.end,
            }
        rows.append(row)
    return {"instance": instance["name"], "tasks": rows}


def read(instance: Instance) -> Problem:
    """Return the problem that an instance describes."""
    slots = instance["slots"]
    rows = sorted(instance["states"], key=lambda row: row["max_level"])
    states = tuple(
        StateProblem(_centi(row["max_level"]), _amounts(row, row["concurrency"]))
        for row in rows
    )
    devices = tuple(_device(row, slots, states) for row in instance["devices"])
    positions = {device.id: i for i, device in enumerate(devices)}
    order = {row["id"]: i for i, row in enumerate(instance["tasks"])}
    tasks = tuple(
        TaskProblem(
            id=row["id"],
            weight=Priority(row["priority"]).weight,
            release=row["release"],
            end_by=slots if row["deadline"] is None else min(slots, row["deadline"]),
            deferrable=row["deferrable"],
            after=tuple(order[other] for other in row["after"]),
            options=_options(row, positions, instance["slot_minutes"]),
        )
        for row in instance["tasks"]
    )
    signal = instance.get("signal")
    return Problem(
        slots=slots,
        devices=devices,
        tasks=tasks,
        prefer_early=instance["prefer_early"] if signal else 1.0,
        signal=tuple(signal) if signal else None,
    )


def _device(
    row: Instance, slots: int, states: tuple[StateProblem, ...]
) -> DeviceProblem:
    """Return one device of an instance."""
    plugged = tuple(any(a <= k < b for a, b in row["plugged"]) for k in range(slots))
    return DeviceProblem(
        id=row["id"],
        level=_centi(row["level"]),
        ceiling=_centi(row["max_level"]),
        base=tuple(_centi(change) for change in row["base"]),
        slots=slots,
        plugged=plugged,
        carried=plugged,
        reserve=max(1, _centi(row["reserve"])),
        guard=row["guard_slots"],
        targets=tuple((t["slot"], _centi(t["level"])) for t in row["targets"]),
        usage=_amounts(row["usage"], 0),
        states=states,
    )


def _options(
    row: Instance, positions: Mapping[str, int], slot_minutes: int
) -> tuple[Option, ...]:
    """Return how a task of an instance would run on each device."""
    return tuple(
        Option(
            device=positions[option["device"]],
            slots=option["slots"],
            drain=_centi(option["rate"] * slot_minutes / 60),
            demand=_amounts(row, 1),
            min_battery=_centi(row["min_battery"]),
        )
        for option in row["options"]
    )


def _amounts(row: Instance, tasks: int) -> Amounts:
    """Return shares of a device in whole percent, and a number of tasks."""
    return _centi(row["cpu"]), _centi(row["memory"]), _centi(row["network"]), tasks


def _centi(value: float) -> int:
    """Return hundredths."""
    return round(value * 100)
