"""The search for a good plan: several first plans, and the best of them improved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .anneal import improve
from .bound import Bound
from .budget import Budget
from .construct import LARGE, fill, first_plans
from .course import courses
from .draft import Draft
from .problem import Placements, Problem
from .rules import failures
from .stages import stages

FEW: Final = 50
"""Up to this many tasks a search begins carefully: their first plans are good."""

type Stage = tuple[Sequence[int], Bound | None]
"""Some tasks, each with what it waits for, and what plans of them are worth at most."""

type Rehearsal = Callable[[Placements], float]
"""Returns how many seconds it will take to say what a plan like this one means."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan for a problem."""

    placements: Placements
    score: float
    """What it earns, 0 to 1."""

    cut_short: bool
    """Whether the clock ended the search, or a part of it."""

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
    every = range(len(problem.tasks))
    bound = None if len(every) > LARGE else Bound(empty, every)
    first = construct(empty, bound, budget, rehearse)
    heavy = []
    if bound is not None and not bound.reached(first) and not budget.spent():
        heavy = [(tasks, Bound(empty, tasks)) for tasks in stages(empty)]
    plan = improve_by_stages(first, [*heavy, (every, bound)], budget, seed)
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


def improve_by_stages(
    plan: Draft, stages: Sequence[Stage], budget: Budget, seed: int
) -> Draft:
    """Return the best plan found; each stage has as much time as any other.

    Once all tasks of a stage have a place, the later ones have its time. A stage that
    gains nothing leaves the next one where it began: that one is bold.
    """
    weights = [-task.weight for task in plan.problem.tasks]
    ranked = sorted(range(len(weights)), key=weights.__getitem__)
    gained = True
    for left, (tasks, bound) in zip(range(len(stages), 0, -1), stages, strict=True):
        if left > 1 and plan.placements.keys() >= set(tasks):
            continue
        first, part = plan.only(tasks), budget.part(1 / left)
        careful = gained and len(tasks) <= FEW
        found = improve(first, tasks, bound, part, seed, careful=careful)
        budget.use(part)
        if left == 1 and found is first:
            break
        filled = found.copy()
        fill(filled, ranked)
        gained = filled.value > plan.value
        if gained:
            plan = filled
    return plan


def holds(problem: Problem, placements: Placements) -> bool:
    """Say whether a plan keeps every rule, by an independent simulation."""
    course = dict(enumerate(courses(problem, placements)))
    return not any(failures(problem, t, placements, course) for t in placements)
