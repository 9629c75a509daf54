"""The past of a battery, from Home Assistant's recorder and from memory."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util

from .core.forecast import MEMORY
from .core.sample import Sample
from .pictures import Pasts
from .readings import SourceEntities, read_past
from .settings import TrackedDevice

_DEVICES_AT_ONCE: Final = 50


async def async_backfill(
    hass: HomeAssistant, sources: SourceEntities, since: datetime
) -> list[Sample]:
    """Return a device's samples since a moment, oldest first.

    There are none without a recorder, or while Home Assistant ends.
    """
    battery = sources.battery
    if battery is None or hass.is_stopping:
        return []
    if "recorder" not in hass.config.components:
        return []
    recorded = await get_instance(hass).async_add_executor_job(
        partial(
            get_significant_states,
            hass,
            since,
            entity_ids=[battery, *sources.charging],
            significant_changes_only=False,
        )
    )

    def states(*entity_ids: str) -> list[State]:
        """Return the recorded states of some entities."""
        return [
            state
            for entity_id in entity_ids
            for state in recorded.get(entity_id, ())
            if isinstance(state, State)
        ]

    samples = read_past(states(battery), states(*sources.charging))
    # A clock that was set back has left states of the future.
    now = dt_util.utcnow()
    return [sample for sample in samples if since < sample.at <= now]


class Recollection:
    """What is known of the past without the store."""

    def __init__(
        self, hass: HomeAssistant, devices: Mapping[str, TrackedDevice], pasts: Pasts
    ) -> None:
        """Recall these devices."""
        self._hass = hass
        self._devices = devices
        self._pasts = pasts

    async def recall(
        self, known: Collection[str]
    ) -> AsyncIterator[Mapping[str, Sequence[Sample]]]:
        """Yield the samples that are remembered, by device, some devices at a time.

        What the recorder has goes along for devices that the store knows no more.
        """
        for some in batched(self._devices, _DEVICES_AT_ONCE, strict=False):
            yield {device: self._pasts.samples(device) for device in some}
        since = dt_util.utcnow() - MEMORY
        for device_id in self._devices.keys() - set(known):
            sources = self._devices[device_id].sources
            past = await async_backfill(self._hass, sources, since)
            # The recorder's moments differ a little from those that were kept.
            kept = self._pasts.samples(device_id)
            yield {device_id: [s for s in past if not kept or s.at < kept[0].at]}
