"""Replays battery traces and scores the forecast beside what it has to beat.

usage: scripts/bench forecast [FOLDER]

The traces of the folder, by default those of the repository, are replayed causally
(bench/prediction/protocol.py). No device is scored with its own rows of the library.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
import sys
from typing import Final

from .forecast import CrossFitted
from .prediction import baselines
from .prediction.cost import cost
from .prediction.ends import factors
from .prediction.library import device_rows
from .prediction.protocol import HORIZONS, Predictor, Predictors, Replay, replay
from .prediction.simulate import KINDS, simulate
from .prediction.targets import ORACLE, OURS, PERSISTENCE, by_horizon, targets
from .prediction.traces import Trace, load, samples

TRACES: Final = Path(__file__).parent / "traces"
SYNTHETIC_CAP: Final = 60
"""Origins of a synthetic device: its reports are many, and its days alike."""


def same(predictor: Predictor) -> Predictors:
    """Use one predictor for every device."""
    return lambda _device, _trace: predictor


def predictors() -> dict[str, Predictors]:
    """Return all that is compared, by name."""
    return {
        PERSISTENCE: same(baselines.persistence),
        "naive formula": same(baselines.naive),
        "Home Assistant's trend": same(baselines.ha_trend),
        "EWMA of the run": same(baselines.ewma),
        "damped trend": same(baselines.damped),
        OURS: CrossFitted(device_rows(load(TRACES))),
        ORACLE: baselines.oracle,
    }


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    print("\n".join(f"| {' | '.join(line)} |" for line in lines), end="\n\n")


def numbers(values: Sequence[float], digits: int) -> list[str]:
    """Write numbers with some decimals."""
    return [f"{value:.{digits}f}" for value in values]


def print_scores(results: Mapping[str, Replay]) -> None:
    """Print errors and Brier scores of all predictors."""
    ahead = [f"{h / 3600:g} h" for h in HORIZONS]
    rows = []
    for name, result in results.items():
        scores = by_horizon(result.rows)
        errors = numbers([s.error for s in scores], 2)
        rows.append([name, *errors, *numbers([s.brier for s in scores], 3)])
    heads = [f"{what} {h}" for what in ("MAE", "Brier") for h in ahead]
    table(["predictor", *heads], rows)


def print_targets(results: Mapping[str, Replay]) -> None:
    """Print the targets, which are set for 49 devices, and whether they hold."""
    rows = [
        [
            target.name,
            " ".join(numbers(target.values, 3)),
            "holds" if target.holds else "MISSED",
            f"{target.reached} of {len(target.values)}",
        ]
        for target in targets(results)
    ]
    table(["quantity", ".5 1 3 6 12 h", "must", "goal reached"], rows)


def print_band(result: Replay) -> None:
    """Print how often the truth lies below and above our band."""
    rows = []
    for state in ("battery", "charging", "full"):
        scores = by_horizon([row for row in result.rows if row.state == state])
        below = " ".join(numbers([s.below or 0 for s in scores], 2))
        above = " ".join(numbers([s.above or 0 for s in scores], 2))
        rows.append([state, " ".join(str(s.cases) for s in scores), below, above])
    table(["state", "cases", "below p10", "above p90"], rows)


def print_kinds(traces: Mapping[str, Trace]) -> None:
    """Print our error on synthetic devices, as a share of persistence's."""
    compared = {name: predictors()[name] for name in (PERSISTENCE, OURS)}
    results = replay(traces, compared, SYNTHETIC_CAP)
    rows = []
    for kind in KINDS:
        still, ours = (
            by_horizon([r for r in results[name].rows if r.device.startswith(kind)])
            for name in (PERSISTENCE, OURS)
        )
        ratios = [a.error / b.error for a, b in zip(ours, still, strict=True)]
        rows.append([kind, *numbers(ratios, 2)])
    heads = [f"{h / 3600:g} h" for h in HORIZONS]
    table(["synthetic kind: MAE / persistence", *heads], rows)


def print_ends(traces: Mapping[str, Trace]) -> None:
    """Print how far off the times to empty and to full are."""
    for plugged, (factor, cases) in factors(traces).items():
        print(
            f"time to {'full' if plugged else 'empty'}: off by a factor of "
            f"{factor:.2f} (median of {cases})\n"
        )


def print_cost(results: Mapping[str, Replay], traces: Mapping[str, Trace]) -> None:
    """Print what the forecast costs."""
    longest = max(traces.values(), key=len)
    begin = longest[-1].at - 14 * 86400
    spent = cost(list(samples(r for r in longest if r.at >= begin)))
    full = results[OURS].seconds
    print(
        f"cost: {1000 * fmean(full):.1f} ms from scratch with 5 horizons (mean; median "
        f"{1000 * median(full):.1f}), {spent.update:.2f} ms for a new sample and 5 "
        f"horizons, {spent.path:.1f} ms for a path of 144 slots, "
        f"{spent.memory / 1000:.0f} kB for 14 days"
    )


def main() -> None:
    """Run the bench."""
    traces = load(Path(sys.argv[1]) if sys.argv[1:] else TRACES)
    results = replay(traces, predictors())
    print(f"{len(traces)} real devices, {len(results[OURS].rows)} cases\n")
    print_scores(results)
    print_targets(results)
    print_band(results[OURS])
    print_ends(traces)
    print_kinds(simulate())
    print_cost(results, traces)


if __name__ == "__main__":
    main()
