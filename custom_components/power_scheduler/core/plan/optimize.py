"""The best plan for all tasks of a request."""

from typing import Final

from ..decision import Plan
from ..request import Request
from ..snapshot import Snapshot
from .answer import Answer
from .budget import Budget
from .pose import pose
from .search import solve
from .settle import settle, settle_followers
from .verdict import Case

EXPLAINED: Final = 0.0003
"""Seconds kept back for each task, to say what became of it and why."""


def optimize(request: Request, snapshot: Snapshot) -> Plan:
    """Place every task of a request where it earns most.

    Args:
        request: The tasks and their terms.
        snapshot: All batteries as of now.

    Returns:
        A plan with one decision for each task, in the order given.
    """
    explaining = EXPLAINED * len(request.tasks)
    budget = Budget(max(0, request.effort - explaining), request.moves)
    decided, left = settle(request, snapshot)
    settle_followers(decided, left)
    posed = pose(request, snapshot, {task.id: task for task in left.values()})
    solution = solve(posed.problem, budget, request.seed)
    answer = Answer(Case(request, snapshot, posed), solution)
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
