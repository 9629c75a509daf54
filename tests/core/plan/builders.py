"""The vocabulary of these tests: a battery with a plain forecast, tasks, answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from custom_components.power_scheduler.core.decision import Decision, Plan
from custom_components.power_scheduler.core.forecast import Outlook, Path, Window
from custom_components.power_scheduler.core.limits import on_power
from custom_components.power_scheduler.core.plan import optimize
from custom_components.power_scheduler.core.request import Request
from custom_components.power_scheduler.core.sample import Usage
from custom_components.power_scheduler.core.snapshot import (
    DevicePower,
    DeviceSettings,
    Snapshot,
)
from custom_components.power_scheduler.core.task import Demand, Task

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class StraightForecast:
    """A battery that changes evenly: what a test can reckon in its head."""

    level: float
    drain: float
    """What it loses in %/h on battery."""

    plugged: bool
    charge: float = 30.0
    """What it gains in %/h on power."""

    known: int | None = None
    """How many slots ahead anything is known; None for any number."""

    at: datetime = NOW

    def path(
        self,
        slot: timedelta,
        slots: int,
        confidence: float,
        charging: Sequence[Window] = (),
    ) -> Path:
        """Return the path; it does not depend on the confidence."""
        del confidence
        starts = [self.at + k * slot for k in range(slots)][: self.known]
        plugged = [
            self.plugged or any(w.start <= at < w.end for w in charging)
            for at in starts
        ]
        rates = [self.charge if on else -self.drain for on in plugged]
        return Path(
            level=self.level,
            changes=tuple(rate * (slot / HOUR) for rate in rates),
            plugged=tuple(plugged),
            ceiling=100.0,
        )

    def supposing(
        self, *, level: float | None = None, plugged: bool | None = None
    ) -> StraightForecast:
        """Return the forecast with another level or power source."""
        return replace(
            self,
            level=self.level if level is None else level,
            plugged=self.plugged if plugged is None else plugged,
        )

    def outlook(
        self, ahead: timedelta, reserve: float, drain: float = 0.0
    ) -> Outlook | None:
        """Return an outlook that is sure, or None where nothing is known."""
        if self.known is not None:
            return None
        rate = self.charge if self.plugged else -self.drain
        level = max(0.0, min(100.0, self.level + rate * (ahead / HOUR)) - drain)
        return Outlook(
            level=level, p10=level, p90=level, probability=float(level >= reserve)
        )


def battery(
    level: float = 80.0,
    *,
    drain: float = 3.0,
    plugged: bool = False,
    charge: float = 30.0,
    known: int | None = None,
    usage: Usage | None = None,
    **settings: Any,
) -> DevicePower:
    """Return a device whose battery is known."""
    forecast: Any = StraightForecast(level, drain, plugged, charge, known)
    device = DeviceSettings(**settings)
    rate = charge if plugged else -drain
    return DevicePower(
        settings=device,
        level=level,
        age=timedelta(0),
        plugged=plugged,
        state=device.limits.state(level, on_power=on_power(plugged=plugged, rate=rate)),
        rate=rate,
        usage=Usage(cpu=0.05, memory=0.1, network=0.02) if usage is None else usage,
        forecast=forecast,
    )


def silent() -> DevicePower:
    """Return a device that tells nothing."""
    return DevicePower(settings=DeviceSettings())


def stale() -> DevicePower:
    """Return a device whose last reading is two days old."""
    return DevicePower(
        settings=DeviceSettings(), level=80, age=timedelta(days=2), stale=True
    )


def snapshot(**devices: DevicePower) -> Snapshot:
    """Return a snapshot of some devices."""
    return Snapshot(NOW, devices)


def moved(home: Snapshot, by: timedelta) -> Snapshot:
    """Return a snapshot in which all is as it was, but later."""
    at = home.at + by
    devices = {
        name: replace(power, forecast=replace(cast("Any", power.forecast), at=at))
        if power.forecast is not None
        else power
        for name, power in home.devices.items()
    }
    return Snapshot(at, devices)


def task(name: str = "sync", **changes: Any) -> Task:
    """Return a task: an hour at 12 %/h from 20 % on, unless it is changed."""
    values: dict[str, Any] = {
        "id": name,
        "type": "sync",
        "duration": HOUR,
        "demand": Demand(cpu=0.15, memory=0.10, network=0.15),
        "min_battery": 20.0,
        "drain": 12.0,
        **changes,
    }
    return Task(**values)


def request(*tasks: Any, devices: Sequence[str] = ("phone",), **terms: Any) -> Request:
    """Return a request for tasks on devices."""
    return Request(**{"tasks": tasks, "devices": devices, "effort": 0, **terms})


def codes(decision: Decision) -> list[str]:
    """Return the codes of a decision's reasons."""
    return [str(reason.code) for reason in decision.reasons]


def plan(*tasks: Any, phone: DevicePower | None = None, **terms: Any) -> Plan:
    """Return the plan of tasks on one phone."""
    return optimize(request(*tasks, **terms), snapshot(phone=phone or battery()))
