"""How a device fares with a plan, simulated slot by slot and as plainly as can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .problem import Amounts, DeviceProblem, Placement, Placements, Problem


@dataclass(frozen=True, slots=True)
class Course:
    """How a device fares with what is placed on it."""

    levels: tuple[int, ...]
    """The level (0.01 %) at every boundary."""

    loads: tuple[Amounts, ...]
    """What is in use in every slot, with and without our tasks."""


def simulate(device: DeviceProblem, placed: Mapping[int, Placement]) -> Course:
    """Follow a device, slot by slot, through all that is placed on it."""
    drains = [0] * len(device.base)
    loads = [device.usage] * len(device.base)
    for placement in placed.values():
        for k in range(placement.start, min(placement.end, len(drains))):
            drains[k] += placement.option.drain
            loads[k] = _sum(loads[k], placement.option.demand)
    levels = [device.level]
    for change, drain in zip(device.base, drains, strict=True):
        levels.append(max(0, min(device.ceiling, levels[-1] + change - drain)))
    return Course(tuple(levels), tuple(loads))


def _sum(one: Amounts, other: Amounts) -> Amounts:
    """Return what two amounts are together."""
    return (
        one[0] + other[0],
        one[1] + other[1],
        one[2] + other[2],
        one[3] + other[3],
    )


def lowest(device: DeviceProblem, levels: Sequence[int]) -> int:
    """Return the lowest planned level, up to the end of the last possible guard.

    How low a battery gets after that is no matter of a plan, but of a target alone.
    """
    return min(levels[: device.slots + device.guard + 1])


def limits(device: DeviceProblem, slot: int, level: int) -> Amounts:
    """Return what a device may use in a slot, at a level."""
    if device.carried[slot]:
        return device.states[-1].limits
    return next(s.limits for s in device.states if level <= s.top)


def courses(problem: Problem, placements: Placements) -> list[Course]:
    """Return how every device fares with a plan."""
    by_device: list[Placements] = [{} for _ in problem.devices]
    for task, place in placements.items():
        by_device[place.option.device][task] = place
    return [
        simulate(device, placed)
        for device, placed in zip(problem.devices, by_device, strict=True)
    ]
