"""Improvement of a plan by annealing, until its time is up or it gets no better.

A worse plan is taken on with a probability that falls with how much worse it is, and
with time. The search cools down several times over, each time from the best plan so
far: one long cooling finds the best plan less surely than a few of this length.
"""

from math import exp
from random import Random
from typing import Final

from .budget import Budget
from .draft import Draft
from .moves import Mover

ROUND: Final = 1500
"""How many moves one cooling takes."""

PATIENCE: Final = 4000
"""After how many moves without gain the search ends."""

HOT: Final = 0.25
"""How much worse a plan may be at first, as a part of the mean weight of a task."""

ENOUGH: Final = 1e-9
"""What counts as a gain."""


def improve(draft: Draft, goal: float, budget: Budget, seed: int) -> Draft:
    """Return the best plan found from a first one, which is not changed.

    Args:
        draft: The first plan.
        goal: What placements can be worth at most: there the search ends.
        budget: How long it may go on.
        seed: Two searches with the same seed and number of moves are the same.
    """
    tasks = draft.problem.tasks
    hot = HOT * sum(task.weight for task in tasks) / max(1, len(tasks))
    random = Random(seed)  # noqa: S311 - a search keeps no secret
    mover = Mover(draft, random)
    best = current = draft
    gained_at, cooling = 0, 0
    while best.worth < goal - ENOUGH and not budget.spent():
        move = budget.count()
        if move - gained_at > PATIENCE:
            break
        part = budget.progress() * budget.rounds(ROUND)
        if int(part) > cooling:
            cooling, current = int(part), best
        trial = current.copy()
        if not mover.move(trial):
            continue
        worse = current.value - trial.value
        cold = 1 - part % 1
        if worse <= 0 or random.random() < exp(-worse / (hot * cold * cold)):
            current = trial
            if trial.value > best.value + ENOUGH:
                best, gained_at = trial, move
    return best
