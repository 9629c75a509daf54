"""What the forecast has to reach, and what it should."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .protocol import HORIZONS, Replay, Row
from .scores import Score, score

OURS: Final = "analog ensemble"
PERSISTENCE: Final = "persistence"
DAMPED: Final = "damped trend"
ORACLE: Final = "charging times known"
FIRST: Final = 86400.0

BOUNDS: Final = {
    "MAE / persistence": (
        (0.80, 0.81, 0.88, 0.89, 0.82),
        (0.75, 0.76, 0.82, 0.82, 0.76),
    ),
    "MAE / best baseline": (
        (1.0, 1.0, 0.92, 0.87, 0.87),
        (0.90, 0.89, 0.86, 0.80, 0.74),
    ),
    "Brier / persistence": (
        (0.64, 0.62, 0.62, 0.56, 0.48),
        (0.56, 0.54, 0.54, 0.48, 0.40),
    ),
    "Brier / damped": ((1.03, 1.03, 1.03, 0.95, 0.95), (0.95, 0.95, 0.95, 0.80, 0.80)),
    "pinball / damped": ((0.86, 0.86, 0.80, 0.80, 0.80), (0.75,) * 5),
    "calibration error": (
        (0.03, 0.05, 0.09, 0.10, 0.12),
        (0.02, 0.03, 0.05, 0.07, 0.09),
    ),
}
"""What each value must not exceed, and should not, horizon by horizon."""

COVERED: Final = {
    "all": (0.75, 0.88),
    "battery": (0.72, 0.90),
    "charging": (0.72, 0.90),
}
"""Between what shares of truths the 80 % band must cover, by state."""

COVERED_GOAL: Final = (0.78, 0.84)
FIRST_DAY: Final = (0.92, 0.84)
"""MAE / persistence at 3 h in a device's first 24 hours: must and goal."""


class Target(NamedTuple):
    """One quantity at some horizons."""

    name: str
    values: Sequence[float]
    holds: bool
    reached: int
    """At how many horizons the goal is reached."""


def by_horizon(rows: Sequence[Row]) -> list[Score]:
    """Return the scores of one predictor, horizon by horizon."""
    return [score([row for row in rows if row.horizon == h]) for h in HORIZONS]


def targets(results: Mapping[str, Replay]) -> list[Target]:
    """Return all targets of one run."""
    scores = {name: by_horizon(result.rows) for name, result in results.items()}
    ours, still, damped = scores[OURS], scores[PERSISTENCE], scores[DAMPED]
    others = [s for name, s in scores.items() if name not in {OURS, ORACLE}]
    best = [
        min(score.error for score in column) for column in zip(*others, strict=True)
    ]
    values = {
        "MAE / persistence": _ratios("error", ours, still),
        "MAE / best baseline": [s.error / b for s, b in zip(ours, best, strict=True)],
        "Brier / persistence": _ratios("brier", ours, still),
        "Brier / damped": _ratios("brier", ours, damped),
        "pinball / damped": _ratios("pinball", ours, damped),
        "calibration error": [s.calibration for s in ours],
    }
    return [
        *(_below(name, found, *BOUNDS[name]) for name, found in values.items()),
        _first_day(results),
        *(_covered(results[OURS].rows, state) for state in COVERED),
    ]


def _ratios(field: str, ours: Sequence[Score], theirs: Sequence[Score]) -> list[float]:
    """Return one field of our scores as a share of another predictor's."""
    pairs = zip(ours, theirs, strict=True)
    return [getattr(a, field) / getattr(b, field) for a, b in pairs]


def _below(
    name: str, values: Sequence[float], must: Sequence[float], goal: Sequence[float]
) -> Target:
    """Return a target that is better the lower it lies."""
    holds = all(value <= bound for value, bound in zip(values, must, strict=True))
    reached = sum(value <= bound for value, bound in zip(values, goal, strict=True))
    return Target(name, values, holds, reached)


def _first_day(results: Mapping[str, Replay]) -> Target:
    """Return the error at 3 h in the first 24 hours of each device."""
    ours, still = (
        score([r for r in results[name].rows if r.seen < FIRST and r.horizon == 10800])
        for name in (OURS, PERSISTENCE)
    )
    must, goal = FIRST_DAY
    values = [ours.error / still.error]
    return _below("MAE / persistence at 3 h, first 24 h", values, [must], [goal])


def _covered(rows: Sequence[Row], state: str) -> Target:
    """Return the share of truths that the 80 % band covers, in one state or all."""
    scores = by_horizon([row for row in rows if state in {"all", row.state}])
    values = [s.coverage for s in scores if s.coverage is not None]
    low, high = COVERED[state]
    least, most = COVERED_GOAL
    return Target(
        f"coverage, {state}",
        values,
        holds=all(low <= value <= high for value in values),
        reached=sum(least <= value <= most for value in values),
    )
