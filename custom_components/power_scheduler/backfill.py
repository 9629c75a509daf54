"""The past of a battery, from Home Assistant's recorder and from memory."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import batched
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.history import (
    get_significant_states,
    state_changes_during_period,
)
from homeassistant.components.sensor import ATTR_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from .const import LOGGER
from .core.forecast import MEMORY
from .core.sample import Sample
from .pasts import Pasts
from .readings import SourceEntities, read_past
from .settings import TrackedDevice

_DEVICES_AT_ONCE: Final = 50


async def async_backfill(
    hass: HomeAssistant, sources: SourceEntities, since: datetime
) -> list[Sample]:
    """Return a device's samples since a moment, oldest first.

    There are none without a recorder, while it is in trouble, or while Home
    Assistant ends.
    """
    battery = sources.battery
    if battery is None or hass.is_stopping:
        return []
    if "recorder" not in hass.config.components:
        return []
    try:
        samples = await get_instance(hass).async_add_executor_job(
            partial(_recorded, hass, battery, sources.charging, since)
        )
    except SQLAlchemyError as err:
        LOGGER.warning("Can't read the recorder's history of %s: %s", battery, err)
        return []
    # A clock that was set back has left states of the future.
    now = dt_util.utcnow()
    return [sample for sample in samples if since < sample.at <= now]


def _recorded(
    hass: HomeAssistant, battery: str, charging: Sequence[str], since: datetime
) -> list[Sample]:
    """Return the samples in the recorded states of a device.

    A level that was told again and again is there twice: when it was told first, and
    when last. What lies between is known, however long it is.
    """
    recorded = get_significant_states(
        hass,
        since,
        entity_ids=[battery, *charging],
        significant_changes_only=False,
    )
    changes = state_changes_during_period(
        hass, since, entity_id=battery, include_start_time_state=False
    )
    told_last = [
        State(
            battery,
            state.state,
            state.attributes,
            last_changed=state.last_changed,
            last_updated=state.last_reported,
        )
        for state in changes.get(battery, ())
        if state.last_reported_timestamp > state.last_updated_timestamp
    ]

    def states(entity_id: str) -> list[State]:
        """Return what is recorded of an entity."""
        found = recorded.get(entity_id, ())
        return [state for state in found if isinstance(state, State)]

    plugs = [
        _with_options(hass, state)
        for entity_id in charging
        for state in states(entity_id)
    ]
    return read_past([*states(battery), *told_last], plugs)


def _with_options(hass: HomeAssistant, state: State) -> State:
    """Return a recorded state with the words that its entity has: none are recorded."""
    now = hass.states.get(state.entity_id)
    if now is None or ATTR_OPTIONS not in now.attributes:
        return state
    return State(
        state.entity_id,
        state.state,
        {**state.attributes, ATTR_OPTIONS: now.attributes[ATTR_OPTIONS]},
        last_changed=state.last_changed,
        last_reported=state.last_reported,
        last_updated=state.last_updated,
    )


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
