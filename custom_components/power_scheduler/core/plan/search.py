"""The search for a good plan: several first plans, and the best of them improved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .anneal import improve
from .budget import Budget
from .construct import DISPATCHES, dispatch, insert
from .draft import Draft
from .orders import ORDERS, traits
from .problem import MARGIN_VALUE, Placements, Problem
from .rules import Course, failures, simulate

LARGE: Final = 2000
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
    first = construct(problem, budget)
    plan = improve(first, budget, seed)
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


def construct(problem: Problem, budget: Budget) -> Draft:
    """Return the best of several first plans, as many as there is time for."""
    plans = _first_plans(problem)
    best = next(plans)
    for plan in plans:
        if plan.value > best.value:
            best = plan
        if budget.effort and budget.late():
            break
    return best


def _first_plans(problem: Problem) -> Iterator[Draft]:
    """Yield first plans, in all orders or in a few."""
    empty = Draft(problem)
    found = traits(problem)
    large = len(problem.tasks) > LARGE
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
