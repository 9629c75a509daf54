"""First plans: tasks placed one after the other, none moved again."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from .draft import Draft
from .orders import ORDERS, Order, Traits, in_turn, traits
from .places import best, soonest
from .problem import Placement, Problem, TaskProblem

LARGE: Final = 200
"""More tasks than this get the first two orders only, as these take their time."""

type Rank = Callable[[TaskProblem], tuple[float, float]]

DISPATCHES: Final[dict[str, Rank]] = {
    "priority": lambda task: (-task.weight, task.release),
    "earliest deadline": lambda task: (task.end_by, -task.weight),
}
"""What starts first of the tasks that may start in the same slot."""


def first_plans(empty: Draft) -> Iterator[Draft]:
    """Yield first plans: what is left of the last plan, and plans made from nothing."""
    found = traits(empty.problem)
    large = len(found) > LARGE
    orders = list(ORDERS.values())
    if any(task.kept for task in empty.problem.tasks):
        yield resume(empty, found, orders[0])
    for order in orders[: 2 if large else None]:
        yield insert(empty, found, order)
    if not large:
        for rank in DISPATCHES.values():
            yield dispatch(empty, rank)


def resume(empty: Draft, found: list[Traits], order: Order) -> Draft:
    """Return the last plan as far as it still holds, and the rest inserted in order."""
    draft = empty.copy()
    ranked = sorted(range(len(found)), key=lambda task: order(found[task]))
    for number in in_turn(draft.problem, ranked):
        place, ready = _kept(draft.problem, number), draft.ready(number)
        if place is not None and ready is not None and ready <= place.start:
            timeline = draft.timeline(place.option.device)
            if list(timeline.fitting(place.option, [place.start])):
                draft.place(number, place)
    fill(draft, ranked)
    return draft


def _kept(problem: Problem, task: int) -> Placement | None:
    """Return a task's place in the last plan, if it is still one that it may have."""
    wanted = problem.tasks[task]
    for option in wanted.options:
        if wanted.kept is not None and option.device == wanted.kept[0]:
            start = wanted.kept[1]
            if start <= problem.last_start(wanted, option):
                return Placement(option, start)
    return None


def insert(empty: Draft, traits: list[Traits], order: Order) -> Draft:
    """Return a plan made by giving each task, in order, the best place left."""
    draft = empty.copy()
    fill(draft, sorted(range(len(traits)), key=lambda task: order(traits[task])))
    return draft


def fill(draft: Draft, ranked: Sequence[int]) -> None:
    """Give each task without a place, in order, the best place left."""
    for task in in_turn(draft.problem, ranked):
        if task not in draft.placements:
            placement = best(draft, task)
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
        placement = soonest(draft, number, slot)
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
