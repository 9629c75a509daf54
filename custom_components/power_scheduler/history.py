"""What is still to be saved, and the store that keeps it."""

from asyncio import Lock
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .backup import async_refuse_while_copied, is_copied
from .const import DOMAIN
from .core.sample import Sample
from .core.snapshot import DevicePower
from .profiles import Profiles
from .store_health import StoreHealth
from .stores import (
    KEPT_DECISIONS,
    HistoryStore,
    JsonObject,
    StoreError,
)
from .stores.move import Progress, copy_history

SAVE_EVERY: Final = timedelta(minutes=1)
"""How often new samples are saved; what a power cut loses, the recorder still has."""

TRIM_EVERY: Final = timedelta(days=1)
RETENTION: Final = timedelta(days=60)

CHECK_EVERY: Final = timedelta(hours=1)
"""How often the store is given again what it may have lost.

A server that restarts between two saves goes unnoticed, but may come back with
what it had an hour ago, or with nothing.
"""

STEADY: Final = timedelta(hours=1)
"""A clock that goes further between two saves was set, and may be wrong."""

UNSAVED_AT_MOST: Final = 250_000
"""How many samples wait for a store that is away: some 35 MB; weeks of 100 devices."""


_WAITING: Final[HassKey[History]] = HassKey(f"{DOMAIN}.waiting")
"""What has samples and decisions that no store has taken yet, of an entry at rest."""


@callback
def async_forget_waiting(hass: HomeAssistant) -> None:
    """Save nothing any more of what waits."""
    hass.data.pop(_WAITING, None)


class Past(Protocol):
    """What is known of the past without the store."""

    def recall(
        self, known: Collection[str]
    ) -> AsyncIterator[Mapping[str, Sequence[Sample]]]:
        """Yield samples by device id; all of devices that the store knows no more."""


class History:
    """Hands samples to the store, and keeps those that it could not take yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], store: HistoryStore
    ) -> None:
        """Start with nothing to save."""
        self._hass = hass
        self.store = store
        self.past: Past | None = None
        self._health = StoreHealth(hass, entry)
        self.unread = False
        """Whether the store keeps something that it has not told."""

        self._unsaved: dict[str, list[Sample]] = {}
        self.unsaved = 0
        """How many samples are not saved yet."""

        self._unlogged: deque[JsonObject] = deque(maxlen=KEPT_DECISIONS)
        self._profiles = Profiles()
        self._saved_at: datetime | None = None
        self._checked_at: datetime | None = None
        self._trimmed_at: datetime | None = None
        self.saving = Lock()
        """Held by whatever uses the store: a backup waits for the end of that."""

        self._ended = False

    async def load(
        self, since: datetime, newest: Mapping[str, Sample | None]
    ) -> AsyncIterator[tuple[str, Sequence[Sample]]]:
        """Yield what is stored of each device since a moment, one after the other.

        There is nothing, or no more, while the store is away. A clock that was set
        back has left samples of the future: those wait.

        Args:
            since: The moment.
            newest: By device id, the newest sample that is known already, if any.
                If the store has it, what it yields begins with that.
        """
        # A clock that shows no day of the history is not trusted to say what is old.
        now = self._trimmed_at = dt_util.utcnow()
        try:
            await self.store.open()
            for device_id, known in newest.items():
                samples = await self._stored(device_id, known.at if known else since)
                if known and not (samples and samples[0] == known):
                    samples = await self._stored(device_id, since)
                if samples and samples[-1].at > now:
                    samples = [sample for sample in samples if sample.at <= now]
                if samples and now - samples[-1].at < TRIM_EVERY:
                    self._trimmed_at = None
                yield device_id, samples
        except StoreError as err:
            self.unread = True
            self._health.note_away(err)
        else:
            self._checked_at = now
            self._health.note_read()
            self._health.note_back(self.store)

    async def _stored(self, device_id: str, since: datetime) -> Sequence[Sample]:
        """Return what is stored of a device since a moment, oldest first."""
        return (await self.store.load(since, [device_id])).get(device_id, [])

    async def can_be_read_again(
        self, since: datetime, device_ids: Iterable[str]
    ) -> bool:
        """Say whether the store that was away can tell all that it keeps now."""
        if not self.unread or self.away or is_copied(self._hass, self.store):
            return False
        async with self.saving:
            try:
                for device_id in device_ids:
                    await self.store.load(since, [device_id])
            except StoreError as err:
                self._health.note_unread(err)
                return False
            return True

    @callback
    def add(self, device_id: str, sample: Sample) -> None:
        """Take a sample to be saved next time."""
        self._unsaved.setdefault(device_id, []).append(sample)
        self.unsaved += 1
        if self.unsaved > UNSAVED_AT_MOST:
            longest = max(self._unsaved.values(), key=len)
            forgotten = len(longest) // 10 + 1
            del longest[:forgotten]
            self.unsaved -= forgotten

    @callback
    def note(self, powers: Mapping[str, DevicePower], at: datetime) -> None:
        """Take what other programs may read of devices, to be written next time."""
        self._profiles.note(powers, at)

    @callback
    def log(self, decisions: Iterable[JsonObject]) -> None:
        """Take decisions to be logged next time; only the newest are."""
        self._unlogged.extend(decisions)

    @property
    def away(self) -> bool:
        """Whether the store was out of reach when it was last needed."""
        return self._health.away

    @property
    def is_whole(self) -> bool:
        """Whether the store has all that is known, and has told all that it keeps."""
        return not self.unsaved and not self.unread

    async def recent(
        self, since: datetime, device_ids: Collection[str]
    ) -> Mapping[str, Sequence[Sample]]:
        """Return what is known of some devices since a moment, saved or not."""
        # What is just being saved is in neither place.
        async with self.saving:
            try:
                self.refuse_after_end()
                stored = await self.store.load(since, device_ids)
            except StoreError:
                stored = {}
            return {
                device_id: [
                    *stored.get(device_id, ()),
                    *self._unsaved.get(device_id, ()),
                ]
                for device_id in device_ids
            }

    async def decisions(self) -> Sequence[JsonObject]:
        """Return the last decisions, newest first, saved or not."""
        async with self.saving:
            try:
                self.refuse_after_end()
                stored = await self.store.decisions()
            except StoreError:
                stored = ()
            return [*reversed(self._unlogged), *stored][:KEPT_DECISIONS]

    def is_due(self, now: datetime) -> bool:
        """Say whether the last save is over, and was long enough ago."""
        return not self.saving.locked() and _is_over(SAVE_EVERY, self._saved_at, now)

    async def save(self, now: datetime) -> None:
        """Save what is new; what the store can't take goes along next time."""
        if is_copied(self._hass, self.store) and not self._hass.is_stopping:
            return
        if self._saved_at and _is_over(STEADY, self._saved_at, now):
            # A clock that was just set is not trusted to say what is old.
            self._trimmed_at = now
        self._saved_at = now
        async with self.saving:
            if self._ended:
                return  # The next one saves what waits.
            try:
                await self._check_if_due(now)
                await self._save_samples()
                await self._profiles.write(self.store)
                await self._save_decisions()
                await self._trim_if_due(now)
            except StoreError as err:
                self._health.note_away(err)
            else:
                self._health.note_back(self.store)

    async def _save_samples(self) -> None:
        """Save the new samples, or keep them in their order."""
        waiting, self._unsaved = self._unsaved, {}
        try:
            if waiting:
                await self.store.append(waiting)
                self.unsaved -= sum(map(len, waiting.values()))
                waiting = {}
        finally:
            for device_id, newer in self._unsaved.items():
                waiting.setdefault(device_id, []).extend(newer)
            self._unsaved = waiting

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

    async def move(
        self, target: HistoryStore, progress: Progress | None
    ) -> HistoryStore:
        """Go on in another store, and return the old one.

        What comes meanwhile waits, and goes to the new one. Without a progress
        to tell, nothing is carried over.

        Raises:
            StoreError: One of the stores is away; nothing has changed.
            BackupRunningError: One of them is just being copied; nor has anything.
        """
        async_refuse_while_copied(self._hass, self.store, target)
        async with self.saving:
            await target.open()
            if progress:
                await copy_history(self.store, target, progress)
            old, self.store = self.store, target
            self.unread = True
            self._checked_at = None
            return old

    async def rest(self) -> None:
        """Let what is being saved end; a closed file is whole, without a log."""
        # A history that is just moving may be in backups once that has ended.
        async with self.saving:
            if self.store.in_backups:
                await self.close()

    @property
    def waiting(self) -> tuple[dict[str, list[Sample]], deque[JsonObject]]:
        """The samples, by device id, and decisions that no store has taken yet."""
        return self._unsaved, self._unlogged

    async def resume(self) -> None:
        """Take what the last one could not save, before anything else."""
        if (last := self._hass.data.get(_WAITING)) is None:
            return
        # What is just being saved is in neither place.
        async with last.saving:
            self._unsaved, self._unlogged = last.waiting
            self.unsaved = sum(map(len, self._unsaved.values()))
            del self._hass.data[_WAITING]

    async def end(self) -> None:
        """Let go of the store, and leave what it could not take to the next one."""
        self._hass.data[_WAITING] = self
        self._ended = True
        async with self.saving:
            await self.close()

    def refuse_after_end(self) -> None:
        """Refuse to use the store again: nobody would let go of it any more.

        Raises:
            StoreError: It was let go of.
        """
        if self._ended:
            raise StoreError("the integration was stopped meanwhile")

    async def close(self) -> None:
        """Let go of the store, even if it is away."""
        with suppress(StoreError):
            await self.store.close()

    async def _check_if_due(self, now: datetime) -> None:
        """Give the store again what it may have lost, which it mostly has."""
        due = self.away or _is_over(CHECK_EVERY, self._checked_at, now)
        if due and self.past is not None:
            async for samples in self.past.recall(await self.store.devices()):
                await self.store.append(samples)
            self._profiles.repeat()
            self._checked_at = now

    async def _trim_if_due(self, now: datetime) -> None:
        """Forget what is older than the retention, once a day."""
        if _is_over(TRIM_EVERY, self._trimmed_at, now):
            await self.store.trim(now - RETENTION)
            self._trimmed_at = now


def _is_over(span: timedelta, since: datetime | None, now: datetime) -> bool:
    """Say whether a span has passed, or begins anew because the clock was set back."""
    return since is None or not timedelta(0) <= now - since < span
