"""What other programs of the home read of devices."""

from collections.abc import Mapping
from datetime import datetime

from .core.sample import PowerSource
from .core.snapshot import DevicePower
from .stores import DeviceProfile, HistoryStore


class Profiles:
    """Writes the profiles of devices, but only what is new."""

    def __init__(self) -> None:
        """Start with nothing written."""
        self._written: dict[str, DeviceProfile] = {}
        self._unwritten: dict[str, DeviceProfile] = {}

    def note(self, powers: Mapping[str, DevicePower], at: datetime) -> None:
        """Take the profiles of devices as of a moment, to be written next time."""
        for device_id, power in powers.items():
            if power.age is not None:
                self._unwritten[device_id] = _profile(power, at - power.age)

    async def write(self, store: HistoryStore) -> None:
        """Let others read what is new of the devices; what fails waits."""
        noted, self._unwritten = self._unwritten, {}
        news = {i: p for i, p in noted.items() if p != self._written.get(i)}
        try:
            if news:
                await store.write_profiles(news)
                self._written.update(news)
                news = {}
        finally:
            self._unwritten = {**news, **self._unwritten}

    def repeat(self) -> None:
        """Write all profiles again: the store may have lost them."""
        self._unwritten = {**self._written, **self._unwritten}
        self._written = {}


def _profile(power: DevicePower, read_at: datetime) -> DeviceProfile:
    """Return what other programs may read of a device."""
    return DeviceProfile(
        power_state=power.state,
        battery_level=power.level,
        charging=power.source is PowerSource.CHARGING if power.source else None,
        power_trend=power.rate,
        last_update=read_at,
    )
