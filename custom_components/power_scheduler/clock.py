"""What to do when the clock of the machine is set back."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .const import LOGGER
from .coordinator import PowerCoordinator

SLACK: Final = timedelta(minutes=1)
"""How far clocks are set back now and then without anybody noticing."""


@callback
def async_watch_clock(
    hass: HomeAssistant, coordinator: PowerCoordinator
) -> CALLBACK_TYPE:
    """Start anew when the clock is set back; return what ends the watch.

    Batteries would take readings for old news until the clock is again where it
    was: what they remember lies in the future.
    """
    latest: datetime = coordinator.data.at

    @callback
    def look() -> None:
        """Compare with the latest moment there was."""
        nonlocal latest
        now = coordinator.data.at
        if now < latest - SLACK:
            LOGGER.warning("The clock was set back by %s", latest - now)
            hass.config_entries.async_schedule_reload(coordinator.config_entry.entry_id)
        latest = now

    return coordinator.async_add_listener(look)
