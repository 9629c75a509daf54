"""The orders in which tasks are placed one after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from .grid import FULL_LEVEL
from .problem import Problem

PASSED_ON: Final = 0.6
"""The part of a task's weight that the tasks it waits for share."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What the orders look at in a task."""

    weight: float
    """Its own weight, and part of the weight of what waits for it."""

    energy: float
    """What it drains altogether, as a share of a battery; on its cheapest device."""

    area: float
    """The slots it takes times the largest share it takes of a resource."""

    slack: int
    """How many slots it may be late."""

    end_by: int


type Order = Callable[[Traits], float | tuple[float, float]]

ORDERS: Final[dict[str, Order]] = {
    "priority, then deadline": lambda t: (-t.weight, t.end_by),
    "weight per energy": lambda t: -t.weight / t.energy,
    "weight per area": lambda t: -t.weight / t.area,
    "weight per energy and area": lambda t: -t.weight / sqrt(t.energy * t.area),
    "priority, then slack": lambda t: (-t.weight, t.slack),
    "weight per slack": lambda t: -t.weight / (1 + t.slack),
}
"""Sort keys: what comes first is placed first, and so gets the better place."""


def traits(problem: Problem) -> list[Traits]:
    """Return the traits of every task."""
    weights = passed_on(problem)
    found = []
    for task, weight in zip(problem.tasks, weights, strict=True):
        slots = min(option.slots for option in task.options)
        energy = min(option.drain * option.slots for option in task.options)
        share = max(task.options[0].demand[:3])
        found.append(
            Traits(
                weight=weight,
                energy=max(1, energy) / FULL_LEVEL,
                area=slots * max(1, share) / 100,
                slack=max(0, task.end_by - slots - task.release),
                end_by=task.end_by,
            )
        )
    return found


def passed_on(problem: Problem) -> list[float]:
    """Return every task's weight with what its followers pass on to it."""
    weights = [float(task.weight) for task in problem.tasks]
    for task in reversed(in_turn(problem, range(len(problem.tasks)))):
        after = problem.tasks[task].after
        for earlier in after:
            weights[earlier] += PASSED_ON * weights[task] / len(after)
    return weights


def in_turn(problem: Problem, ranked: Sequence[int]) -> list[int]:
    """Return tasks in their order, except that each comes after what it waits for."""
    tasks, listed = problem.tasks, dict[int, None]()
    for task in ranked:
        waiting = [task]
        while waiting:
            after = tasks[waiting[-1]].after
            if missing := [earlier for earlier in after if earlier not in listed]:
                waiting += missing
            else:
                listed[waiting.pop()] = None
    return list(listed)
