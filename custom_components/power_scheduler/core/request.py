"""Requests: what callers ask of a check or of a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from .forecast import Window
from .task import FaultyTask, Task

DEFAULT_CONFIDENCE: Final = 0.7
"""Three futures in ten may be worse than the path that is planned on."""


@dataclass(frozen=True, slots=True)
class Override:
    """What a dry run pretends of a device; None leaves it as it is."""

    level: float | None = None
    plugged: bool | None = None


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

    overrides: Mapping[str, Override] = field(default_factory=dict)
    running: int = 0
    """How many tasks run already on each device, besides those asked about."""

    effort: float = 0.3
    """Seconds of search."""

    seed: int = 0
    moves: int | None = None
    """How many moves the search may try; None for as many as the effort allows."""
