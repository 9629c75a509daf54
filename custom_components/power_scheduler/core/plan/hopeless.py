"""Which tasks without a place can't get one later either."""

from collections.abc import Mapping

from ..decision import Decision, Outcome
from .grid import slots_until
from .orders import in_turn
from .problem import Placements
from .verdict import Case


def hopeless(case: Case, placed: Placements, blind: Mapping[int, Decision]) -> set[int]:
    """Return the tasks without a place that can't get one later either.

    What waits for them is not among them for that reason alone.

    Args:
        case: What was asked.
        placed: The places of tasks on known devices.
        blind: What becomes of others that may run on unknown devices.
    """
    problem = case.posed.problem
    ends = {task: place.end for task, place in placed.items()}
    found: set[int] = set()
    for task in in_turn(problem, range(len(problem.tasks))):
        if task in placed:
            continue
        wanted, unread = problem.tasks[task], blind.get(task)
        may_be_read = unread is not None and unread.outcome is not Outcome.REJECTED
        may_be_placed = may_be_read or case.may_fit_later(task)
        if unread is not None and unread.end is not None:
            ends[task] = slots_until(unread.end, case.snapshot.at)
        elif ends.keys() >= set(wanted.after):
            first = max((ends[i] for i in wanted.after), default=0)
            if may_be_read or (may_be_placed and wanted.between_slots):
                ends[task] = max(first, wanted.release) + wanted.options[0].slots
            elif not placed.keys() >= set(wanted.after):
                # It was not planned, but may follow what runs on unknown devices.
                place = case.first_alone(task, first)
                if place is not None:
                    ends[task] = place.end
        if task not in ends and not may_be_placed:
            found.add(task)
    return found
