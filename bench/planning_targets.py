"""The targets of the planning engine, and whether a run of the bench meets them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

OURS: Final = "ours, {:g} s"
PRIORITY_LIST: Final = "priority list"


@dataclass(frozen=True, slots=True)
class Run:
    """One plan, scored."""

    instance: str
    family: str
    tasks: int
    proven: bool
    """Whether the reference is proven to be the best possible score."""

    score: float
    ratio: float | None
    """The score as a share of the reference; None without one."""

    seconds: float
    feasible: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """What a list of some length costs, in CPU seconds, and what it scores."""

    tasks: int
    devices: int
    placed: int
    ours: float
    theirs: float
    """One pass of the priority list."""

    seconds: float
    """All of our search with a budget of 1 s."""

    score_ratio: float
    """Our score with that budget as a share of the priority list's."""


type Results = Mapping[str, Sequence[Run]]
type Row = tuple[str, str, bool | None]
"""A target, what was measured, and whether that meets it; None if nothing was."""

NOT_MEASURED: Final = "not measured"


def targets(results: Results, growth: Sequence[Growth], slope: float) -> list[Row]:
    """Return all targets that scores and times decide."""
    return [
        _quality(results, "T2", 0.1, 0.980, 0.90),
        _quality(results, "T3", 0.3, 0.990, 0.95),
        _quality(results, "T4", 1.0, 0.993, 0.96),
        _mean(results, "T4, proven", lambda r: r.proven and r.tasks <= 50, 0.999),
        _mean(results, "T5, 200 tasks", lambda r: r.tasks == 200, 0.985),
        _never_below(results),
        _above_priority_list(results),
        *_one_pass(growth),
        ("T9: growth of one pass <= 1.1", f"{slope:.2f}", slope <= 1.1),
        *_long_list(growth),
    ]


def _quality(
    results: Results, name: str, budget: float, mean: float, worst: float
) -> Row:
    """Return a target for lists of up to 50 tasks."""
    text = f"{name}: <= 50 tasks, {budget:g} s: mean >= {mean}, worst >= {worst}"
    found = ratios(results[OURS.format(budget)], lambda r: r.tasks <= 50)
    if not found:
        return text, NOT_MEASURED, None
    measured = f"{fmean(found):.4f}, {min(found):.4f}"
    return text, measured, fmean(found) >= mean and min(found) >= worst


def _mean(
    results: Results, name: str, chosen: Callable[[Run], bool], least: float
) -> Row:
    """Return a target for the mean of some instances with 1 s."""
    text = f"{name}, 1 s: mean >= {least}"
    found = ratios(results[OURS.format(1)], chosen)
    if not found:
        return text, NOT_MEASURED, None
    return text, f"{fmean(found):.4f}", fmean(found) >= least


def ratios(runs: Sequence[Run], chosen: Callable[[Run], bool]) -> list[float]:
    """Return the ratios of some runs, as far as there are references."""
    return [run.ratio for run in runs if chosen(run) and run.ratio is not None]


def _never_below(results: Results) -> Row:
    """Return whether each plan is at least as good as that of any simple planner."""
    best: dict[str, float] = {}
    for name, runs in results.items():
        if not name.startswith("ours"):
            for run in runs:
                best[run.instance] = max(run.score, best.get(run.instance, 0.0))
    least = min(
        run.score / best[run.instance]
        for name, runs in results.items()
        if name.startswith("ours")
        for run in runs
    )
    text = "T6: never below the best simple planner"
    return text, f"least ratio {least:.4f}", least >= 1 - 1e-9


def _above_priority_list(results: Results) -> Row:
    """Return how far the plans are above the priority list on average."""
    simple = {run.instance: run.score for run in results[PRIORITY_LIST]}
    runs = results[OURS.format(0.1)]
    mean = fmean(run.score / simple[run.instance] for run in runs)
    text = "T7: mean >= 1.30 x the priority list, at 0.1 s"
    return text, f"{mean:.3f}", mean >= 1.3


def _one_pass(growth: Sequence[Growth]) -> list[Row]:
    """Return what one pass costs on long lists."""
    limits = {(1000, 10): 0.5, (5000, 20): 0.3}
    return [
        (
            f"T8: one pass, {g.tasks} x {g.devices}: <= {limit} x the priority list",
            f"{g.ours / g.theirs:.2f}",
            g.ours / g.theirs <= limit,
        )
        for g in growth
        if (limit := limits.get((g.tasks, g.devices))) is not None
    ]


def _long_list(growth: Sequence[Growth]) -> list[Row]:
    """Return how a long list fares with 1 s."""
    return [
        (
            "T10: 1000 x 10, 1 s: within 1.1 s, >= 1.05 x the priority list",
            f"{g.seconds:.2f} s, {g.score_ratio:.3f}",
            g.seconds <= 1.1 and g.score_ratio >= 1.05,
        )
        for g in growth
        if (g.tasks, g.devices) == (1000, 10)
    ]
