"""Draws forecasts against what then happened, as an SVG.

usage: .venv/bin/python -m bench.prediction.figure
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from custom_components.power_scheduler.core.forecast import Forecast

from ..forecast import CrossFitted
from .library import device_rows
from .model import fit
from .traces import Trace, load

ROOT: Final = Path(__file__).parents[2]
TARGET: Final = ROOT / "docs/forecast.svg"

WIDTH: Final = 300
HEIGHT: Final = 200
MARGIN: Final = 34
SPAN: Final = 12
"""Hours before and after now."""

STEP: Final = 0.25
"""Hours between two points of a forecast."""

STYLE: Final = """
text { font: 11px sans-serif; fill: #444 }
.title { font-weight: bold }
.grid { stroke: #ddd }
.now { stroke: #888; stroke-dasharray: 2 3 }
.past, .truth, .median { fill: none; stroke-width: 2 }
.past { stroke: #333 }
.truth { stroke: #d1495b; stroke-dasharray: 5 3 }
.median { stroke: #00798c }
.band { fill: #00798c; opacity: .22 }
"""


class Scene(NamedTuple):
    """One forecast to draw; chosen by the calendar, not by its outcome."""

    title: str
    device: str
    day: int
    hour: int


SCENES: Final = (
    Scene("A phone, day 10, noon", "aware1", 10, 12),
    Scene("A laptop, day 12, 15:00", "mba_a", 12, 15),
    Scene("Another phone, day 5, 20:00", "xs10", 5, 20),
)

type Point = tuple[float, float]


def line(points: Iterable[Point]) -> str:
    """Write points of hours from now and level as coordinates."""
    return " ".join(
        f"{MARGIN + (hours + SPAN) * WIDTH / 2 / SPAN:.1f},"
        f"{MARGIN + (100 - level) * HEIGHT / 100:.1f}"
        for hours, level in points
    )


def told(trace: Trace, now: float, begin: float, end: float) -> list[Point]:
    """Return what was reported within some hours around now."""
    around = [((report.at - now) / 3600, report.level) for report in trace]
    return [point for point in around if begin <= point[0] <= end]


def said(forecast: Forecast) -> list[tuple[float, float, float, float]]:
    """Return hours ahead, p10, median and p90."""
    rows = []
    for k in range(int(SPAN / STEP) + 1):
        hours = k * STEP
        if (outlook := forecast.outlook(timedelta(hours=hours), 0)) is not None:
            rows.append((hours, outlook.p10, outlook.level, outlook.p90))
    return rows


def frame(title: str) -> list[str]:
    """Draw the axes of a scene."""
    parts = [f'<text class="title" x="{MARGIN}" y="20">{title}</text>']
    for level in range(0, 101, 25):
        ends = line([(-SPAN, level), (SPAN, level)])
        y = float(ends.split(",")[-1])
        parts.append(f'<polyline class="grid" points="{ends}"/>')
        parts.append(f'<text x="4" y="{y + 4}">{level} %</text>')
    for hours in range(-SPAN, SPAN + 1, 6):
        x = float(line([(hours, 0)]).split(",")[0])
        label = "now" if hours == 0 else f"{hours:+d} h"
        parts.append(
            f'<text x="{x}" y="{MARGIN + HEIGHT + 16}" text-anchor="middle">'
            f"{label}</text>"
        )
    parts.append(f'<polyline class="now" points="{line([(0, 0), (0, 100)])}"/>')
    return parts


def draw(scene: Scene, trace: Trace, fitted: CrossFitted) -> list[str]:
    """Draw one scene."""
    midnight = trace[0].at - trace[0].at % 86400
    now = midnight + scene.day * 86400 + scene.hour * 3600
    known = trace[: bisect_right([report.at for report in trace], now)]
    forecast = fit(known, now, fitted.library(scene.device))
    if forecast is None:
        raise ValueError(f"{scene.device} tells nothing before {scene.title}")
    rows = said(forecast)
    band = [(h, low) for h, low, _, _ in rows] + [
        (h, top) for h, _, _, top in rows[::-1]
    ]
    last = (0.0, forecast.level)
    before = [*told(trace, now, -SPAN, 0), last]
    after = [last, *told(trace, now, 0, SPAN)]
    return [
        *frame(scene.title),
        f'<polygon class="band" points="{line(band)}"/>',
        f'<polyline class="past" points="{line(before)}"/>',
        f'<polyline class="median" points="{line((h, m) for h, _, m, _ in rows)}"/>',
        f'<polyline class="truth" points="{line(after)}"/>',
    ]


def main() -> None:
    """Write the figure."""
    traces = load(ROOT / "bench/traces")
    fitted = CrossFitted(device_rows(traces))
    width = WIDTH + MARGIN + 16
    parts = []
    for place, scene in enumerate(SCENES):
        drawn = "\n".join(draw(scene, traces[scene.device], fitted))
        parts.append(f'<g transform="translate({place * width} 0)">\n{drawn}\n</g>')
    size = f'viewBox="0 0 {len(SCENES) * width} {HEIGHT + 2 * MARGIN}"'
    title = "<title>Three forecasts and what then happened</title>"
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{title}'
    body = "\n".join([head, f"<style>{STYLE}</style>", paper, *parts, "</svg>"])
    TARGET.write_text(body + "\n", "utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
