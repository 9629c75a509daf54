"""The best plan for all tasks of a request."""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from ..decision import Decision, DevicePlan, Outcome, Plan
from ..request import Request
from ..snapshot import Snapshot
from ..task import Task
from .answer import Answer
from .believe import believe
from .blind import free_places
from .budget import Budget
from .course import courses, lowest
from .draft import Draft
from .fates import share_fates
from .places import best
from .pose import pose
from .pretend import pretend
from .problem import Placements
from .score import MARGIN_VALUE
from .search import holds, solve
from .settle import settle, settle_followers
from .verdict import Case

REHEARSED: Final = 32
"""How many tasks, evenly spread, tell what it takes to answer for all."""

type Clock = Callable[[], float]


def optimize(request: Request, snapshot: Snapshot, clock: Clock = monotonic) -> Plan:
    """Place every task of a request where it earns most.

    Args:
        request: The tasks and their terms.
        snapshot: All batteries as of now.
        clock: Tells the seconds that the request's effort is about.

    Returns:
        A plan with one decision for each task, in the order given.
    """
    budget = Budget(request.effort, request.moves, clock)
    snapshot = pretend(request, snapshot)
    request = believe(request, snapshot)
    places = free_places(request, snapshot)
    decided, left = settle(request, snapshot, places)
    settle_followers(decided, left, snapshot.at)
    if len(left) < 2:
        # Alone, a task is not put off for the battery's sake.
        budget = Budget(0.0, request.moves, clock)
    posed = pose(request, snapshot, {task.id: task for task in left.values()})
    case = Case(request, snapshot, posed, places)
    solution = solve(
        posed.problem, budget, request.seed, lambda first: rehearse(case, first, clock)
    )
    answer = Answer(case, solution.placements)
    for number, position in enumerate(left):
        decided[position] = answer.decision(number)
    share_fates(decided, request, snapshot.at)
    course = courses(posed.problem, solution.placements)
    lows = {
        device.id: lowest(device, found.levels)
        for device, found in zip(posed.problem.devices, course, strict=True)
    }
    return Plan(
        at=snapshot.at,
        score=_score(case, decided, solution.score),
        decisions=tuple(decision for _, decision in sorted(decided.items())),
        devices={d: _device_plan(case, d, lows.get(d)) for d in request.devices},
        cut_short=solution.cut_short,
        verified=solution.verified,
    )


def _score(case: Case, decided: Mapping[int, Decision], score: float) -> float:
    """Return what is earned of all that is asked, on unknown devices as well.

    Args:
        case: What was asked.
        decided: The decisions, by position; a task wrong in itself counts for none.
        score: What the plan of known devices earns of its own tasks.
    """
    weights = {
        position: task.priority.weight
        for position, task in enumerate(case.request.tasks)
        if isinstance(task, Task)
        and all(reason.field is None for reason in decided[position].reasons)
    }
    blind = sum(
        weight
        for position, weight in weights.items()
        if decided[position].outcome is Outcome.RUN_NOW
        and decided[position].battery_before is None
    )
    planned = sum(task.weight for task in case.posed.problem.tasks) + MARGIN_VALUE
    return (score * planned + blind) / (sum(weights.values()) + MARGIN_VALUE)


def _device_plan(case: Case, name: str, low: int | None) -> DevicePlan:
    """Return what a plan does to a device, from its lowest level (0.01 %)."""
    power = case.snapshot.devices[name]
    reserve = case.request.reserve
    reserve = power.settings.reserve if reserve is None else reserve
    if low is None:
        return DevicePlan(level=power.level, state=None, reserve=reserve, lowest=None)
    device = case.posed.problem.devices[case.posed.devices.index(name)]
    level = device.level / 100
    return DevicePlan(
        level=level,
        state=power.limits.state(level, on_power=any(device.carried[:1])),
        reserve=reserve,
        lowest=low / 100,
    )


def rehearse(case: Case, placements: Placements, clock: Clock) -> float:
    """Return how many seconds all that follows a search will take.

    The plan is filled up and verified, and every task gets its answer: the whole is
    reckoned from some tasks of a first plan, as machines differ, and requests too. Of
    these the first half does not count: what they look up is known to all that follow.
    """
    problem = case.posed.problem
    begin = clock()
    holds(problem, placements)
    answer = Answer(case, placements)
    draft = Draft.holding(problem, placements)
    built = clock()
    number = len(problem.tasks)
    some = range(0, number, max(1, number // REHEARSED))
    half = len(some) // 2
    moments = [built]
    for part in (some[:half], some[half:]):
        for task in part:
            answer.decision(task)
            if task not in placements:
                best(draft, task)
        moments.append(clock())
    each = (moments[2] - moments[1]) / max(1, len(some) - half)
    return built - begin + each * number
