"""Requests: what callers ask of a check or of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from .decision import Plan
from .forecast import Window
from .task import FaultyTask, Task

DEFAULT_PREFER_EARLY: Final = 0.3
DEFAULT_CONFIDENCE: Final = 0.7
"""Three futures in ten may be worse than the path that is planned on."""


@dataclass(frozen=True, slots=True)
class Override:
    """What a dry run pretends of a device; None leaves it as it is."""

    level: float | None = None
    plugged: bool | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A level (%) that is wanted at some moment: no task may be what breaks it."""

    at: datetime
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Tasks, and the terms on which they are checked or planned."""

    tasks: Sequence[Task | FaultyTask]
    devices: Sequence[str]
    """The devices that may be used, by id; all of them are in the snapshot."""

    horizon: timedelta = timedelta(hours=24)
    confidence: float = DEFAULT_CONFIDENCE
    guard: timedelta = timedelta(hours=1)
    """How long after a task the reserve must hold."""

    reserve: float | None = None
    """The level (%) to keep on every device; None for each device's own."""

    charging: Mapping[str, Sequence[Window]] = field(default_factory=dict)
    """Known charging windows by device."""

    targets: Mapping[str, Sequence[Target]] = field(default_factory=dict)
    """Wanted levels by device."""

    signal: Mapping[datetime, float] | None = None
    """How dear power is from each moment on: a price, grams of CO2, missing sun.

    Only differences within the horizon count, and before the first moment it counts as
    the dearest; None when any time is as good.
    """

    prefer_early: float = DEFAULT_PREFER_EARLY
    """With a signal: how much of a start's timing is for "soon" (0 to 1)."""

    last: Plan | None = None
    """The plan in force: a task leaves its place there only for a better one."""

    overrides: Mapping[str, Override] = field(default_factory=dict)
    running: int = 0
    """How many tasks run already on each device, besides those asked about."""

    effort: float = 0.3
    """Seconds for the search and the answer; 0 for the best of some quick plans."""

    seed: int = 0
    moves: int | None = None
    """How many moves the search may try; None for as many as the effort allows."""
