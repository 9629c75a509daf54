"""Where history is kept: the only place that knows databases."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from ..core.sample import Sample

KEPT_DECISIONS: Final = 100

type JsonObject = Mapping[str, str | int | float | bool | list[str] | None]
"""A flat record that JSON can carry."""


class StoreError(Exception):
    """The store is out of reach or refuses; its text holds no secret."""


class StoreAuthError(StoreError):
    """The store does not accept the credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """What other programs of the home may read of a device."""

    power_state: str | None
    battery_level: float | None
    charging: bool | None
    power_trend: float | None
    last_update: datetime


class Executor(Protocol):
    """Runs blocking work off the event loop: hass.async_add_executor_job, say."""

    def __call__[T](self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what work returns."""


class HistoryStore(Protocol):
    """Keeps samples and decisions; samples per device, oldest first.

    Every method raises StoreError while the store is away, and works again once
    it is back: none needs a new open. What a failed call was to write may be
    written in part; writing it again completes it.
    """

    in_backups: bool = False
    """Whether it lies in a file that Home Assistant's backups copy."""

    damaged: Path | None = None
    """Where a damaged file was moved to; None while none was found."""

    async def open(self) -> None:
        """Get ready; raises StoreError when the store can't be used."""

    async def devices(self) -> Sequence[str]:
        """Return the ids of the devices, sorted; some may have no samples left."""

    async def load(
        self, since: datetime, devices: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Sample]]:
        """Return the samples read at or after since: of these devices, or of all.

        A device without any is left out.
        """

    async def append(self, samples: Mapping[str, Sequence[Sample]]) -> None:
        """Add samples by device id; of two at the same moment the first stays."""

    async def write_profiles(self, profiles: Mapping[str, DeviceProfile]) -> None:
        """Keep the newest profile of each device for others to read."""

    async def profile(self, device_id: str) -> DeviceProfile | None:
        """Return the newest profile of a device."""

    async def log_decisions(self, decisions: Sequence[JsonObject]) -> None:
        """Add decisions; only the newest KEPT_DECISIONS stay."""

    async def decisions(self) -> Sequence[JsonObject]:
        """Return the kept decisions, newest first."""

    async def trim(self, before: datetime) -> None:
        """Forget the samples read before a moment."""

    async def erase(self) -> None:
        """Forget everything."""

    async def close(self) -> None:
        """Let go of whatever the store holds open."""
