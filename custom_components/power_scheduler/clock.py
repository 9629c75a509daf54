"""What to do when the clock of the machine is set."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from .const import LOGGER
from .coordinator import PowerCoordinator

LEAP: Final = timedelta(hours=1)
"""How far a clock must be set forward for what history keeps to matter."""

SLACK: Final = timedelta(minutes=1)
"""How far clocks are set back now and then without anybody noticing."""


@callback
def async_watch_clock(
    hass: HomeAssistant, coordinator: PowerCoordinator
) -> CALLBACK_TYPE:
    """Start anew when the clock is set; return what ends the watch.

    Of a clock that is set back batteries would take readings for old news until it
    is again where it was: what they remember lies in the future. Of one that is set
    forward they would lack what history keeps of the days between.
    """
    latest: datetime = coordinator.data.at
    ticks: float = monotonic()
    entry_id = coordinator.config_entry.entry_id

    @callback
    def look() -> None:
        """Compare with the latest moment there was."""
        nonlocal latest, ticks
        now, ticked = coordinator.data.at, monotonic() - ticks
        if now < latest - SLACK:
            LOGGER.warning("The clock was set back by %s", latest - now)
            hass.config_entries.async_schedule_reload(entry_id)
        elif (leap := now - latest - timedelta(seconds=ticked)) > LEAP:
            LOGGER.info("The clock was set forward by %s", leap)
            hass.config_entries.async_schedule_reload(entry_id)
        latest, ticks = now, monotonic()

    return coordinator.async_add_listener(look)


@callback
def async_watch_zone(hass: HomeAssistant, entry: ConfigEntry[Any]) -> CALLBACK_TYPE:
    """Count days anew when the home is in another zone; return what ends the watch."""
    zone = hass.config.time_zone

    @callback
    def handle(_: Event[dict[str, Any]]) -> None:
        """Start anew."""
        if hass.config.time_zone != zone:
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, handle)
