"""The orders in which tasks are placed, best first."""

from collections.abc import Callable

from .problem import Problem, TaskProblem

type Order = Callable[[TaskProblem], tuple[float, ...]]
"""A sort key: what it puts first is placed first."""


def by_priority(task: TaskProblem) -> tuple[float, ...]:
    """Put the most important first, of these the most urgent."""
    return (-task.weight, task.end_by)


def in_order(problem: Problem, order: Order) -> list[int]:
    """Return the tasks in an order, dependencies before their dependants."""
    ranked = sorted(range(len(problem.tasks)), key=lambda i: order(problem.tasks[i]))
    placed: dict[int, None] = {}
    for task in ranked:
        _append(problem, task, placed)
    return list(placed)


def _append(problem: Problem, task: int, placed: dict[int, None]) -> None:
    """Append a task after all that must come before it."""
    waiting = [task]
    while waiting:
        missing = [e for e in problem.tasks[waiting[-1]].after if e not in placed]
        if missing:
            waiting += missing
        else:
            placed[waiting.pop()] = None
