"""Power Scheduler: which job may run on which battery, and when."""

from functools import partial
from typing import Final

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from .backfill import Recollection
from .checkpoints import Checkpoints
from .clock import async_watch_clock, async_watch_zone
from .const import DOMAIN, SIGNAL_NEWS, SUBENTRY_DEVICE, SUBENTRY_PROFILE
from .coordinator import PowerCoordinator, PowerSchedulerConfigEntry
from .frontend import async_setup_cards
from .history import History, async_forget_waiting
from .history_actions import async_setup_history_actions
from .issues import async_forget_issues, async_watch_sources
from .plans import async_forget_plans, async_setup_plans
from .registry import async_watch_registry
from .services import async_setup_services
from .storage import async_forget, make_store
from .websocket import async_setup_websocket

PLATFORMS: Final = (Platform.BINARY_SENSOR, Platform.SENSOR)

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Set up what exists whether or not there is an entry: actions and cards."""
    async_setup_services(hass)
    async_setup_history_actions(hass)
    async_setup_websocket(hass)
    await async_setup_cards(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry
) -> bool:
    """Set up the entry."""
    # Whatever changes from here on is read when this is done.
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    entry.async_on_unload(async_watch_zone(hass, entry))
    await async_setup_plans(hass)
    history = History(hass, entry, make_store(hass, entry.data))
    await history.resume()
    # Also when anything below fails: the next try opens a store of its own.
    entry.async_on_unload(history.end)
    hub = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=entry.title,
    )
    coordinator = PowerCoordinator(hass, entry, history, hub.id)
    entry.async_on_unload(async_watch_registry(hass, coordinator))
    history.past = Recollection(hass, coordinator.devices, coordinator.batteries.pasts)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    entry.async_on_unload(async_watch_sources(hass, coordinator))
    entry.async_on_unload(async_watch_clock(hass, coordinator))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _forget_empty_devices(hass, entry)
    tell = partial(async_dispatcher_send, hass, SIGNAL_NEWS)
    entry.async_on_unload(coordinator.async_add_listener(tell))
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry
) -> bool:
    """Unload the entry, and save what is not saved yet."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.async_save()
    return unloaded


async def async_remove_entry(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry
) -> None:
    """Leave nothing behind on this machine."""
    _close_forms(hass, entry)
    async_forget_issues(hass)
    async_forget_waiting(hass)
    await async_forget_plans(hass)
    await Checkpoints(hass).erase()
    await async_forget(hass)


@callback
def _close_forms(hass: HomeAssistant, entry: PowerSchedulerConfigEntry) -> None:
    """Close the forms that are open elsewhere: there is nothing left to change."""
    configure = hass.config_entries.flow
    for flow in list(entry.async_get_active_flows(hass, {SOURCE_RECONFIGURE})):
        configure.async_abort(flow["flow_id"])
    options = hass.config_entries.options
    for flow in options.async_progress_by_handler(entry.entry_id):
        options.async_abort(flow["flow_id"])
    subentries = hass.config_entries.subentries
    for kind in (SUBENTRY_DEVICE, SUBENTRY_PROFILE):
        for form in subentries.async_progress_by_handler((entry.entry_id, kind)):
            subentries.async_abort(form["flow_id"])


@callback
def _forget_empty_devices(
    hass: HomeAssistant, entry: PowerSchedulerConfigEntry
) -> None:
    """Remove devices that were made while there was no battery to belong to."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        ours = any(domain == DOMAIN for domain, *_ in device.identifiers)
        shown = er.async_entries_for_device(
            entities, device.id, include_disabled_entities=True
        )
        if ours and not shown:
            devices.async_remove_device(device.id)


async def _async_reload(hass: HomeAssistant, entry: PowerSchedulerConfigEntry) -> None:
    """Set up again after a change of options, devices or profiles."""
    hass.config_entries.async_schedule_reload(entry.entry_id)
