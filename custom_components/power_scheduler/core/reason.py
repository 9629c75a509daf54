"""Reasons: the rules that can keep a task from starting."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReasonCode(StrEnum):
    """The rules that can keep a task from starting; faults of a task come last."""

    READING_UNKNOWN = "reading_unknown"
    READING_STALE = "reading_stale"
    BATTERY_BELOW_MINIMUM = "battery_below_minimum"
    RESERVE_AT_RISK = "reserve_at_risk"
    TARGET_AT_RISK = "target_at_risk"
    POWER_REQUIRED = "power_required"
    CPU_OVER_LIMIT = "cpu_over_limit"
    MEMORY_OVER_LIMIT = "memory_over_limit"
    NETWORK_OVER_LIMIT = "network_over_limit"
    CONCURRENCY_FULL = "concurrency_full"
    BEFORE_EARLIEST = "before_earliest"
    DEADLINE_MISSED = "deadline_missed"
    WAITS_FOR_TASK = "waits_for_task"
    BEYOND_HORIZON = "beyond_horizon"
    FORECAST_UNKNOWN = "forecast_unknown"
    DISPLACED = "displaced"
    BETTER_LATER = "better_later"
    NO_DEVICE = "no_device"
    MISSING_TYPE = "missing_type"
    UNKNOWN_TYPE = "unknown_type"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_TASK = "unknown_task"
    CYCLE = "cycle"
    DEADLINE_BEFORE_EARLIEST = "deadline_before_earliest"
    CAPACITY_UNKNOWN = "capacity_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that does not hold, with what is and what it takes."""

    code: ReasonCode
    actual: float | datetime | None = None
    required: float | datetime | None = None
    unit: str | None = None
    """The unit of numbers: "%" or "tasks"; None for moments and for no numbers."""

    device: str | None = None
    """The device that the rule looked at, if it looked at one."""

    tasks: tuple[str, ...] = ()
    """The tasks that are waited for, or that took the place."""

    field: str | None = None
    """The field of the task that is wrong, for a fault."""

    value: str | None = None
    """What that field says."""

    options: tuple[str, ...] = ()
    """What it could say instead, where that is one of a few."""
