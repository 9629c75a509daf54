"""Which tasks without a place can't get one later either."""

from collections.abc import Container, Mapping

from ..decision import Decision, Outcome
from .grid import slots_until
from .orders import in_turn
from .verdict import Case


def hopeless(
    case: Case, placed: Container[int], blind: Mapping[int, Decision]
) -> set[int]:
    """Return the tasks without a place that can't get one later either.

    Args:
        case: What was asked.
        placed: The tasks that have a place on a known device.
        blind: What becomes of others that may run on unknown devices.
    """
    problem = case.posed.problem
    found: set[int] = set()
    for task in in_turn(problem, range(len(problem.tasks))):
        if task not in placed and (
            not found.isdisjoint(problem.tasks[task].after)
            or not (
                case.may_fit_later(task)
                or (task in blind and blind[task].outcome is not Outcome.REJECTED)
                or _may_follow(case, task, blind)
            )
        ):
            found.add(task)
    return found


def _may_follow(case: Case, task: int, blind: Mapping[int, Decision]) -> bool:
    """Say whether a task fits after what it waits for and runs on unknown devices."""
    after = case.posed.problem.tasks[task].after
    ends = [end for i in after if i in blind and (end := blind[i].end) is not None]
    release = slots_until(max(ends, default=None), case.snapshot.at)
    return bool(ends) and case.first_alone(task, release) is not None
