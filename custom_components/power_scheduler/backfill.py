"""The past of a battery, from Home Assistant's recorder."""

from datetime import datetime
from functools import partial

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.history import get_significant_states
from homeassistant.core import HomeAssistant, State

from .core.sample import Sample
from .readings import SourceEntities, read_past


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
    return [sample for sample in samples if sample.at > since]
