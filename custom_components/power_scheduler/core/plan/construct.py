"""First plans: tasks placed one after the other, none moved again."""

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from .draft import Draft
from .orders import Order, Traits, in_turn
from .problem import Placement, TaskProblem

type Rank = Callable[[TaskProblem], tuple[float, float]]

DISPATCHES: Final[dict[str, Rank]] = {
    "priority": lambda task: (-task.weight, task.release),
    "earliest deadline": lambda task: (task.end_by, -task.weight),
}
"""What starts first of the tasks that may start in the same slot."""


def insert(empty: Draft, traits: list[Traits], order: Order) -> Draft:
    """Return a plan made by giving each task, in order, the best place left."""
    draft = empty.copy()
    fill(draft, sorted(range(len(traits)), key=lambda task: order(traits[task])))
    return draft


def fill(draft: Draft, ranked: Sequence[int]) -> None:
    """Give each task without a place, in order, the best place left."""
    for task in in_turn(draft.problem, ranked):
        if task not in draft.placements:
            placement = draft.best(task)
            if placement is not None:
                draft.place(task, placement)


def dispatch(empty: Draft, rank: Rank) -> Draft:
    """Return a plan made slot by slot, as a simple scheduler would make it.

    In each slot every task starts that may, in order of rank, on the device that
    ends it first. Placing a task never makes another start possible, so a task
    needs to be looked at again only when the earliest start it last had is due.
    """
    draft = empty.copy()
    tasks = draft.problem.tasks
    due = [
        (task.release, rank(task), number)
        for number, task in enumerate(tasks)
        if not task.after
    ]
    heapify(due)
    while due:
        slot, ranked, number = heappop(due)
        placement = _soonest(draft, number, slot)
        if placement is None:
            continue
        if placement.start > slot:
            heappush(due, (placement.start, ranked, number))
            continue
        draft.place(number, placement)
        for follower in draft.following(number):
            if (ready := draft.ready(follower)) is not None:
                heappush(due, (ready, rank(tasks[follower]), follower))
    return draft


def _soonest(draft: Draft, number: int, first: int) -> Placement | None:
    """Return the earliest place of a task: of equal ones the first to end."""
    task = draft.problem.tasks[number]
    places = [
        Placement(option, start)
        for option in task.options
        if (start := draft.first_start(number, option, first)) is not None
    ]
    return min(
        places,
        key=lambda p: (p.start, p.end, p.option.drain * p.option.slots),
        default=None,
    )
