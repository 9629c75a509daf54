"""All batteries of the home, looked at in threads: the event loop has better to do."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from threading import Lock
from typing import Any, Final

from .checkpoints import Checkpoint
from .core.battery import Battery
from .core.sample import Reading, Sample
from .core.snapshot import DevicePower, DeviceSettings, foresee
from .packing import pack
from .pasts import Pasts

LOOK: Final = timedelta(minutes=10)
"""How often a battery is looked at that tells nothing: forecasts move slowly."""


class Batteries:
    """Follows batteries: takes in what was told, whenever somebody looks."""

    def __init__(
        self, devices: Mapping[str, DeviceSettings], zone: tzinfo, window: timedelta
    ) -> None:
        """Start with batteries of which nothing is known.

        Args:
            devices: What the user says of each device.
            zone: The home's local time.
            window: How far ahead the outlook is.
        """
        self._batteries = {i: Battery(said, zone) for i, said in devices.items()}
        self._window = window
        self.pasts = Pasts()
        self._told: deque[tuple[str, Callable[[], Reading | None]]] = deque()
        self._news: deque[tuple[str, Sample]] = deque()
        self._looked_at: dict[str, datetime] = {}
        # A cancelled caller leaves its thread at work, so the lock is the threads'.
        self._lock = Lock()

    def tell(self, device_id: str, read: Callable[[], Reading | None]) -> None:
        """Note that a device tells something, to be read when somebody looks."""
        self._told.append((device_id, read))

    def news(self) -> Iterator[tuple[str, Sample]]:
        """Hand over the samples that history should keep, oldest first."""
        while self._news:
            yield self._news.popleft()

    def newest(self, device_id: str) -> datetime | None:
        """Return when a battery was last read, or None when it never was."""
        last = self._batteries[device_id].tracker.last
        return last.at if last is not None else None

    def recall(self, device_id: str, samples: Iterable[Sample]) -> list[Sample]:
        """Let a battery remember its past, and return what of it is to be believed."""
        with self._lock:
            record = self._batteries[device_id].tracker.record
            believed = [sample for sample in samples if record(sample)]
            self.pasts.recall(device_id, believed)
            return believed

    def fitting(
        self, checkpoints: Mapping[str, Checkpoint], now: datetime
    ) -> dict[str, Checkpoint]:
        """Return the checkpoints that batteries of which nothing is known can go by."""
        return {
            device_id: checkpoint
            for device_id, battery in self._batteries.items()
            if (checkpoint := checkpoints.get(device_id)) is not None
            and checkpoint.fits(battery.tracker, now)
        }

    def resume(
        self, device_id: str, checkpoint: Checkpoint, newer: Iterable[Sample]
    ) -> None:
        """Let a battery of which nothing is known go on from a checkpoint."""
        with self._lock:
            self._batteries[device_id].tracker = checkpoint.tracker
            self.pasts.recall(device_id, checkpoint.samples)
        self.recall(device_id, newer)

    def checkpoints(self) -> dict[str, Any]:
        """Return packed checkpoints of the batteries that have a past."""
        with self._lock:
            return {
                device_id: pack(Checkpoint(battery.tracker, tuple(samples)))
                for device_id, battery in self._batteries.items()
                if (samples := self.pasts.samples(device_id))
            }

    def take_in(self) -> None:
        """Take in what devices told."""
        with self._lock:
            self._take_in()

    def look(self, now: datetime) -> dict[str, DevicePower]:
        """Return all batteries as they are now, with what to expect of them."""
        with self._lock:
            self._take_in()
            glances = {i: battery.glance(now) for i, battery in self._batteries.items()}
        return self._foresee(glances)

    def look_anew(self, now: datetime) -> dict[str, DevicePower]:
        """Return the batteries that told something, or were not looked at for long."""
        with self._lock:
            self._take_in()
            glances = {
                device_id: battery.glance(now)
                for device_id, battery in self._batteries.items()
                if (at := self._looked_at.get(device_id)) is None
                or not timedelta(0) <= now - at < LOOK
            }
            self._looked_at.update(dict.fromkeys(glances, now))
        return self._foresee(glances)

    def look_again(self) -> None:
        """Look at all batteries next time: what came of the last look is lost."""
        with self._lock:
            self._looked_at.clear()

    def _take_in(self) -> None:
        """Take in what devices told, and note that they are worth a look."""
        while self._told:
            device_id, read = self._told.popleft()
            self._looked_at.pop(device_id, None)
            battery = self._batteries[device_id]
            if (reading := read()) is None:
                battery.lose()
            elif (sample := battery.record(reading)) is not None:
                self._news.append((device_id, sample))
                self.pasts.add(device_id, sample)

    def _foresee(self, glances: Mapping[str, DevicePower]) -> dict[str, DevicePower]:
        """Return batteries with their outlook, which takes long and needs no lock."""
        return {i: foresee(power, self._window) for i, power in glances.items()}
