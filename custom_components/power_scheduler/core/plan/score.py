"""The score: what a plan earns, from 0 to 1, and what each placement adds to it."""

from typing import Final

from .problem import Option, Placements, Problem, TaskProblem

DONE_SHARE: Final = 0.8
TIMING_SHARE: Final = 0.2
"""Being done in time earns 80 % of a task's weight, when it is done the rest."""

KEPT_SHARE: Final = 0.02
"""What it takes to move a task from its place in the last plan, as part of its weight.

A tenth of what timing is worth: a tenth of the room it has, to start sooner.
"""

MARGIN_VALUE: Final = 0.5
"""The plan's battery margin is worth half a low task.

That is less than to do any task, but may be more than to do one a little sooner.
"""


def gain(problem: Problem, task: TaskProblem, option: Option, start: int) -> float:
    """Return what a task adds to the score with an option and a start."""
    span = task.end_by - option.slots - task.release
    timing = 1.0 if span <= 0 else 1.0 - (start - task.release) / span
    if problem.signal is not None:
        most = max(other.drain * other.slots for other in task.options)
        share = option.drain * option.slots / most if most else 0.0
        run = problem.signal[start : start + option.slots]
        cost = share * sum(run) / option.slots
        early = problem.prefer_early
        timing = early * timing + (1 - early) * (1 - cost)
    return task.weight * (DONE_SHARE + TIMING_SHARE * timing)


def worth(problem: Problem, task: TaskProblem, option: Option, start: int) -> float:
    """Return what the search takes a start for: staying in place is worth more."""
    earned = gain(problem, task, option, start)
    if task.kept is None or task.kept != (option.device, start):
        return earned
    return earned + KEPT_SHARE * task.weight


def score(problem: Problem, placements: Placements, margin: float) -> float:
    """Return what a plan earns.

    Args:
        problem: The problem that the plan answers.
        placements: The plan.
        margin: The mean over all devices of the lowest planned level (0 to 1).
    """
    gained = sum(
        gain(problem, problem.tasks[task], place.option, place.start)
        for task, place in placements.items()
    )
    weights = sum(task.weight for task in problem.tasks)
    return (gained + MARGIN_VALUE * margin) / (weights + MARGIN_VALUE)
