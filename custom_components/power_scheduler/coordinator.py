"""One path in, one path out: readings come in, snapshots go out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .backfill import async_backfill
from .const import DOMAIN, LOGGER
from .core.battery import Battery
from .core.forecast import MEMORY
from .core.snapshot import DevicePower, Snapshot
from .history import History
from .readings import read
from .settings import TrackedDevice, read_devices, read_profiles, read_window

type PowerSchedulerConfigEntry = ConfigEntry[PowerCoordinator]

TICK: Final = timedelta(minutes=1)
"""How often ages and forecasts are brought up to date without any reading."""

_REGISTRY_CHANGES: Final = {"entity_id", "device_id"}

SETTLE: Final = 2.0
"""Seconds that readings are gathered for: one device's entities change together."""


class PowerCoordinator(DataUpdateCoordinator[Snapshot]):
    """Follows the tracked devices."""

    config_entry: PowerSchedulerConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: PowerSchedulerConfigEntry,
        history: History,
        hub_id: str,
    ) -> None:
        """Start with batteries of which nothing is known."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=TICK,
            request_refresh_debouncer=Debouncer(
                hass, LOGGER, cooldown=SETTLE, immediate=False
            ),
        )
        self.history = history
        self.hub_id = hub_id
        self.window = read_window(entry.options)
        self.profiles = read_profiles(entry)
        self.devices: Mapping[str, TrackedDevice] = {
            device.id: device for device in read_devices(hass, entry)
        }
        zone = dt_util.get_default_time_zone()
        self._batteries = {
            device.id: Battery(device.settings, zone)
            for device in self.devices.values()
        }
        self._devices_of: dict[str, list[TrackedDevice]] = {}
        for device in self.devices.values():
            for entity_id in device.sources.all():
                self._devices_of.setdefault(entity_id, []).append(device)

    def snapshot(self, now: datetime) -> Snapshot:
        """Return all batteries as of a moment."""
        return Snapshot(
            now,
            {
                device_id: battery.power(now, self.window)
                for device_id, battery in self._batteries.items()
            },
        )

    def power(self, device: TrackedDevice) -> DevicePower:
        """Return a device's battery as of the last refresh."""
        return self.data.devices[device.id]

    @override
    async def _async_setup(self) -> None:
        """Recall the past, read the present, and follow what comes."""
        now = dt_util.utcnow()
        for device_id, samples in (await self.history.load(now - MEMORY)).items():
            if (battery := self._batteries.get(device_id)) is not None:
                for sample in samples:
                    battery.remember(sample)
        for device in self.devices.values():
            await self._async_fill_gap(device, now)
            self._take_in(device)
        entry, entities = self.config_entry, list(self._devices_of)
        for track in (async_track_state_change_event, async_track_state_report_event):
            entry.async_on_unload(track(self.hass, entities, self._handle_state))
        entry.async_on_unload(
            async_track_entity_registry_updated_event(
                self.hass, entities, self._handle_registry
            )
        )
        entry.async_on_unload(
            self.hass.bus.async_listen(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_handle_final_write
            )
        )

    async def _async_fill_gap(self, device: TrackedDevice, now: datetime) -> None:
        """Recall from the recorder what happened since the newest stored sample."""
        battery = self._batteries[device.id]
        since = battery.last.at if battery.last else now - MEMORY
        for sample in await async_backfill(self.hass, device.sources, since):
            if battery.remember(sample):
                self.history.add(device.id, sample)

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at all batteries as of now, and have saved what is new.

        A slow store must not hold up what is known.
        """
        snapshot = self.snapshot(dt_util.utcnow())
        if self.history.is_due(snapshot.at):
            self.config_entry.async_create_background_task(
                self.hass, self.history.save(snapshot), "save battery history"
            )
        return snapshot

    @callback
    def _take_in(self, device: TrackedDevice) -> None:
        """Take in what a device tells now."""
        battery = self._batteries[device.id]
        reading = read(self.hass, device.sources)
        if reading is None:
            battery.lose()
        elif (sample := battery.record(reading)) is not None:
            self.history.add(device.id, sample)

    @callback
    def _handle_state(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        """Take in a changed or repeated state, and ask for a fresh analysis."""
        for device in self._devices_of[event.data["entity_id"]]:
            self._take_in(device)
        self.config_entry.async_create_task(self.hass, self.async_request_refresh())

    @callback
    def _handle_registry(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Set up again when a source is renamed, moved to a device, or removed."""
        data = event.data
        if data["action"] == "remove" or (
            data["action"] == "update" and data["changes"].keys() & _REGISTRY_CHANGES
        ):
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    async def _async_handle_final_write(self, _: Event) -> None:
        """Save before Home Assistant ends."""
        await self.history.save(self.data)
