"""Tasks: what callers want run, and the profiles that fill in what they leave out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .reason import Reason


class Priority(StrEnum):
    """How much a task matters; one counts as four of the next lower level."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def weight(self) -> int:
        """The value of a task of this priority."""
        return _WEIGHTS[self]


_WEIGHTS: Final = {
    Priority.CRITICAL: 64,
    Priority.HIGH: 16,
    Priority.NORMAL: 4,
    Priority.LOW: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a task takes of its device while it runs, each as a share (0 to 1)."""

    cpu: float = 0.0
    memory: float = 0.0
    network: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProfile:
    """What tasks of one type have in common."""

    min_battery: float
    """The level (%) that a start needs, unless the device is plugged."""

    demand: Demand
    deferrable: bool
    """Whether a task may start later than asked."""

    drain: float
    """What a task costs, in %/h of its device's battery."""


PROFILES: Final[Mapping[str, TaskProfile]] = MappingProxyType(
    {
        "backup": TaskProfile(
            min_battery=30,
            demand=Demand(cpu=0.25, memory=0.15, network=0.35),
            deferrable=True,
            drain=17,
        ),
        "sync": TaskProfile(
            min_battery=20,
            demand=Demand(cpu=0.15, memory=0.10, network=0.40),
            deferrable=True,
            drain=16,
        ),
        "streaming": TaskProfile(
            min_battery=15,
            demand=Demand(cpu=0.30, memory=0.20, network=0.45),
            deferrable=False,
            drain=21.5,
        ),
        "indexing": TaskProfile(
            min_battery=40,
            demand=Demand(cpu=0.40, memory=0.30, network=0.10),
            deferrable=True,
            drain=14,
        ),
    }
)
"""The profiles that come with the integration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One job that waits for a battery."""

    id: str
    type: str
    duration: timedelta
    demand: Demand
    min_battery: float
    """The level (%) that a start needs, unless the device is plugged."""

    drain: float | None = None
    """What it costs, in %/h of its device's battery; None when energy is given."""

    energy: float | None = None
    """What it costs altogether, in Wh; needs a device whose capacity is known."""

    deferrable: bool = True
    priority: Priority = Priority.NORMAL
    earliest: datetime | None = None
    deadline: datetime | None = None
    requires_power: bool = False
    after: tuple[str, ...] = ()
    """Ids of the tasks that must have ended before it starts, each once."""

    devices: tuple[str, ...] | None = None
    """Where it may run; None for anywhere."""

    runs_on_unknown: bool = False
    """Whether it may run now on a device whose reading is unknown or stale."""

    @property
    def may_wait(self) -> bool:
        """Whether it may start later than it could.

        What waits for other tasks and names no time of its own must.
        """
        return self.deferrable or (bool(self.after) and self.earliest is None)

    def first_end(self, now: datetime) -> datetime:
        """Return the moment at which it can have ended at the soonest."""
        start = now if self.earliest is None else max(now, self.earliest)
        return start + self.duration

    def drain_on(self, capacity: float | None) -> float | None:
        """Return the drain in %/h on a battery of a capacity in Wh.

        None when the cost is given as energy and the capacity is not known.
        """
        if self.energy is None:
            return self.drain
        if capacity is None:
            return None
        return 100 * self.energy / capacity / (self.duration / timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class FaultyTask:
    """A task that can't be planned at all; it stays in the list and is rejected."""

    id: str
    reason: Reason
    """What is wrong, naming the field."""
