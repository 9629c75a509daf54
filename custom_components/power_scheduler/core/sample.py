"""A single reading of a battery, and all that is known of a device at one moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a device's battery: the part that history keeps."""

    at: datetime
    """When it was read; always timezone-aware."""

    level: float
    """State of charge, in percent of a full battery (0 to 100)."""

    plugged: bool | None = None
    """Whether external power is present; None when nothing tells."""

    def __post_init__(self) -> None:
        """Refuse what no battery can report (NaN too)."""
        if self.at.tzinfo is None:
            raise ValueError(f"a sample needs a time zone, got {self.at}")
        if not 0 <= self.level <= 100:
            raise ValueError(f"a level lies in 0..100 %, got {self.level}")


class PowerSource(StrEnum):
    """What a device lives on."""

    BATTERY = "battery"
    CHARGING = "charging"
    FULL = "full"
    IDLE = "idle"
    """Plugged, but not charging: a charge limit, for example."""

    @property
    def plugged(self) -> bool:
        """Whether this source means that external power is present."""
        return self is not PowerSource.BATTERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a device's resources are busy with, each as a share (0 to 1).

    None: the device does not tell, and so is not limited by that resource.
    """

    cpu: float | None = None
    memory: float | None = None
    network: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A device's own word of when its battery is empty, or full."""

    at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a device tells of itself at one moment."""

    sample: Sample
    source: PowerSource | None = None
    """None when the device does not tell."""

    wordless: bool = False
    """Whether it tells that power is there, and has or uses no word for charging."""

    appeared_at: datetime | None = None
    """When the level appeared, if it was told but once since; None if it was repeated.

    What appears when Home Assistant starts may be an old level that it has restored.
    """

    reported_at: datetime | None = None
    """When the level was told, if the sample is later: its power source came then."""

    usage: Usage = Usage()
    empty: Estimate | None = None
    full: Estimate | None = None
