"""When tasks start, to the minute: those that stay, as in the last plan."""

from datetime import datetime

from .problem import Placements
from .verdict import Case


def starts(case: Case, placements: Placements) -> dict[int, datetime]:
    """Return when every task of a plan starts.

    The moment of the last plan may lie off the slot that stands for it: it is told if
    it is neither too early for the task nor too late for it and all that waits for it.
    """
    tasks, problem = case.posed.tasks, case.posed.problem
    order = sorted(placements, key=lambda task: placements[task].start)
    latest = _latest(case, order)
    found: dict[int, datetime] = {}
    for task in order:
        place, earliest = placements[task], tasks[task].earliest
        ends = [found[i] + tasks[i].duration for i in problem.tasks[task].after]
        last = case.last_start(task, place)
        first = max([*ends, case.snapshot.at if earliest is None else earliest])
        if last is not None and first <= last <= latest[task]:
            found[task] = last
        else:
            found[task] = max([*ends, case.moment(place.start)])
    return found


def _latest(case: Case, order: list[int]) -> dict[int, datetime]:
    """Return until when tasks, in order, may start for all to be in time.

    The moment of a task's slot is never later.
    """
    tasks, problem = case.posed.tasks, case.posed.problem
    latest = dict.fromkeys(order, case.moment(problem.slots))
    for task in reversed(order):
        end, deadline = latest[task], tasks[task].deadline
        latest[task] = min(end, deadline or end) - tasks[task].duration
        for earlier in problem.tasks[task].after:
            latest[earlier] = min(latest[earlier], latest[task])
    return latest
