"""Realistic problems, and the same with more to plan on."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Final

from hypothesis import strategies as st

from bench.planning import read
from custom_components.power_scheduler.core.plan.course import simulate
from custom_components.power_scheduler.core.plan.problem import (
    DeviceProblem,
    Placements,
    Problem,
    StateProblem,
)

generate = import_module("bench.scheduling.generate")
FAMILIES: Final = [name for name in generate.FAMILIES if name != "scale"]

type Growth = Callable[[DeviceProblem], DeviceProblem]


@st.composite
def realistic(draw: st.DrawFn, most: int = 25, devices: int = 3) -> Problem:
    """Draw a problem of one of the bench's families, with a number of devices."""
    family = generate.FAMILIES[draw(st.sampled_from(FAMILIES))]
    number = draw(st.integers(2, most))
    return read(family(draw(st.integers(0, 9999)), number, devices))


def fuller(device: DeviceProblem) -> DeviceProblem:
    """Return a device with ten points more in its battery."""
    return replace(device, level=min(device.ceiling, device.level + 1000))


def charged_more(device: DeviceProblem) -> DeviceProblem:
    """Return a device that gains more while it is plugged, and loses less while not."""
    base = (change + 20 for change in device.base)
    return replace(device, base=tuple(base))


def plugged_longer(device: DeviceProblem) -> DeviceProblem:
    """Return a device that is plugged for two hours more."""
    first = len(device.base) // 2
    hours = range(first, first + 12)
    gains = (b + 200 if k in hours else b for k, b in enumerate(device.base))
    plugged = tuple(on or k in hours for k, on in enumerate(device.plugged))
    return replace(device, base=tuple(gains), plugged=plugged, carried=plugged)


def roomier(device: DeviceProblem) -> DeviceProblem:
    """Return a device that may do more in every power state."""
    states = tuple(
        StateProblem(
            state.top,
            (
                min(100, state.limits[0] + 10),
                min(100, state.limits[1] + 10),
                min(100, state.limits[2] + 10),
                state.limits[3] + 1,
            ),
        )
        for state in device.states
    )
    return replace(device, states=states)


def less_busy(device: DeviceProblem) -> DeviceProblem:
    """Return a device of which nothing else is in use."""
    return replace(device, usage=(0, 0, 0, 0))


def less_reserved(device: DeviceProblem) -> DeviceProblem:
    """Return a device with half the reserve."""
    return replace(device, reserve=max(1, device.reserve // 2))


GROWTHS: Final = (
    fuller,
    charged_more,
    plugged_longer,
    roomier,
    less_busy,
    less_reserved,
)


def grown(problem: Problem, growth: Growth, device: int) -> Problem:
    """Return a problem with more of something on one of its devices.

    Of a wanted level that can't be reached more battery asks more: those are left out.
    """
    devices = [_reached(d) for d in problem.devices]
    devices[device] = growth(devices[device])
    return replace(problem, devices=tuple(devices))


def reached(problem: Problem) -> Problem:
    """Return a problem without the wanted levels that can't be reached."""
    return replace(problem, devices=tuple(map(_reached, problem.devices)))


def _reached(device: DeviceProblem) -> DeviceProblem:
    """Return a device without the wanted levels that it can't reach."""
    free = simulate(device, {}).levels
    targets = tuple((k, level) for k, level in device.targets if free[k] >= level)
    return replace(device, targets=targets)


def joined(problem: Problem, other: Problem) -> Problem:
    """Return a problem with the device of another one, where every task may run too."""
    number, slots = len(problem.devices), problem.slots
    (device,) = other.devices
    device = replace(
        device,
        base=(device.base * 4)[:slots],
        slots=slots,
        plugged=(device.plugged * 4)[:slots],
        carried=(device.carried * 4)[:slots],
        targets=(),
    )
    tasks = tuple(
        replace(task, options=(*task.options, replace(task.options[0], device=number)))
        for task in problem.tasks
    )
    return replace(problem, devices=(*problem.devices, device), tasks=tasks)


def given_last(problem: Problem, last: Placements) -> Problem:
    """Return a problem whose tasks have places in a last plan."""
    return replace(
        problem,
        tasks=tuple(
            replace(task, kept=(last[i].option.device, last[i].start))
            if i in last
            else task
            for i, task in enumerate(problem.tasks)
        ),
    )
