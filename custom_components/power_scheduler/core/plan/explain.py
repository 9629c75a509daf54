"""From a problem's numbers back to moments, percentages and reasons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..reason import Reason, ReasonCode
from ..task import Task
from .course import simulate
from .grid import FULL_LEVEL, SLOT, slots_for
from .pose import Posed
from .problem import Option, Placement, Problem
from .rules import OVER_LIMIT, Failure, failures

LEVELS: Final = frozenset(
    {
        ReasonCode.BATTERY_BELOW_MINIMUM,
        ReasonCode.RESERVE_AT_RISK,
        ReasonCode.TARGET_AT_RISK,
    }
)
SHARES: Final = (
    ReasonCode.CPU_OVER_LIMIT,
    ReasonCode.MEMORY_OVER_LIMIT,
    ReasonCode.NETWORK_OVER_LIMIT,
)
_SCALES: Final = {
    **dict.fromkeys(LEVELS, FULL_LEVEL),
    **dict.fromkeys(SHARES, 100),
    ReasonCode.CONCURRENCY_FULL: 4,
    ReasonCode.BEFORE_EARLIEST: 144,
}
"""How much of each rule's own unit is the whole scale.

All levels and shares, as many tasks as the best power state allows, a day of slots.
"""

_HALF: Final = (ReasonCode.POWER_REQUIRED, ReasonCode.WAITS_FOR_TASK)


def distance(failure: Failure) -> float:
    """Return how far a rule is from being satisfied: 1 is the whole scale.

    A missing plug or task counts as half the scale. A deadline or horizon that is
    missed is out of reach, twice the scale away.
    """
    if failure.code in _HALF:
        return 0.5
    scale = _SCALES.get(failure.code)
    if scale is None or failure.actual is None or failure.required is None:
        return 2.0
    return abs(failure.required - failure.actual) / scale


def alone(problem: Problem, task: int, option: Option, start: int) -> list[Failure]:
    """Return the rules that keep a task from a start even with nothing else placed.

    What it waits for is left aside.
    """
    placements = {task: Placement(option, start)}
    course = simulate(problem.devices[option.device], placements)
    found = failures(problem, task, placements, {option.device: course})
    return [f for f in found if f.code is not ReasonCode.WAITS_FOR_TASK]


def at_first(problem: Problem, task: int, option: Option) -> list[Failure]:
    """Return the rules that keep a task from its first start, nothing else placed.

    What no power state can carry is told although nothing may be known of the device by
    then.
    """
    wanted = problem.tasks[task]
    first = 0 if wanted.between_slots else wanted.release
    found = alone(problem, task, option, first)
    best = problem.devices[option.device].states[-1].limits
    demands = zip(OVER_LIMIT, option.demand, best, strict=True)
    never = {code for code, taken, most in demands if taken > most}
    never -= {failure.code for failure in found}
    return [*found, *(f for f in alone(problem, task, option, 0) if f.code in never)]


def reasons(
    posed: Posed,
    at: datetime,
    task: int,
    device: int,
    failing: Iterable[Failure],
    after: tuple[str, ...] = (),
) -> list[Reason]:
    """Return failures as reasons, nearest to being satisfied first.

    Args:
        posed: The problem, and what its positions stand for.
        at: The moment that its slots begin.
        task: The task.
        device: The device that the rules looked at.
        failing: The rules that do not hold.
        after: Ids of tasks, if it is one more reason that these are waited for.
    """
    waits = [Failure(ReasonCode.WAITS_FOR_TASK)] if after else []
    return [
        Reason(code=failure.code, tasks=after)
        if failure in waits
        else _reason(posed, at, task, device, failure)
        for failure in sorted([*failing, *waits], key=distance)
    ]


def _reason(
    posed: Posed, at: datetime, task: int, device: int, failure: Failure
) -> Reason:
    """Return a failure as a reason, in real units."""
    code = failure.code
    if code is ReasonCode.WAITS_FOR_TASK:
        return Reason(code=code, tasks=tuple(posed.tasks[i].id for i in failure.tasks))
    name = posed.devices[device]
    if failure.actual is None or failure.required is None:
        return Reason(code=code, device=name)
    actual: float | datetime = failure.actual
    required: float | datetime | None = failure.required
    unit = None
    if code in LEVELS:
        actual, required, unit = failure.actual / 100, failure.required / 100, "%"
    elif code in SHARES:
        unit = "%"
    elif code is ReasonCode.CONCURRENCY_FULL:
        unit = "tasks"
    else:
        actual, required = _moments(posed.tasks[task], at, failure)
    return Reason(code=code, actual=actual, required=required, unit=unit, device=name)


def _moments(
    task: Task, at: datetime, failure: Failure
) -> tuple[datetime, datetime | None]:
    """Return the moments that a rule of time compares."""
    slot = failure.actual or 0
    if failure.code is ReasonCode.FORECAST_UNKNOWN:
        return at + slot * SLOT, at + (failure.required or 0) * SLOT
    if failure.code is ReasonCode.BEFORE_EARLIEST:
        return at + slot * SLOT, task.earliest
    end = at + (slot - slots_for(task.duration)) * SLOT + task.duration
    if failure.code is ReasonCode.DEADLINE_MISSED:
        return end, task.deadline
    return end, at + (failure.required or 0) * SLOT
