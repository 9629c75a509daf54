"""Whether each task may run now, and if not, why and when."""

from dataclasses import replace

from ..decision import Decision, Outcome
from ..reason import ReasonCode
from ..request import Request
from ..snapshot import Snapshot
from ..task import Task
from .advice import Adviser
from .believe import believe
from .course import simulate
from .explain import alone, at_first, reasons
from .pose import pose
from .pretend import pretend
from .problem import Placement
from .settle import settle
from .verdict import Case


def check(request: Request, snapshot: Snapshot) -> tuple[Decision, ...]:
    """Judge each task by itself, now, on the request's only device.

    Args:
        request: The tasks and their terms, with exactly one device.
        snapshot: All batteries as of now.

    Returns:
        One decision for each task, in the order given.
    """
    snapshot = pretend(request, snapshot)
    request = believe(request, snapshot)
    decided, left = settle(request, snapshot)
    single = {
        task.id: replace(task, after=(), deferrable=task.may_wait)
        for task in left.values()
    }
    posed = pose(request, snapshot, single)
    adviser = Adviser(Case(request, snapshot, posed))
    for number, (position, task) in enumerate(left.items()):
        decided[position] = _judge(adviser, number, task)
    return tuple(decision for _, decision in sorted(decided.items()))


def _judge(adviser: Adviser, number: int, task: Task) -> Decision:
    """Return the decision on one task whose device is known."""
    case = adviser.case
    problem = case.posed.problem
    option = problem.tasks[number].options[0]
    failing = alone(problem, number, option, 0)
    at = case.snapshot.at
    if not failing and not task.after:
        now = Placement(option, 0)
        course = simulate(problem.devices[option.device], {number: now})
        return case.placed(number, now, at, course)
    place = case.first_alone(number)
    if place is None:
        first = at_first(problem, number, option)
        early = [f for f in failing if f.code is ReasonCode.BEFORE_EARLIEST]
        failing = [*first, *(failure for failure in early if failure not in first)]
    if task.after:
        may_wait = task.may_wait and (place is not None or case.may_fit_later(number))
        earliest = None
    else:
        may_wait = place is not None or case.may_fit_later(number)
        earliest = case.moment(place.start) if place is not None else None
    return Decision(
        task=task.id,
        outcome=Outcome.DEFERRED if may_wait else Outcome.REJECTED,
        device=case.posed.devices[option.device],
        reasons=tuple(
            reasons(case.posed, at, number, option.device, failing, task.after)
        ),
        earliest_start=earliest,
        would_run_if=None if task.after else adviser.cheapest(number, option, place),
        not_limited_by=case.not_limited_by(option.device),
    )
