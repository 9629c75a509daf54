"""What a bug report must carry so that its answers can be had again elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .core.battery import Battery
from .core.request import Request
from .core.sample import Reading, Sample
from .core.snapshot import DevicePower, DeviceSettings, Snapshot, foresee


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One battery: what is said of it, what it did, and what it tells."""

    settings: DeviceSettings
    samples: tuple[Sample, ...] = ()
    """Oldest first."""

    reading: Reading | None = None
    """The newest; None while the device is silent."""

    def power(
        self, zone: str, at: datetime, told_until: datetime, window: timedelta
    ) -> DevicePower:
        """Return the battery as of a moment, as the engines of today see it.

        Args:
            zone: The home's time zone.
            at: The moment.
            told_until: When it told the last that counts, at or after the moment.
            window: The prediction window.
        """
        battery = Battery(self.settings, ZoneInfo(zone))
        reading = self.reading
        for sample in self.samples:
            if sample.at <= told_until:
                battery.tracker.record(sample)
        if reading is None:
            battery.lose()
        elif reading.sample.at <= told_until:
            battery.record(reading)
        return foresee(battery.glance(at), window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The last question that an action was asked."""

    action: str
    at: datetime
    request: Request
    readings: Mapping[str, Reading]
    """What each device of the request told then; a silent one is left out."""

    @property
    def now(self) -> datetime:
        """The moment as of which it is answered.

        It is told to the second, as all moments that are asked for: the now of a
        template that was rendered in the same second is not ahead of it.
        """
        return self.at.replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that the engines need to answer again."""

    at: datetime
    zone: str
    """The home's time zone."""

    window: timedelta
    """The prediction window."""

    devices: Mapping[str, Followed]
    asked: Asked | None = None

    def snapshot(self) -> Snapshot:
        """Return all batteries as of the moment of the report."""
        return self._snapshot(self.devices, self.at, self.at)

    def snapshot_asked(self, asked: Asked) -> Snapshot:
        """Return the batteries of a question as of the moment it was asked."""
        devices = {
            device_id: Followed(
                settings=self.devices[device_id].settings,
                samples=self.devices[device_id].samples,
                reading=asked.readings.get(device_id),
            )
            for device_id in asked.request.devices
        }
        return self._snapshot(devices, asked.now, asked.at)

    def _snapshot(
        self, devices: Mapping[str, Followed], at: datetime, told_until: datetime
    ) -> Snapshot:
        powers = {
            device_id: device.power(self.zone, at, told_until, self.window)
            for device_id, device in devices.items()
        }
        return Snapshot(at, powers)
