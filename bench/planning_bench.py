"""Scores the planning engine beside simple planners, and measures how it grows.

usage: scripts/bench planning [FOLDER]

The instances of the folder, by default those of the repository, are solved with several
budgets of CPU seconds; scheduling/README.md says what they are and how they are scored.
A folder may carry its references in the file beside it, FOLDER_reference.json.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import json
from math import log
from pathlib import Path
from statistics import fmean, linear_regression
import subprocess
import sys
from time import process_time
from typing import Any, Final

from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.construct import insert
from custom_components.power_scheduler.core.plan.draft import Draft
from custom_components.power_scheduler.core.plan.orders import ORDERS, traits
from custom_components.power_scheduler.core.plan.search import solve as search

from .planning import Instance, read, solve
from .planning_effort import EFFORTS, Spent, spend
from .planning_targets import (
    NOT_MEASURED,
    OURS,
    PRIORITY_LIST,
    Growth,
    Row,
    Run,
    ratios,
    targets,
)
from .scheduling import baselines, generate, scorer

PUBLIC: Final = Path(__file__).parent / "scheduling" / "public"
BUDGETS: Final = (0.1, 0.3, 1.0)
FRESH: Final = 500
"""How many new instances are solved to see that every plan is feasible."""

GROWTH: Final = (
    (10, 1),
    (50, 1),
    (200, 4),
    (500, 5),
    (1000, 10),
    (2000, 10),
    (5000, 20),
)
"""Tasks and devices of the growth table."""

_MET: Final = {True: "yes", False: "NO", None: "-"}

type Planner = Callable[[Instance], Mapping[str, Any]]


def run(
    planner: Planner, instances: Iterable[Instance], references: Instance
) -> list[Run]:
    """Return what a planner makes of some instances."""
    runs = []
    for instance in instances:
        parsed = scorer.Instance(instance)
        before = process_time()
        schedule = planner(instance)
        seconds = process_time() - before
        result = scorer.score(parsed, schedule)
        feasible = result["feasible"]
        if not feasible:
            result = scorer.credited(parsed, schedule)
        reference: Instance = references.get(instance["name"], {})
        runs.append(
            Run(
                instance=instance["name"],
                family=instance["family"],
                tasks=len(instance["tasks"]),
                proven=reference.get("status") == "OPTIMAL",
                score=result["score"],
                ratio=result["score"] / reference["score"] if reference else None,
                seconds=seconds,
                feasible=feasible,
            )
        )
    return runs


def planners() -> dict[str, Planner]:
    """Return all that is compared, by name."""
    simple: dict[str, Planner] = {
        "naive greedy, behind a guard": lambda i: baselines.naive(_parsed(i)),
        "first in, first out": lambda i: baselines.fifo(_parsed(i)),
        "earliest deadline": lambda i: baselines.edf(_parsed(i)),
        PRIORITY_LIST: lambda i: baselines.priority(_parsed(i)),
    }
    ours = {
        OURS.format(budget): lambda i, budget=budget: solve(i, budget)
        for budget in BUDGETS
    }
    return {**simple, **ours}


def _parsed(instance: Instance) -> Any:
    """Return an instance as the simple planners want it."""
    return scorer.Instance(instance)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    print("\n".join(f"| {' | '.join(line)} |" for line in lines), end="\n\n")


def summary(runs: Sequence[Run], chosen: Callable[[Run], bool]) -> str:
    """Write the mean and the worst ratio of some runs."""
    found = ratios(runs, chosen)
    return f"{fmean(found):.3f} / {min(found):.3f}" if found else NOT_MEASURED


def print_ratios(results: Mapping[str, list[Run]]) -> None:
    """Print ratios by number of tasks and by family, and CPU seconds."""
    print("Score / reference, mean / worst:\n")
    first = next(iter(results.values()))
    sizes = sorted({run.tasks for run in first})
    families = sorted({run.family for run in first})
    table(
        ["planner", *(f"{size} tasks" for size in sizes), "all", "infeasible", "CPU s"],
        (
            [
                name,
                *(summary(runs, lambda r: r.tasks == size) for size in sizes),  # noqa: B023
                summary(runs, lambda _: True),
                str(sum(not r.feasible for r in runs)),
                f"{max(r.seconds for r in runs):.3f}",
            ]
            for name, runs in results.items()
        ),
    )
    table(
        ["planner", *families],
        (
            [name, *(summary(runs, lambda r: r.family == f) for f in families)]  # noqa: B023
            for name, runs in results.items()
        ),
    )


def grow() -> Iterator[Growth]:
    """Yield what lists of growing length cost."""
    for tasks, devices in GROWTH:
        instance = generate.scale(1, tasks, devices)
        problem, parsed = read(instance), scorer.Instance(instance)
        order = next(iter(ORDERS.values()))
        plan, ours = timed(lambda: insert(Draft(problem), traits(problem), order))  # noqa: B023
        simple, theirs = timed(lambda: baselines.priority(parsed))  # noqa: B023
        best, seconds = timed(lambda: solve(instance, 1.0))  # noqa: B023
        theirs_score = scorer.score(parsed, simple)["score"]
        yield Growth(
            tasks=tasks,
            devices=devices,
            placed=len(plan.placements),
            ours=ours,
            theirs=theirs,
            seconds=seconds,
            score_ratio=scorer.score(parsed, best)["score"] / theirs_score,
        )


def timed[T](work: Callable[[], T]) -> tuple[T, float]:
    """Return what some work gives, and its CPU seconds."""
    before = process_time()
    done = work()
    return done, process_time() - before


def print_growth(growth: Sequence[Growth], slope: float) -> None:
    """Print what one pass over a list costs, beside a priority list."""
    print("One pass, CPU milliseconds; and the score with 1 s:\n")
    heads = ["tasks x devices", "placed", "ours", "priority list", "ours / theirs"]
    table(
        [*heads, "score / theirs"],
        (
            [
                f"{g.tasks} x {g.devices}",
                str(g.placed),
                f"{1000 * g.ours:.1f}",
                f"{1000 * g.theirs:.1f}",
                f"{g.ours / g.theirs:.2f}",
                f"{g.score_ratio:.3f}",
            ]
            for g in growth
        ),
    )
    print(f"Log-log slope of our pass: {slope:.2f}\n")


def print_spent(spent: Sequence[Spent]) -> None:
    """Print what whole answers cost, as shares of their effort."""
    print("A whole answer, CPU seconds as a share of the effort:\n")
    table(
        ["tasks x devices", "one plan, s", *(f"{effort:g} s" for effort in EFFORTS)],
        (
            [
                f"{s.tasks} x {s.devices}",
                f"{s.least:.2f}",
                *(
                    f"{seconds / effort:.2f}" if effort > s.least else "too short"
                    for effort, seconds in s.by_effort.items()
                ),
            ]
            for s in spent
        ),
    )


def fresh() -> Row:
    """Return how many plans for new instances of all families are feasible."""
    families = list(generate.FAMILIES.values())
    feasible = 0
    for seed in range(FRESH):
        family = families[seed % len(families)]
        instance = family(100_000 + seed, 5 + seed % 40, 1 + seed % 4)
        parsed = scorer.Instance(instance)
        feasible += scorer.score(parsed, solve(instance, 0.05))["feasible"]
    return f"T1: {FRESH} new instances feasible", str(feasible), feasible == FRESH


def repeated(instances: Iterable[Instance]) -> Row:
    """Return whether equal input, seed and moves give equal plans."""
    equal = all(
        search(problem, Budget(60, moves=200)) == search(problem, Budget(60, moves=200))
        for problem in map(read, instances)
    )
    return "T11: equal input, seed and moves: equal plan", str(equal), equal


def main(arguments: Sequence[str]) -> None:
    """Run the bench on a folder."""
    folder = Path(arguments[0]) if arguments else PUBLIC
    reference = folder.with_name(f"{folder.name}_reference.json")
    references = json.loads(reference.read_text()) if reference.exists() else {}
    instances = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    results = {
        name: run(planner, instances, references)
        for name, planner in planners().items()
    }
    print_ratios(results)
    growth = list(grow())
    points = [(log(g.tasks), log(g.ours)) for g in growth]
    slope = linear_regression(*zip(*points, strict=True)).slope
    print_growth(growth, slope)
    spent = list(spend())
    print_spent(spent)
    over = max(one.worst for one in spent)
    ours = (runs for name, runs in results.items() if name.startswith("ours"))
    infeasible = sum(not one.feasible for runs in ours for one in runs)
    rows = [
        ("T1: every plan of the folder feasible", f"{infeasible} not", not infeasible),
        fresh(),
        *targets(results, growth, slope),
        repeated(instances),
        (
            "design: an effort that suffices is kept within 10 %",
            f"{over:.2f}",
            over <= 1.1,
        ),
    ]
    table(
        ["target", "measured", "met"],
        ([text, value, _MET[met]] for text, value, met in rows),
    )
    sys.stdout.flush()
    script = Path(__file__).parents[1] / "scripts" / "bench"
    subprocess.run([script, "action"], check=True)  # noqa: S603 - it is our own


if __name__ == "__main__":
    main(sys.argv[1:])
