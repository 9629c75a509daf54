"""The search for a good plan: several first plans, and the best of them improved."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from .anneal import improve
from .budget import Budget
from .construct import DISPATCHES, dispatch, fill, insert
from .draft import Draft
from .orders import ORDERS, traits
from .problem import MARGIN_VALUE, Placements, Problem
from .rules import Course, failures, simulate

LARGE: Final = 500
"""More tasks than this get two first plans only, as these already take their time."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan for a problem."""

    placements: Placements
    score: float
    """What it earns, 0 to 1."""

    cut_short: bool
    """Whether the clock ended the search, so that another run may differ."""

    verified: bool
    """Whether the best plan kept every rule: if not, this is the first one."""


def solve(problem: Problem, budget: Budget, seed: int = 0) -> Solution:
    """Return the best plan found that keeps every rule."""
    empty = Draft(problem)
    large = len(problem.tasks) > LARGE
    goal = at_best(empty) if budget.effort and not large else inf
    first = construct(empty, goal, budget)
    plan = improve(first, goal, budget, seed).copy()
    fill(
        plan, sorted(range(len(problem.tasks)), key=lambda t: -problem.tasks[t].weight)
    )
    verified = holds(problem, plan.placements)
    if not verified:
        plan = first
    return Solution(plan.placements, score(plan), budget.struck, verified)


def score(plan: Draft) -> float:
    """Return what a plan earns, from 0 to 1 (planning.md section 2)."""
    tasks = plan.problem.tasks
    gained = sum(
        plan.problem.gain(tasks[task], place.option, place.start)
        for task, place in plan.placements.items()
    )
    weights = sum(task.weight for task in tasks)
    return (gained + MARGIN_VALUE * plan.margin) / (weights + MARGIN_VALUE)


def at_best(empty: Draft) -> float:
    """Return what all tasks would be worth if none was in another's way."""
    total = 0.0
    for number, task in enumerate(empty.problem.tasks):
        worths = [
            empty.problem.worth(task, option, starts[0])
            for option in task.options
            if (starts := empty.alone(number, option))
        ]
        total += max(worths, default=0.0)
    return total


def construct(empty: Draft, goal: float, budget: Budget) -> Draft:
    """Return the best of several first plans, as many as there is time for."""
    plans = _first_plans(empty)
    best = next(plans)
    while best.worth < goal and not budget.late():
        plan = next(plans, None)
        if plan is None:
            break
        best = max(best, plan, key=lambda draft: draft.value)
    return best


def _first_plans(empty: Draft) -> Iterator[Draft]:
    """Yield first plans: for a large problem just the first two."""
    found = traits(empty.problem)
    large = len(found) > LARGE
    for order in list(ORDERS.values())[: 2 if large else None]:
        yield insert(empty, found, order)
    if not large:
        for rank in DISPATCHES.values():
            yield dispatch(empty, rank)


def courses(problem: Problem, placements: Placements) -> list[Course]:
    """Return how every device fares with a plan."""
    by_device: list[Placements] = [{} for _ in problem.devices]
    for task, place in placements.items():
        by_device[place.option.device][task] = place
    return [
        simulate(device, placed)
        for device, placed in zip(problem.devices, by_device, strict=True)
    ]


def holds(problem: Problem, placements: Placements) -> bool:
    """Say whether a plan keeps every rule, by an independent simulation."""
    course = dict(enumerate(courses(problem, placements)))
    return not any(failures(problem, t, placements, course) for t in placements)
