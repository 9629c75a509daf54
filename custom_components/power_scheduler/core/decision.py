"""Decisions on tasks, each with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .limits import PowerState
from .reason import Reason


class Outcome(StrEnum):
    """What becomes of a task."""

    RUN_NOW = "run_now"
    SCHEDULED = "scheduled"
    DEFERRED = "deferred"
    REJECTED = "rejected"


class ChangeKind(StrEnum):
    """The single changes that can let a task run."""

    PLUG_IN = "plug_in"
    LOWER_MINIMUM = "lower_minimum"
    LOWER_RESERVE = "lower_reserve"
    WAIT = "wait"
    FEWER_TASKS = "fewer_tasks"
    LESS_CPU = "less_cpu"
    LESS_MEMORY = "less_memory"
    LESS_NETWORK = "less_network"


@dataclass(frozen=True, slots=True)
class Change:
    """The cheapest single change that would let a task run."""

    kind: ChangeKind
    amount: float | None = None
    unit: str | None = None
    """"%" (points), "min" or "tasks"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one task, and why."""

    task: str
    outcome: Outcome
    device: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    battery_before: float | None = None
    """The expected level (%) at the start."""

    battery_after: float | None = None
    """The expected level (%) at the end."""

    probability: float | None = None
    """How likely the reserve holds through the task and its guard (0 to 1)."""

    reasons: tuple[Reason, ...] = ()
    """Every rule that keeps it from running now, nearest to being satisfied first."""

    earliest_start: datetime | None = None
    would_run_if: Change | None = None
    not_limited_by: tuple[str, ...] = ()
    """Resources that the device does not tell of, and that so limit nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlan:
    """What a plan does to one device."""

    level: float | None
    state: PowerState | None
    reserve: float
    lowest: float | None
    """The lowest planned level (%)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Decisions on all tasks of a request, in the order given."""

    at: datetime
    score: float
    """How good the plan is, 0 to 1."""

    decisions: tuple[Decision, ...]
    devices: Mapping[str, DevicePlan]
    cut_short: bool
    """Whether the clock ended the search."""

    verified: bool = True
    """Whether the best plan kept every rule: if not, this is the first one or none."""
