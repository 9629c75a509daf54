"""The best plan for all tasks of a request."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from ..decision import Plan
from ..request import Request
from ..snapshot import Snapshot
from .answer import Answer
from .budget import Budget
from .draft import Draft
from .places import best
from .pose import pose
from .problem import Placements
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
    decided, left = settle(request, snapshot)
    settle_followers(decided, left)
    posed = pose(request, snapshot, {task.id: task for task in left.values()})
    case = Case(request, snapshot, posed)
    solution = solve(
        posed.problem, budget, request.seed, lambda first: rehearse(case, first, clock)
    )
    answer = Answer(case, solution.placements)
    for number, position in enumerate(left):
        decided[position] = answer.decision(number)
    return Plan(
        at=snapshot.at,
        score=solution.score,
        decisions=tuple(decision for _, decision in sorted(decided.items())),
        devices={device: answer.device(device) for device in request.devices},
        cut_short=solution.cut_short,
        verified=solution.verified,
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
