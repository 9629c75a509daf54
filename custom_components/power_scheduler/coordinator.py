"""One path in, one path out: readings come in, snapshots go out."""

from asyncio import sleep
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
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
from .bundle import Asked
from .const import DOMAIN, LOGGER
from .core.battery import Battery
from .core.forecast import MEMORY
from .core.request import Request
from .core.sample import Reading, Sample
from .core.snapshot import DevicePower, Snapshot, foresee
from .history import History
from .pictures import Pasts, Pictures
from .readings import read
from .settings import TrackedDevice, read_devices, read_profiles, read_window

type PowerSchedulerConfigEntry = ConfigEntry[PowerCoordinator]

TICK: Final = timedelta(minutes=1)
"""How often ages and forecasts are brought up to date without any reading."""

_REGISTRY_CHANGES: Final = {"entity_id", "device_id"}

SETTLE: Final = 2.0
"""Seconds that readings are gathered for: one device's entities change together."""

GLANCES: Final = 50
"""How many batteries are looked at before the event loop may do something else."""


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
        self.pasts = Pasts()
        self.pictures = Pictures()
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
        self.asked: Asked | None = None
        """The last question, for diagnostics."""
        self._news: set[str] = set()
        self._swept_at: datetime | None = None
        self._devices_of: dict[str, list[TrackedDevice]] = {}
        for device in self.devices.values():
            for entity_id in device.sources.all():
                self._devices_of.setdefault(entity_id, []).append(device)

    async def async_snapshot(self) -> Snapshot:
        """Return all batteries as of now."""
        now = dt_util.utcnow()
        return Snapshot(now, await self._async_look(self._batteries, now))

    def readings(self, device_ids: Iterable[str]) -> dict[str, Reading]:
        """Return what some devices tell now; silent ones are left out."""
        found = {device_id: self._batteries[device_id] for device_id in device_ids}
        return {i: battery.reading for i, battery in found.items() if battery.reading}

    @callback
    def note_question(self, action: str, request: Request, at: datetime) -> None:
        """Remember the last question, before anything can go wrong with it."""
        self.asked = Asked(
            action=action,
            at=at,
            request=request,
            readings=self.readings(request.devices),
        )

    def power(self, device: TrackedDevice) -> DevicePower:
        """Return a device's battery as of the last refresh."""
        return self.data.devices[device.id]

    @override
    async def _async_setup(self) -> None:
        """Recall the past, follow what comes, and read the present."""
        now = dt_util.utcnow()
        stored = await self.history.load(now - MEMORY)
        await self.hass.async_add_executor_job(
            _recall, self._batteries, self.pasts, stored
        )
        for device in self.devices.values():
            await self._async_fill_gap(device, now)
        self._follow()
        for device in self.devices.values():
            self._take_in(device)

    def _follow(self) -> None:
        """Listen to whatever the sources, and the end of Home Assistant, tell."""
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
                self._keep(device, sample)

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at the batteries that told something, and now and then at all.

        What is new is saved meanwhile: a slow store must not hold up what is known.
        """
        now = dt_util.utcnow()
        news, self._news = self._news, set()
        if self._swept_at is None or now - self._swept_at >= TICK:
            self._swept_at = now
            news = set(self._batteries)
        known = self.data.devices if self.data else {}
        snapshot = Snapshot(now, {**known, **await self._async_look(news, now)})
        if self.history.is_due(now):
            self.config_entry.async_create_background_task(
                self.hass, self.history.save(snapshot), "save battery history"
            )
        return snapshot

    async def _async_look(
        self, device_ids: Iterable[str], now: datetime
    ) -> dict[str, DevicePower]:
        """Return some batteries as of now; no step holds up the event loop."""
        glances: dict[str, DevicePower] = {}
        for some in batched(device_ids, GLANCES, strict=False):
            glances |= {d: self._batteries[d].glance(now) for d in some}
            await sleep(0)
        return await self.hass.async_add_executor_job(_foresee, glances, self.window)

    @callback
    def _take_in(self, device: TrackedDevice) -> None:
        """Take in what a device tells now."""
        self._news.add(device.id)
        battery = self._batteries[device.id]
        reading = read(self.hass, device.sources)
        if reading is None:
            battery.lose()
        elif (sample := battery.record(reading)) is not None:
            self._keep(device, sample)

    @callback
    def _keep(self, device: TrackedDevice, sample: Sample) -> None:
        """Keep a sample, to be saved and to be drawn."""
        self.history.add(device.id, sample)
        self.pasts.add(device.id, sample)

    @callback
    def _handle_state(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        """Take in a changed or repeated state, and ask for a fresh analysis."""
        for device in self._devices_of[event.data["entity_id"]]:
            self._take_in(device)
        self._debounced_refresh.async_schedule_call()

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


def _recall(
    batteries: Mapping[str, Battery],
    pasts: Pasts,
    stored: Mapping[str, Sequence[Sample]],
) -> None:
    """Let batteries remember what the store kept of them."""
    for device_id, samples in stored.items():
        if (battery := batteries.get(device_id)) is not None:
            for sample in samples:
                if battery.remember(sample):
                    pasts.add(device_id, sample)


def _foresee(
    glances: Mapping[str, DevicePower], window: timedelta
) -> dict[str, DevicePower]:
    """Return batteries with their outlook."""
    return {device_id: foresee(power, window) for device_id, power in glances.items()}
