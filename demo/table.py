"""Prints a plan as a table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
import textwrap
from typing import Any, Final

HEADER: Final = ("task", "decision", "device", "start", "end", "battery", "why")
GAP: Final = 2
NARROWEST: Final = 24
"""The least number of characters that a reason is wrapped to."""


def plan_table(answer: Mapping[str, Any], now: datetime, width: int) -> str:
    """Return the answer of power_scheduler.optimize as text.

    Args:
        answer: What the action returned.
        now: The moment, in the home's time zone: today's times need no weekday.
        width: How many characters a line may have.
    """
    rows = [HEADER, *(_row(task, now) for task in answer["tasks"])]
    columns = list(zip(*rows, strict=True))[:-1]
    widths = [max(len(cell) for cell in column) for column in columns]
    indent = sum(widths) + GAP * len(widths)
    lines = [line for row in rows for line in _lines(row, widths, width - indent)]
    return "\n".join([lines[0], "-" * min(width, max(map(len, lines))), *lines[1:]])


def _row(task: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    """Return a task's cells."""
    return (
        task["id"],
        task["decision"].replace("_", " "),
        task["device"] or "-",
        _time(task.get("start"), now),
        _time(task.get("end"), now),
        _battery(task.get("battery_before"), task.get("battery_after")),
        _why(task),
    )


def _lines(row: Sequence[str], widths: Sequence[int], room: int) -> list[str]:
    """Return a row as lines: the last cell is wrapped into the room there is."""
    *cells, last = row
    padded = [f"{cell:<{w + GAP}}" for cell, w in zip(cells, widths, strict=True)]
    head = "".join(padded)
    wrapped = textwrap.wrap(last, max(room, NARROWEST))
    return [head + wrapped[0], *(" " * len(head) + more for more in wrapped[1:])]


def _why(task: Mapping[str, Any]) -> str:
    """Return the reason nearest to being satisfied, and what would help."""
    reasons = task["reasons"]
    if not reasons:
        return "-"
    more = f" ({len(reasons) - 1} more)" if len(reasons) > 1 else ""
    change = task.get("would_run_if")
    help_ = f" {change['text']}" if change else ""
    return f"{reasons[0]['text']}{more}{help_}"


def _time(told: str | None, now: datetime) -> str:
    """Return a moment as local time, with the weekday unless it is today."""
    if told is None:
        return "-"
    moment = datetime.fromisoformat(told).astimezone(now.tzinfo)
    return moment.strftime("%H:%M" if moment.date() == now.date() else "%a %H:%M")


def _battery(before: float | None, after: float | None) -> str:
    """Return the levels before and after a task."""
    if before is None or after is None:
        return "-"
    return f"{before:.0f} -> {after:.0f} %"
