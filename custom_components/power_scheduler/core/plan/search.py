"""The search for a good plan."""

from dataclasses import dataclass

from .draft import Draft
from .orders import by_priority, in_order
from .problem import MARGIN_VALUE, Placements, Problem
from .rules import Course, failures, simulate


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan for a problem."""

    placements: Placements
    value: float
    """What it earns, 0 to 1."""

    cut_short: bool = False
    """Whether the clock ended the search."""


def solve(problem: Problem) -> Solution:
    """Return a plan that keeps every rule."""
    draft = Draft(problem)
    for task in in_order(problem, by_priority):
        placement = draft.best(task)
        if placement is not None:
            draft.place(task, placement)
    weights = sum(task.weight for task in problem.tasks)
    return Solution(draft.placements, draft.value / (weights + MARGIN_VALUE))


def courses(problem: Problem, placements: Placements) -> list[Course]:
    """Return how every device fares with a plan."""
    return [
        simulate(device, {t: p for t, p in placements.items() if p.option.device == i})
        for i, device in enumerate(problem.devices)
    ]


def holds(problem: Problem, placements: Placements) -> bool:
    """Say whether a plan keeps every rule, by an independent simulation."""
    course = dict(enumerate(courses(problem, placements)))
    return not any(failures(problem, t, placements, course) for t in placements)
