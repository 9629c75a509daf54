"""Draws one plan as a Gantt chart over the battery curve, as an SVG.

usage: .venv/bin/python -m bench.planning_figure
"""

from collections.abc import Iterable, Sequence
import json
from pathlib import Path
from typing import Final

from custom_components.power_scheduler.core.plan.budget import Budget
from custom_components.power_scheduler.core.plan.course import simulate
from custom_components.power_scheduler.core.plan.problem import Placement, Problem
from custom_components.power_scheduler.core.plan.search import solve

from .planning import read

ROOT: Final = Path(__file__).parents[1]
INSTANCE: Final = ROOT / "bench/scheduling/public/phone_overnight-10x1-1000.json"
TARGET: Final = ROOT / "docs/planning.svg"
FIRST_HOUR: Final = 20
SLOTS_PER_HOUR: Final = 6

WIDTH: Final = 780
LEFT: Final = 90
RIGHT: Final = 30
CURVE: Final = 180
"""The height of 0 to 100 %."""

TOP: Final = 30
LANE: Final = 20
COLOURS: Final = {64: "#d1495b", 16: "#edae49", 4: "#00798c", 1: "#8d96a3"}
PRIORITIES: Final = {64: "critical", 16: "high", 4: "normal", 1: "low"}
STYLE: Final = """
text { font: 11px sans-serif; fill: #444 }
.end { text-anchor: end }
.grid { stroke: #ddd }
.reserve, .target { stroke: #d1495b; stroke-dasharray: 4 3; fill: none }
.plugged { fill: #00798c; opacity: .12 }
.alone, .planned { fill: none; stroke-width: 2 }
.alone { stroke: #aaa; stroke-dasharray: 4 3 }
.planned { stroke: #333 }
.window { stroke: #bbb }
"""


class Chart:
    """Where slots and levels lie on the picture."""

    def __init__(self, slots: int) -> None:
        """Fit all slots into the width."""
        self._step = (WIDTH - LEFT - RIGHT) / slots

    def x(self, slot: float) -> float:
        """Return where a boundary lies."""
        return round(LEFT + slot * self._step, 1)

    def y(self, level: float) -> float:
        """Return where a level (0.01 %) lies."""
        return round(TOP + CURVE * (1 - level / 10_000), 1)

    def curve(self, levels: Sequence[int], kind: str) -> str:
        """Draw levels as a line."""
        points = " ".join(f"{self.x(k)},{self.y(b)}" for k, b in enumerate(levels))
        return f'<polyline class="{kind}" points="{points}"/>'

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
        """Draw a straight line."""
        return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'

    def text(self, x: float, y: float, words: str, kind: str = "") -> str:
        """Write some words."""
        return f'<text class="{kind}" x="{x}" y="{y}">{words}</text>'

    def box(self, first: int, end: int, y: float, height: float, look: str) -> str:
        """Draw a box over some slots."""
        x, width = self.x(first), round(self.x(end) - self.x(first), 1)
        return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {look}/>'


def battery(problem: Problem, placed: dict[int, Placement]) -> Iterable[str]:
    """Draw the level with and without tasks, and what limits it."""
    (device,) = problem.devices
    chart = Chart(problem.slots)
    bottom = chart.y(0)
    for slot, plugged in enumerate(device.plugged):
        if plugged:
            yield chart.box(slot, slot + 1, TOP, CURVE, 'class="plugged"')
    for level in (0, 5_000, 10_000):
        y = chart.y(level)
        yield chart.line(LEFT, y, WIDTH - RIGHT, y, "grid")
        yield chart.text(LEFT - 6, y + 4, f"{level // 100} %", "end")
    for slot in range(0, problem.slots + 1, 2 * SLOTS_PER_HOUR):
        hour = (FIRST_HOUR + slot // SLOTS_PER_HOUR) % 24
        yield chart.text(chart.x(slot) - 14, bottom + 14, f"{hour:02}:00")
    reserve = chart.y(device.reserve)
    yield chart.line(LEFT, reserve, WIDTH - RIGHT, reserve, "reserve")
    yield chart.text(LEFT + 4, reserve - 4, "reserve")
    for boundary, level in device.targets:
        x, y = chart.x(boundary), chart.y(level)
        yield f'<circle class="target" cx="{x}" cy="{y}" r="4"/>'
        yield chart.text(x + 7, y + 14, "target")
    yield chart.curve(simulate(device, {}).levels, "alone")
    yield chart.curve(simulate(device, placed).levels, "planned")


def tasks(problem: Problem, placed: dict[int, Placement]) -> Iterable[str]:
    """Draw when each task may run, and when it does."""
    chart = Chart(problem.slots)
    ranked = sorted(
        range(len(problem.tasks)),
        key=lambda t: placed[t].start if t in placed else problem.slots,
    )
    for lane, number in enumerate(ranked):
        task = problem.tasks[number]
        y = TOP + CURVE + 28 + LANE * lane
        look = f'fill="{COLOURS[task.weight]}" rx="2"'
        middle = y + LANE / 2
        first, end = chart.x(task.release), chart.x(task.end_by)
        yield chart.text(LEFT - 6, middle + 4, PRIORITIES[task.weight], "end")
        yield chart.line(first, middle, end, middle, "window")
        if number in placed:
            place = placed[number]
            yield chart.box(place.start, place.end, y + 3, LANE - 6, look)
        else:
            yield chart.text(first + 4, middle - 2, "no place")


def main() -> None:
    """Write the picture."""
    problem = read(json.loads(INSTANCE.read_text()))
    placed = solve(problem, Budget(60, moves=2000)).placements
    height = TOP + CURVE + 40 + LANE * len(problem.tasks)
    parts = [*battery(problem, placed), *tasks(problem, placed)]
    TARGET.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">\n'
        f"<style>{STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    main()
