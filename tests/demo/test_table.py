"""The plan is printed as a table that is read at one look."""

from datetime import UTC, datetime
from typing import Any

from demo.table import plan_table

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SYNC: dict[str, Any] = {
    "id": "sync",
    "decision": "run_now",
    "device": "Pixel 8",
    "start": "2026-11-22T15:00:00+00:00",
    "end": "2026-11-22T15:20:00+00:00",
    "battery_before": 80.4,
    "battery_after": 74.6,
    "reasons": [],
}
BACKUP: dict[str, Any] = {
    "id": "backup",
    "decision": "deferred",
    "device": None,
    "start": None,
    "reasons": [{"code": "reserve_at_risk", "text": "Too low."}],
}
INDEX: dict[str, Any] = {
    "id": "index",
    "decision": "scheduled",
    "device": "Laptop",
    "start": "2026-11-23T01:00:00+00:00",
    "end": "2026-11-23T02:00:00+00:00",
    "battery_before": 100,
    "battery_after": 86,
    "reasons": [{"code": "power_required", "text": "No power."}],
}


def test_a_plan_is_shown_in_aligned_columns() -> None:
    """Times of today need no weekday, and what is not told is a dash."""
    table = plan_table({"tasks": [SYNC, BACKUP, INDEX]}, NOW, 130)
    assert table.splitlines() == [
        "task    decision   device   start      end        battery      why",
        "-" * 72,
        "sync    run now    Pixel 8  15:00      15:20      80 -> 75 %   -",
        "backup  deferred   -        -          -          -            Too low.",
        "index   scheduled  Laptop   Mon 01:00  Mon 02:00  100 -> 86 %  No power.",
    ]


def test_a_long_reason_is_wrapped_under_itself() -> None:
    """A narrow terminal gets more lines, not torn columns."""
    task = BACKUP | {"reasons": [{"text": "The battery would not last. " * 3}]}
    lines = plan_table({"tasks": [task]}, NOW, 100).splitlines()
    assert len(lines) > 3
    assert all(len(line) <= 100 for line in lines)
    assert lines[2].index("The") == lines[0].index("why")


def test_of_many_reasons_the_nearest_is_told_and_what_would_help() -> None:
    """The rest is in the response; the table counts it."""
    task = BACKUP | {
        "reasons": [*BACKUP["reasons"], *INDEX["reasons"]],
        "would_run_if": {"text": "It would run when plugged in."},
    }
    table = plan_table({"tasks": [task]}, NOW, 120)
    assert "Too low. (1 more) It would run when plugged in." in table
