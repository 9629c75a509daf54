"""Improvement of a plan by annealing, until its time is up or it gets no better.

A worse plan is taken on with a probability that falls with how much worse it is, and
with time. The search cools down several times over, each time from the best plan so
far: one long cooling finds the best plan less surely than a few of this length.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import exp
from random import Random
from typing import Final

from .bound import ENOUGH, Bound
from .budget import Budget
from .draft import Draft
from .moves import Mover

ROUND: Final = 1500
ROUND_PER_TASK: Final = 20
"""How many moves one cooling takes: as many per task, and no fewer than this."""

PATIENCE: Final = 3
"""After how many coolings without gain the search ends."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """How bold the search is while it cools down once."""

    hot: float
    """How much worse a plan may be at first, as a part of the mean weight of a task."""

    drawn: int
    """Of how many tasks without a place the heaviest is forced in."""


BOLD: Final = Cooling(hot=0.4, drawn=4)
CAREFUL: Final = Cooling(hot=0.25, drawn=1)


def improve(
    draft: Draft,
    tasks: Collection[int],
    bound: Bound | None,
    budget: Budget,
    seed: int,
    *,
    careful: bool,
) -> Draft:
    """Return the best plan found from a first one, which is not changed.

    Args:
        draft: The first plan.
        tasks: What it may hold, each with what it waits for.
        bound: What plans can be worth at most: there the search ends.
        budget: How long it may go on.
        seed: Two searches with the same seed and number of moves are the same.
        careful: Whether the first cooling is; all others are bold.
    """
    wanted = draft.problem.tasks
    mean = sum(wanted[task].weight for task in tasks) / max(1, len(tasks))
    length = max(ROUND, ROUND_PER_TASK * len(tasks))
    random = Random(seed)  # noqa: S311 - a search keeps no secret
    mover = Mover(draft, tasks, random)
    best = current = draft
    gained_at, coolings = 0, 0
    now = CAREFUL if careful else BOLD
    done = bound is not None and bound.reached(best)
    while not done and not budget.spent():
        move = budget.count()
        if move - gained_at > PATIENCE * length:
            break
        part = budget.progress() * budget.rounds(length)
        if int(part) > coolings:
            coolings, current, now = int(part), best, BOLD
        trial = current.copy()
        if not mover.move(trial, now.drawn):
            continue
        worse = current.value - trial.value
        heat = now.hot * mean * (1 - part % 1) ** 2
        if worse <= 0 or random.random() < exp(-worse / heat):
            current = trial
            if trial.value > best.value + ENOUGH:
                best, gained_at = trial, move
                done = bound is not None and bound.reached(best)
    return best
