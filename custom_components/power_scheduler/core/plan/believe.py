"""Known charging, as far as the devices do not deny it themselves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..forecast import Window, merged
from ..request import Override, Request
from ..snapshot import DevicePower, Snapshot
from .grid import SLOT


def believe(request: Request, snapshot: Snapshot) -> Request:
    """Return a request without the charging that a device denies right now.

    Known charging is worth more than any model, but no model is what a device has told
    since it began: that it is on battery. It may be plugged in from the next slot on.
    """
    denied = {
        name: tuple(_later(windows, told_at, snapshot.at + SLOT))
        for name, windows in request.charging.items()
        if name in snapshot.devices
        and request.overrides.get(name, Override()).plugged is None
        and (told_at := _denied_at(snapshot.devices[name], snapshot.at)) is not None
    }
    return replace(request, charging={**request.charging, **denied})


def _denied_at(power: DevicePower, at: datetime) -> datetime | None:
    """Return when a device told that it is on battery, if that is its last word."""
    if not power.told_unplugged or power.age is None:
        return None
    return at - power.age


def _later(
    windows: Iterable[Window], told_at: datetime, begin: datetime
) -> Iterable[Window]:
    """Yield windows: of one that had begun when a device denied it, what is left."""
    for window in merged(windows):
        start = window.start if window.start > told_at else max(window.start, begin)
        if start < window.end:
            yield replace(window, start=start)
