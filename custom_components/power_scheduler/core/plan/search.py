"""The search for a good plan: several first plans, and the best of them improved."""

from collections.abc import Callable
from dataclasses import dataclass

from .anneal import improve
from .bound import Bound
from .budget import Budget
from .construct import LARGE, fill, first_plans
from .course import courses
from .draft import Draft
from .problem import Placements, Problem
from .rules import failures

type Rehearsal = Callable[[Placements], float]
"""Returns how many seconds it will take to say what a plan like this one means."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan for a problem."""

    placements: Placements
    score: float
    """What it earns, 0 to 1."""

    cut_short: bool
    """Whether the clock ended the search."""

    verified: bool
    """Whether the best plan kept every rule: if not, this is the first one or none."""


def solve(
    problem: Problem,
    budget: Budget,
    seed: int = 0,
    rehearse: Rehearsal | None = None,
) -> Solution:
    """Return the best plan found that keeps every rule; without one, nothing is placed.

    Args:
        problem: What is to be placed.
        budget: How long the search may take.
        seed: Two searches with the same seed and number of moves are the same.
        rehearse: What is to follow within the same budget.
    """
    empty = Draft(problem)
    large = len(problem.tasks) > LARGE
    bound = None if large else Bound(empty)
    first = construct(empty, bound, budget, rehearse)
    plan = improve(first, bound, budget, seed)
    if plan is not first:
        plan = plan.copy()
        weights = [-task.weight for task in problem.tasks]
        fill(plan, sorted(range(len(weights)), key=weights.__getitem__))
    verified = holds(problem, plan.placements)
    if not verified:
        plan = first if holds(problem, first.placements) else empty
    return Solution(plan.placements, plan.score, budget.struck, verified)


def construct(
    empty: Draft,
    bound: Bound | None,
    budget: Budget,
    rehearse: Rehearsal | None = None,
) -> Draft:
    """Return the best of several first plans, as many as there is time for.

    Without any effort it is the best of all: there is no clock to look at.
    """
    plans = first_plans(empty)
    before = budget.left()
    best = next(plans)
    left = budget.left()
    took = before - left
    if rehearse is not None and budget.effort:
        # An answer takes about as long as its plan: then not even a rehearsal fits in.
        hasty = left < 0.6 * budget.effort
        budget.keep_back(left if hasty else rehearse(best.placements))
    while not (bound and bound.reached(best)):
        if budget.effort and budget.late(took):
            break
        plan = next(plans, None)
        if plan is None:
            break
        best = max(best, plan, key=lambda draft: draft.value)
    return best


def holds(problem: Problem, placements: Placements) -> bool:
    """Say whether a plan keeps every rule, by an independent simulation."""
    course = dict(enumerate(courses(problem, placements)))
    return not any(failures(problem, t, placements, course) for t in placements)
