"""One path in, one path out: readings come in, snapshots go out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .backfill import async_backfill
from .batteries import Batteries
from .bundle import Asked
from .checkpoints import Checkpoints
from .const import DOMAIN, LOGGER
from .core.forecast import MEMORY
from .core.request import Request
from .core.sample import Reading, Sample
from .core.snapshot import DevicePower, Snapshot
from .gathering import Gathering
from .history import History
from .pictures import Pictures
from .readings import take_down
from .settings import TrackedDevice, read_devices, read_profiles, read_window
from .views import View, Views

type PowerSchedulerConfigEntry = ConfigEntry[PowerCoordinator]

TICK: Final = timedelta(minutes=1)
"""How often there is a look for batteries that told nothing for long."""

SETTLE: Final = 10.0
"""Seconds that readings are gathered for: levels move in minutes."""

SOON: Final = 1.0
"""Seconds until a change of the power source is looked at, with what comes along."""


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
        )
        self.history = history
        self.hub_id = hub_id
        self.pictures = Pictures()
        self.window = read_window(entry.options)
        self.profiles = read_profiles(entry)
        self.devices: Mapping[str, TrackedDevice] = {
            device.id: device for device in read_devices(hass, entry)
        }
        self.batteries = Batteries(
            {device.id: device.settings for device in self.devices.values()},
            dt_util.get_default_time_zone(),
            self.window,
        )
        self.views = Views(hass, entry)
        self.asked: Asked | None = None
        """The last question, for diagnostics."""
        self._began = dt_util.utcnow()
        self._checkpoints = Checkpoints(hass)
        self._gathering = Gathering(hass.loop, self._look)
        self._renewed: list[View] = []
        self._was_success = True
        self._plugs = {e for d in self.devices.values() for e in d.sources.charging}
        self._devices_of: dict[str, list[str]] = {}
        for device in self.devices.values():
            for entity_id in device.sources.all():
                self._devices_of.setdefault(entity_id, []).append(device.id)

    async def async_question(self, action: str, request: Request) -> Snapshot:
        """Return all batteries as of now, and remember what is asked of them."""
        self.asked = asked = Asked(
            action=action,
            at=dt_util.utcnow(),
            request=request,
            readings=self.readings(request.devices),
        )
        return await self.async_snapshot(asked.now)

    async def async_snapshot(self, now: datetime) -> Snapshot:
        """Return all batteries as of now."""
        powers = await self.hass.async_add_executor_job(self.batteries.look, now)
        self._keep_news()
        return Snapshot(now, powers)

    def readings(self, device_ids: Iterable[str]) -> dict[str, Reading]:
        """Return what some devices tell now; silent ones are left out."""
        found = ((i, self._reader(i)()) for i in device_ids)
        return {i: reading for i, reading in found if reading is not None}

    def power(self, device: TrackedDevice) -> DevicePower:
        """Return a device's battery as of the last refresh."""
        return self.data.devices[device.id]

    @override
    async def _async_setup(self) -> None:
        """Recall the past, follow what comes, and read the present."""
        now = dt_util.utcnow()
        await self._async_recall(now)
        for device in self.devices.values():
            await self._async_fill_gap(device, now)
        self._follow()
        for device_id in self.devices:
            self._take_down(device_id)

    async def _async_recall(self, now: datetime) -> None:
        """Go on from where the last end was, or follow the stored past once more."""
        checkpoints = self.batteries.fitting(await self._checkpoints.take(), now)
        known: dict[str, Sample | None] = dict.fromkeys(self.devices)
        known.update((i, checkpoint.newest) for i, checkpoint in checkpoints.items())
        async for device_id, samples in self.history.load(now - MEMORY, known):
            if samples and samples[0] == known[device_id]:
                follow: Callable[[], object] = partial(
                    self.batteries.resume,
                    device_id,
                    checkpoints[device_id],
                    samples[1:],
                )
            else:
                follow = partial(self.batteries.recall, device_id, samples)
            await self.hass.async_add_executor_job(follow)

    def _follow(self) -> None:
        """Listen to whatever the sources, and the end of Home Assistant, tell."""
        entry, entities = self.config_entry, list(self._devices_of)
        entry.async_on_unload(
            async_track_state_change_event(self.hass, entities, self._handle_change)
        )
        entry.async_on_unload(
            async_track_state_report_event(self.hass, entities, self._handle_repetition)
        )
        entry.async_on_unload(
            self.hass.bus.async_listen(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_handle_final_write
            )
        )
        entry.async_on_unload(self._gathering.stop)

    async def _async_fill_gap(self, device: TrackedDevice, now: datetime) -> None:
        """Recall from the recorder what happened since the newest stored sample."""
        since = self.batteries.newest(device.id) or now - MEMORY
        missed = await async_backfill(self.hass, device.sources, since)
        believed = await self.hass.async_add_executor_job(
            self.batteries.recall, device.id, missed
        )
        for sample in believed:
            self.history.add(device.id, sample)

    @override
    async def _async_update_data(self) -> Snapshot:
        """Look at the batteries that told something, and now and then at all.

        What is new is saved meanwhile: a slow store must not hold up what is known.
        """
        now = dt_util.utcnow()
        renewed, self._renewed = await self.hass.async_add_executor_job(
            self._renew, now
        )
        snapshot = self._with(renewed, now)
        self.history.note(renewed, now)
        self._keep_news()
        if self.history.is_due(now):
            self.config_entry.async_create_background_task(
                self.hass, self._async_save_history(now), "save battery history"
            )
        return snapshot

    async def _async_save_history(self, now: datetime) -> None:
        """Save what is new; what a store kept that was away until now is read then."""
        await self.history.save(now)
        if await self.history.can_be_read_again(now - MEMORY, self.devices):
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    def _renew(self, now: datetime) -> tuple[dict[str, DevicePower], list[View]]:
        """Return the batteries worth a look, and the views that this changes."""
        try:
            renewed = self.batteries.look_anew(now)
            return renewed, self.views.renewed(self._with(renewed, now), renewed)
        except Exception:
            self.batteries.look_again()
            raise

    def _with(self, renewed: Mapping[str, DevicePower], now: datetime) -> Snapshot:
        """Return all batteries, with those that were looked at now."""
        known = self.data.devices if self.data else {}
        return Snapshot(now, {**known, **renewed})

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> CALLBACK_TYPE:
        """Listen to every refresh, or, in the context of a view, to what it shows."""
        if context is not None:
            context.renew(self.data)
            return self.views.add(context)
        return super().async_add_listener(update_callback)

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Show what changed; all views, when refreshing fails or works again."""
        super().async_update_listeners()
        renewed, self._renewed = self._renewed, []
        if self.last_update_success is not self._was_success:
            self._was_success = self.last_update_success
            renewed = list(self.views)
        self.views.show(renewed)

    @callback
    def _keep_news(self) -> None:
        """Keep new samples, to be saved."""
        for device_id, sample in self.batteries.news():
            self.history.add(device_id, sample)

    @callback
    def _handle_change(self, event: Event[EventStateChangedData]) -> None:
        """Take down what has changed; a change of the power source is urgent."""
        entity_id = event.data["entity_id"]
        urgent = entity_id in self._plugs and _is_switch(event.data)
        self._note(entity_id, SOON if urgent else SETTLE)

    @callback
    def _handle_repetition(self, event: Event[EventStateReportedData]) -> None:
        """Take down what is told again."""
        self._note(event.data["entity_id"], SETTLE)

    @callback
    def _note(self, entity_id: str, within: float) -> None:
        """Take down what is told, and have it looked at within some seconds."""
        for device_id in self._devices_of[entity_id]:
            self._take_down(device_id)
        self._gathering.look_within(within)

    @callback
    def _take_down(self, device_id: str) -> None:
        """Take down a device's states as they are now, to be read in a thread."""
        self.batteries.tell(device_id, self._reader(device_id))

    def _reader(self, device_id: str) -> Callable[[], Reading | None]:
        """Return what reads a device's states as they are now."""
        sources = self.devices[device_id].sources
        return take_down(self.hass, sources, self._began)

    @callback
    def _look(self) -> None:
        """Look at what was told."""
        self.config_entry.async_create_task(self.hass, self.async_refresh())

    async def async_save(self) -> None:
        """Save all that was told until now."""
        await self.hass.async_add_executor_job(self.batteries.take_in)
        self._keep_news()
        await self.history.save(dt_util.utcnow())

    async def _async_handle_final_write(self, _: Event) -> None:
        """Save before Home Assistant ends, also what was learned, and let go."""
        try:
            await self.async_save()
            if self.history.is_whole:
                await self._checkpoints.keep(
                    await self.hass.async_add_executor_job(self.batteries.checkpoints)
                )
        finally:
            await self.history.close()


def _is_switch(data: EventStateChangedData) -> bool:
    """Say whether a state has become another one, and is no mere measurement."""
    old, new = data["old_state"], data["new_state"]
    if old is None or new is None:
        return True
    return old.state != new.state and ATTR_UNIT_OF_MEASUREMENT not in new.attributes
