"""The state of every battery, each as it was looked at last."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .forecast import HORIZONS, Basis, Forecast, Outlook
from .limits import DEFAULT_LIMITS, Limits, PowerState
from .sample import PowerSource, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSettings:
    """What is known of a device beforehand: most of it, the user says."""

    reserve: float = 10.0
    """The level (%) that planned work must leave."""

    capacity: float | None = None
    """The energy (Wh) of a full battery."""

    limits: Limits = DEFAULT_LIMITS
    standby: bool = False
    """Whether the battery only bridges outages, as that of a UPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePower:
    """One battery as of one moment; None is unknown, everywhere."""

    settings: DeviceSettings
    at: datetime | None = None
    """The moment; None when nothing was looked at."""

    level: float | None = None
    """The level (%) last read, however old; None when the device is silent."""

    age: timedelta | None = None
    """The age of the last reading; None when there never was one."""

    stale: bool = False
    """Whether the last reading is too old to say anything of now."""

    plugged: bool | None = None
    told_unplugged: bool = False
    """Whether its last reading itself tells that no external power is present."""

    source: PowerSource | None = None
    state: PowerState | None = None
    rate: float | None = None
    """The trend, in %/h; negative while discharging."""

    outlook: Outlook | None = None
    """What the level may be when the prediction window ends."""

    promises: Mapping[timedelta, Outlook] = field(default_factory=dict)
    """What it may be at the horizons that are scored."""

    empty_at: datetime | None = None
    full_at: datetime | None = None
    estimated_by_device: bool = False
    """Whether empty_at and full_at are the device's own estimates."""

    basis: Basis | None = None
    usage: Usage = field(default_factory=Usage)
    forecast: Forecast | None = field(default=None, compare=False, repr=False)
    """Answers for any moment ahead; None when the reading is unknown or stale."""

    past: Forecast | None = field(default=None, compare=False, repr=False)
    """Then, what a forecast rests on if a dry run gives the level."""

    @property
    def limits(self) -> Limits:
        """The limits in force: a state that is held reaches a little higher."""
        return self.settings.limits.held(self.state)

    @property
    def known(self) -> bool:
        """Whether there is a fresh reading, and so a forecast."""
        return self.forecast is not None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All batteries, by device id: each as of its own moment, the latest `at`."""

    at: datetime
    devices: Mapping[str, DevicePower]


def foresee(power: DevicePower, window: timedelta) -> DevicePower:
    """Return a battery with its outlook at the end of a window of time.

    This is what takes long, and it needs nothing but the value that it is given, so
    that it may run in a thread while readings come in.
    """
    if power.forecast is None:
        return power
    # What a forecast computes it keeps, and the snapshot keeps the forecast.
    forecast = replace(power.forecast)
    return replace(
        power,
        outlook=forecast.outlook(window, power.settings.reserve),
        promises={
            ahead: outlook
            for ahead in HORIZONS
            if (outlook := forecast.outlook(ahead, 0.0)) is not None
        },
        basis=forecast.basis,
    )
