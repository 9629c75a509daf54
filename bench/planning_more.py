"""How often a plan earns less than one that had less, where no last plan is given.

usage: .venv/bin/python -m bench.planning_more [PAIRS [MOVES]]    (default: 300 300)

Each problem has 2 to 25 tasks, any number as often as another, and is solved beside
the same with more of something on one device, and with one more device; what that
lowers as a mean over devices is left aside.
"""

from collections import Counter
from random import Random
import sys

from custom_components.power_scheduler.core.plan.bound import Bound
from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.problem import Problem
from custom_components.power_scheduler.core.plan.search import Solution, solve
from tests.core.plan.growth import FAMILIES, GROWTHS, grown, joined, reached

from .planning import read
from .scheduling import generate

DEVICES = 3


def drawn(random: Random, tasks: int, devices: int) -> Problem:
    """Return a problem of one of the families."""
    family = generate.FAMILIES[random.choice(FAMILIES)]
    return read(family(random.randrange(10_000), tasks, devices))


def main(pairs: int = 300, moves: int = 300) -> None:
    """Print how many pairs there are of each kind."""
    random, found, most = Random(1), Counter[str](), 0.0  # noqa: S311 - no secret

    def plan(problem: Problem) -> Solution:
        """Return a plan of so many moves."""
        return solve(problem, Budget(3600, moves))

    for _ in range(pairs):
        problem = reached(drawn(random, random.randint(2, 25), DEVICES))
        more = grown(problem, random.choice(GROWTHS), random.randrange(DEVICES))
        joint = joined(problem, drawn(random, 2, 1))
        poor, rich, wide = map(plan, (problem, more, joint))
        best = Bound(Draft(more), range(len(more.tasks))).reached(
            Draft.holding(more, rich.placements)
        )
        found["known to be the best"] += best
        found["lower with more"] += rich.score < poor.score - 1e-9
        same = Draft.holding(joint, poor.placements)
        found["lower with one more device"] += wide.score < same.score - 1e-9
        most = max(most, poor.score - rich.score)
    print(f"{pairs} pairs, {moves} moves: {dict(found)}, by {most:.3f} at most")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
