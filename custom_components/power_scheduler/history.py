"""What is still to be saved, and the store that keeps it."""

from asyncio import Lock
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN, LOGGER
from .core.sample import PowerSource, Sample
from .core.snapshot import DevicePower, Snapshot
from .stores import (
    KEPT_DECISIONS,
    DeviceProfile,
    HistoryStore,
    JsonObject,
    StoreAuthError,
    StoreError,
)

SAVE_EVERY: Final = timedelta(seconds=30)
"""How often new samples are saved; what a power cut loses, the recorder still has."""

TRIM_EVERY: Final = timedelta(days=1)
RETENTION: Final = timedelta(days=60)

UNSAVED_AT_MOST: Final = 10_000
"""How many samples per device wait for a store that is away: months of them."""

ISSUE_STORE_AWAY: Final = "store_away"
ISSUE_STORE_DAMAGED: Final = "store_damaged"


class History:
    """Hands samples to the store, and keeps those that it could not take yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], store: HistoryStore
    ) -> None:
        """Start with nothing to save."""
        self.store = store
        self._hass = hass
        self._entry = entry
        self._unsaved: dict[str, list[Sample]] = {}
        self._unlogged: deque[JsonObject] = deque(maxlen=KEPT_DECISIONS)
        self._written: dict[str, DeviceProfile] = {}
        self._saved_at: datetime | None = None
        self._trimmed_at: datetime | None = None
        self._saving = Lock()
        self._away = False
        self._damaged: Path | None = None

    async def load(self, since: datetime) -> Mapping[str, Sequence[Sample]]:
        """Return the stored samples since a moment; none while the store is away."""
        try:
            await self.store.open()
            samples = await self.store.load(since)
        except StoreError as err:
            self._note_away(err)
            return {}
        self._note_back()
        return samples

    @callback
    def add(self, device_id: str, sample: Sample) -> None:
        """Take a sample to be saved next time."""
        waiting = self._unsaved.setdefault(device_id, [])
        waiting.append(sample)
        del waiting[:-UNSAVED_AT_MOST]

    @callback
    def log(self, decisions: Iterable[JsonObject]) -> None:
        """Take decisions to be logged next time; only the newest are."""
        self._unlogged.extend(decisions)

    @property
    def away(self) -> bool:
        """Whether the store was out of reach when it was last needed."""
        return self._away

    @property
    def unsaved(self) -> int:
        """How many samples wait to be saved."""
        return sum(map(len, self._unsaved.values()))

    async def recent(
        self, since: datetime, device_ids: Collection[str]
    ) -> Mapping[str, Sequence[Sample]]:
        """Return what is known of some devices since a moment, saved or not."""
        try:
            stored = await self.store.load(since, device_ids)
        except StoreError:
            stored = {}
        return {
            device_id: [*stored.get(device_id, ()), *self._unsaved.get(device_id, ())]
            for device_id in device_ids
        }

    async def decisions(self) -> Sequence[JsonObject]:
        """Return the last decisions, newest first, saved or not."""
        try:
            stored = await self.store.decisions()
        except StoreError:
            stored = ()
        return [*reversed(self._unlogged), *stored][:KEPT_DECISIONS]

    def is_due(self, now: datetime) -> bool:
        """Say whether the last save was long enough ago."""
        return self._saved_at is None or now - self._saved_at >= SAVE_EVERY

    async def save(self, snapshot: Snapshot) -> None:
        """Save what is new; what the store can't take goes along next time."""
        self._saved_at = snapshot.at
        async with self._saving:
            try:
                await self._save_samples()
                await self._save_profiles(snapshot)
                await self._save_decisions()
                await self._trim_if_due(snapshot.at)
            except StoreError as err:
                self._note_away(err)
            else:
                self._note_back()

    async def _save_samples(self) -> None:
        """Save the new samples, or keep them in their order."""
        waiting, self._unsaved = self._unsaved, {}
        try:
            if waiting:
                await self.store.append(waiting)
                waiting = {}
        finally:
            for device_id, newer in self._unsaved.items():
                waiting.setdefault(device_id, []).extend(newer)
            self._unsaved = waiting

    async def _save_profiles(self, snapshot: Snapshot) -> None:
        """Let others read what has changed of the devices."""
        profiles = {
            device_id: _profile(power, snapshot.at - power.age)
            for device_id, power in snapshot.devices.items()
            if power.age is not None
        }
        news = {d: p for d, p in profiles.items() if p != self._written.get(d)}
        if news:
            await self.store.write_profiles(news)
            self._written.update(news)

    async def _save_decisions(self) -> None:
        """Log the new decisions, or keep them for next time."""
        news, self._unlogged = self._unlogged, deque(maxlen=KEPT_DECISIONS)
        try:
            if news:
                await self.store.log_decisions(list(news))
                news.clear()
        finally:
            news.extend(self._unlogged)
            self._unlogged = news

    async def close(self) -> None:
        """Let go of the store."""
        await self.store.close()

    async def _trim_if_due(self, now: datetime) -> None:
        """Forget what is older than the retention, once a day."""
        if self._trimmed_at is None or now - self._trimmed_at >= TRIM_EVERY:
            await self.store.trim(now - RETENTION)
            self._trimmed_at = now

    def _note_damage(self) -> None:
        """Say that the history was damaged, and where it is now."""
        LOGGER.warning(
            "The battery history was damaged and is now at %s", self._damaged
        )
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            ISSUE_STORE_DAMAGED,
            data={"path": str(self._damaged)},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_STORE_DAMAGED,
            translation_placeholders={"path": str(self._damaged)},
        )

    def _note_away(self, err: StoreError) -> None:
        """Say once that the store is away."""
        if self._away:
            return
        self._away = True
        LOGGER.warning("History can't be saved and is kept in memory: %s", err)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            ISSUE_STORE_AWAY,
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_STORE_AWAY,
            translation_placeholders={"error": str(err)},
        )
        if isinstance(err, StoreAuthError):
            self._entry.async_start_reauth(self._hass)

    def _note_back(self) -> None:
        """Say once that the store is back."""
        if self._away:
            LOGGER.info("History is saved again")
        self._away = False
        ir.async_delete_issue(self._hass, DOMAIN, ISSUE_STORE_AWAY)
        if self.store.damaged != self._damaged:
            self._damaged = self.store.damaged
            self._note_damage()


def _profile(power: DevicePower, read_at: datetime) -> DeviceProfile:
    """Return what other programs may read of a device."""
    return DeviceProfile(
        power_state=power.state,
        battery_level=power.level,
        charging=power.source is PowerSource.CHARGING if power.source else None,
        power_trend=power.rate,
        last_update=read_at,
    )
