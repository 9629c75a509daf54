"""The rules of a plan, by name, read plainly off a simulation.

Everything that decides, explains or verifies ends here. The search uses `Timeline`,
which answers the same questions faster; a plan is only returned if these rules agree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..reason import ReasonCode
from .course import Course, limits, simulate
from .problem import DeviceProblem, Placement, Placements, Problem


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that does not hold for a placement, in the problem's own numbers."""

    code: ReasonCode
    actual: int | None = None
    """A level (0.01 %), a share (%), a number of tasks or a slot."""

    required: int | None = None
    tasks: tuple[int, ...] = ()
    """The tasks that are waited for."""


def failures(
    problem: Problem, task: int, placements: Placements, courses: Mapping[int, Course]
) -> list[Failure]:
    """Return every rule that does not hold for one task of a plan.

    Args:
        problem: The problem that the plan answers.
        task: A task that is placed.
        placements: The whole plan, this task included.
        courses: The courses of the devices that the plan leads to.
    """
    placement = placements[task]
    device = problem.devices[placement.option.device]
    course = courses[placement.option.device]
    found = [*_time(problem, task, placement), *_order(problem, task, placements)]
    if placement.start >= len(device.base):
        return found
    return [
        *found,
        *_power(device, placement, course),
        *_limits(device, placement, course),
        *_targets(device, placement, course),
    ]


def _time(problem: Problem, task: int, placement: Placement) -> Iterator[Failure]:
    """Release, deadline and horizon."""
    wanted = problem.tasks[task]
    device = problem.devices[placement.option.device]
    if placement.start < wanted.release:
        yield Failure(ReasonCode.BEFORE_EARLIEST, placement.start, wanted.release)
    late = placement.start > wanted.release and not wanted.deferrable
    end = max(placement.start, wanted.release) + placement.option.slots
    may_be_later = wanted.between_slots and placement.start < wanted.release
    missed = end > wanted.end_by and not (wanted.may_end_later or may_be_later)
    if late or missed:
        yield Failure(ReasonCode.DEADLINE_MISSED, end, wanted.end_by)
    elif placement.end > problem.slots:
        yield Failure(ReasonCode.BEYOND_HORIZON, placement.end, problem.slots)
    elif placement.end > device.slots:
        until = placement.end + device.guard
        yield Failure(ReasonCode.FORECAST_UNKNOWN, len(device.base), until)


def _order(
    problem: Problem, task: int, placements: Mapping[int, Placement]
) -> Iterator[Failure]:
    """Tasks that come first are placed and have ended."""
    start = placements[task].start
    waits_for = tuple(
        other
        for other in problem.tasks[task].after
        if other not in placements or placements[other].end > start
    )
    if waits_for:
        yield Failure(ReasonCode.WAITS_FOR_TASK, tasks=waits_for)


def _power(
    device: DeviceProblem, placement: Placement, course: Course
) -> Iterator[Failure]:
    """Minimum level, external power and reserve."""
    option, start = placement.option, placement.start
    plugged = device.plugged[start : placement.end]
    level = course.levels[start]
    if level < option.min_battery and not plugged[0]:
        yield Failure(ReasonCode.BATTERY_BELOW_MINIMUM, level, option.min_battery)
    if option.requires_power and not all(plugged):
        yield Failure(ReasonCode.POWER_REQUIRED)
    lowest = min(course.levels[start + 1 : placement.end + device.guard + 1])
    if lowest < device.reserve:
        yield Failure(ReasonCode.RESERVE_AT_RISK, lowest, device.reserve)


OVER_LIMIT = (
    ReasonCode.CPU_OVER_LIMIT,
    ReasonCode.MEMORY_OVER_LIMIT,
    ReasonCode.NETWORK_OVER_LIMIT,
    ReasonCode.CONCURRENCY_FULL,
)


def _limits(
    device: DeviceProblem, placement: Placement, course: Course
) -> Iterator[Failure]:
    """Limits of the power state of every slot."""
    run = range(placement.start, min(placement.end, len(device.base)))
    allowed = [limits(device, k, course.levels[k]) for k in run]
    for i, code in enumerate(OVER_LIMIT):
        worst = max(
            ((course.loads[k][i], allowed[j][i]) for j, k in enumerate(run)),
            key=lambda pair: pair[0] - pair[1],
        )
        if worst[0] > worst[1]:
            yield Failure(code, *worst)


def _targets(
    device: DeviceProblem, placement: Placement, course: Course
) -> Iterator[Failure]:
    """No task is what breaks a target, or may be after all that is known."""
    if not device.targets:
        return
    free, known = simulate(device, {}).levels, len(device.base)
    asked = [
        (course.levels[boundary], min(level, free[boundary]))
        for boundary, level in device.targets
        if boundary <= known
    ]
    worst = min(asked, key=lambda pair: pair[0] - pair[1], default=(0, 0))
    if worst[0] < worst[1]:
        yield Failure(ReasonCode.TARGET_AT_RISK, *worst)
    last = max(boundary for boundary, _ in device.targets)
    risky = known < last and course.levels[known] < free[known]
    if risky and placement.end <= device.slots:
        yield Failure(ReasonCode.FORECAST_UNKNOWN, known, last)
