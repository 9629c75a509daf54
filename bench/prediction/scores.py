"""How good predictions were; every device weighs the same."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .protocol import Row

type Floats = NDArray[np.float64]


class Score(NamedTuple):
    """The scores of one predictor at one horizon."""

    cases: int
    error: float
    """Mean absolute error, in points."""

    brier: float
    """Mean squared error of the probability."""

    calibration: float
    """Expected calibration error, over ten bins of probability."""

    coverage: float | None
    """The share of truths inside the 80 % band; None without a band."""

    below: float | None
    above: float | None
    pinball: float | None
    """Mean pinball loss of the 10, 50 and 90 % levels, in points."""


def score(rows: Sequence[Row]) -> Score:
    """Score the predictions of one horizon."""
    levels = [row for row in rows if row.truth is not None]
    weight = _weights(levels)
    truth = np.array([row.truth for row in levels], np.float64)
    said = np.array([row.said["level"] for row in levels])
    brier, calibration = _chances([row for row in rows if row.kept is not None])
    coverage = below = above = pinball = None
    if all(row.said["p10"] is not None for row in levels):
        low = np.array([row.said["p10"] for row in levels], np.float64)
        high = np.array([row.said["p90"] for row in levels], np.float64)
        below = float(weight @ (truth < low - 1e-6))
        above = float(weight @ (truth > high + 1e-6))
        coverage = 1 - below - above
        parts = ((low, 0.1), (said, 0.5), (high, 0.9))
        pinball = sum(float(weight @ _pinball(truth, *part)) for part in parts) / 3
    return Score(
        cases=len(levels),
        error=float(weight @ np.abs(truth - said)),
        brier=brier,
        calibration=calibration,
        coverage=coverage,
        below=below,
        above=above,
        pinball=pinball,
    )


def _chances(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the Brier score and the expected calibration error."""
    weight = _weights(rows)
    kept = np.array([row.kept for row in rows], np.float64)
    said = np.array([row.said["probability"] for row in rows])
    bins = np.minimum((said * 10).astype(int), 9)
    missed = weight * (said - kept)
    calibration = sum(abs(float(missed[bins == k].sum())) for k in range(10))
    return float(weight @ (said - kept) ** 2), calibration


def _weights(rows: Sequence[Row]) -> Floats:
    """Return the weight of each row: every device weighs the same."""
    count = Counter(row.device for row in rows)
    return np.array([1 / count[row.device] / len(count) for row in rows])


def _pinball(truth: Floats, level: Floats, share: float) -> Floats:
    """Return the pinball loss of a quantile."""
    over = truth - level
    return np.maximum(share * over, (share - 1) * over)
