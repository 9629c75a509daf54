"""Batteries that only a dry run tells of."""

from dataclasses import replace
from datetime import datetime

from ..forecast import Forecast
from ..request import Override, Request
from ..snapshot import DevicePower, Snapshot


def pretend(request: Request, snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with the levels that a dry run gives silent devices."""
    told = {
        name: _told(power, request.overrides[name], snapshot.at)
        for name, power in snapshot.devices.items()
        if name in request.overrides
    }
    return replace(snapshot, devices={**snapshot.devices, **told})


def _told(power: DevicePower, override: Override, at: datetime) -> DevicePower:
    """Return a battery with its given level, unless it has a fresh one of its own.

    A power source that nobody tells is none.
    """
    if power.known or override.level is None:
        return power
    plugged = override.plugged is True
    past = power.past or Forecast(at, override.level, plugged=plugged, rate=None)
    return DevicePower(
        settings=power.settings,
        at=at,
        level=override.level,
        plugged=plugged,
        forecast=past.supposing(level=override.level, plugged=plugged),
    )
