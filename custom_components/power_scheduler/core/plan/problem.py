"""A planning problem in whole numbers: what is to be placed, and where it may go.

Slot k is the span between the boundaries k and k + 1, from now on. Levels and drains
are whole 0.01 % of the device's own battery, shares of it whole percent, so that any
two ways of reckoning agree exactly. Tasks and devices go by their position in here.
"""

from dataclasses import dataclass

type Amounts = tuple[int, int, int, int]
"""Processor, memory and network in % of the device, and the number of tasks."""


@dataclass(frozen=True, slots=True)
class StateProblem:
    """What a device may do up to some level."""

    top: int
    """The highest level (0.01 %) of this power state."""

    limits: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProblem:
    """One device and what its battery does without any task."""

    id: str
    level: int
    """The level now (0.01 %)."""

    ceiling: int
    """The level (0.01 %) at which charging ends."""

    base: tuple[int, ...]
    """The change in each slot (0.01 %), not capped by the ceiling."""

    slots: int
    """How many slots may be planned; base goes on, for the guard and for targets."""

    plugged: tuple[bool, ...]
    """Whether there is external power, slot by slot."""

    carried: tuple[bool, ...]
    """Whether external power carries the device, so that its best state holds."""

    reserve: int
    """The level (0.01 %) that must hold while a task runs and through its guard.

    At least 1: nothing runs on an empty battery.
    """

    guard: int
    """How many slots after a task the reserve must hold."""

    targets: tuple[tuple[int, int], ...] = ()
    """Boundaries, which may lie after base, and the levels (0.01 %) wanted there."""

    usage: Amounts
    """What is in use without any of our tasks."""

    states: tuple[StateProblem, ...]
    """The power states, from least to most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """How a task would run on one device."""

    device: int
    slots: int
    """How long it takes."""

    drain: int
    """What it takes from the battery in each slot (0.01 %)."""

    demand: Amounts
    min_battery: int
    """The level (0.01 %) that a start needs, unless plugged."""

    requires_power: bool = False
    """Whether it may run only while plugged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProblem:
    """One task: when it may run, and how on each device."""

    id: str
    weight: int
    release: int
    """The first slot in which it may start."""

    end_by: int
    """The boundary at which it must have ended, the horizon's at the latest."""

    may_end_later: bool = False
    """Whether a plan with a later horizon may have it end after this one's."""

    between_slots: bool = False
    """Whether all its starts lie between two slots: a later plan has others."""

    deferrable: bool
    """Whether it may start after its release."""

    after: tuple[int, ...] = ()
    """The tasks that must have ended before it starts."""

    options: tuple[Option, ...]
    """At most one for each device."""

    kept: tuple[int, int] | None = None
    """Its device and start in the last plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Tasks to be placed on devices; `prefer_early` and `signal` say when is best."""

    slots: int
    devices: tuple[DeviceProblem, ...]
    tasks: tuple[TaskProblem, ...]
    prefer_early: float = 1.0
    """The share of a start's timing that is for "soon"; the rest is for the signal."""

    signal: tuple[float, ...] | None = None
    """How bad each slot is, from 0 (cheap, sunny, green) to 1."""

    def last_start(self, task: TaskProblem, option: Option) -> int:
        """Return the last slot in which a task may start with an option."""
        end_by = min(task.end_by, self.devices[option.device].slots)
        last = end_by - option.slots
        return last if task.deferrable else min(last, task.release)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and when a task runs."""

    option: Option
    start: int

    @property
    def end(self) -> int:
        """The boundary at which it ends."""
        return self.start + self.option.slots


type Placements = dict[int, Placement]
"""Placements by task."""
