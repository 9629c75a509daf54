"""What batteries have learned, kept from a clean end to the next start.

Without that, a start follows every battery through days of samples once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.loader import async_get_integration

from .const import DOMAIN, LOGGER
from .core.forecast import MEMORY
from .core.sample import Sample
from .core.tracker import Tracker
from .packing import UNREADABLE, unpack

KEY: Final = f"{DOMAIN}.checkpoints"
VERSION: Final = 1

LEARNED: Final = timedelta(days=90)
"""How long ago learning may have begun: usual rates never fade, but habits change."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One battery as of its newest sample in history."""

    tracker: Tracker
    samples: tuple[Sample, ...]
    """The newest ones, which cards draw; oldest first."""

    def __post_init__(self) -> None:
        """Refuse a battery without a past.

        Raises:
            ValueError: There is no sample.
        """
        if not self.samples or self.tracker.first_at is None:
            raise ValueError("a checkpoint needs samples")

    @property
    def newest(self) -> Sample:
        """The newest sample in history: what follows it is still to be learned."""
        return self.samples[-1]

    def fits(self, tracker: Tracker, now: datetime) -> bool:
        """Say whether a tracker that knows nothing yet may go on from here."""
        first_at, last = self.tracker.first_at, self.tracker.last
        return (
            self.tracker.settings == tracker.settings
            # UTC is one of two kinds, by the way that it came.
            and str(self.tracker.model.zone) == str(tracker.model.zone)
            and first_at is not None
            and now - first_at <= LEARNED
            and now - self.newest.at <= MEMORY
            and last is not None
            and max(last.at, self.newest.at) <= now
        )


class Checkpoints:
    """The file that keeps them while Home Assistant is down."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing yet."""
        self._hass = hass
        self._store: Store[dict[str, Any]] = Store(
            hass,
            VERSION,
            KEY,
            private=True,
            atomic_writes=True,
            serialize_in_event_loop=False,
        )

    async def take(self) -> Mapping[str, Checkpoint]:
        """Return the checkpoints of the last end, by device id, and remove them.

        Whatever else happens to history from here on, no later start goes by them.
        There are none after another version has ended: it may have learned otherwise.
        """
        try:
            try:
                kept = await self._store.async_load()
            finally:
                await self._store.async_remove()
            if kept is None or kept["version"] != await self._version():
                return {}
            return await self._hass.async_add_executor_job(
                partial(unpack, Mapping[str, Checkpoint], kept["devices"])
            )
        except (HomeAssistantError, NotImplementedError, OSError, *UNREADABLE) as err:
            LOGGER.warning("What batteries have learned is learned anew: %s", err)
            return {}

    async def keep(self, devices: Mapping[str, Any]) -> None:
        """Write packed checkpoints, by device id, for the next start."""
        await self._store.async_save(
            {"version": await self._version(), "devices": devices}
        )

    async def erase(self) -> None:
        """Remove the file."""
        await self._store.async_remove()

    async def _version(self) -> str:
        """Return the version of the integration."""
        return str((await async_get_integration(self._hass, DOMAIN)).version)
