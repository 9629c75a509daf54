"""All of a history, taken from one store to another."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import batched
from typing import Final

from . import DeviceProfile, HistoryStore

EVER: Final = datetime(1, 1, 1, tzinfo=UTC)
DEVICES_AT_ONCE: Final = 10
"""Bounds what is in memory: ten devices have some 100,000 samples in 60 days."""

type Progress = Callable[[float], None]
"""Is told, again and again, which share is done (0 to 1)."""


async def copy_history(
    source: HistoryStore, target: HistoryStore, progress: Progress
) -> int:
    """Add all that one store keeps to another, and return how many samples it was.

    The target keeps what it has. Copying again changes nothing, so a copy that
    failed in the middle is completed by another.

    Raises:
        StoreError: One of the stores is away.
    """
    devices = await source.devices()
    copied = 0
    for place, some in enumerate(batched(devices, DEVICES_AT_ONCE, strict=False)):
        samples = await source.load(EVER, some)
        await target.append(samples)
        profiles = {device: await source.profile(device) for device in some}
        await add_profiles(target, {d: p for d, p in profiles.items() if p})
        copied += sum(map(len, samples.values()))
        progress(place * DEVICES_AT_ONCE / len(devices))
    known = await target.decisions()
    decisions = reversed(await source.decisions())
    await target.log_decisions([d for d in decisions if d not in known])
    progress(1)
    return copied


async def add_profiles(
    store: HistoryStore, profiles: Mapping[str, DeviceProfile]
) -> None:
    """Write the profiles that a store has none of, or only an older one."""
    known = {device: await store.profile(device) for device in profiles}
    await store.write_profiles(
        {
            device: profile
            for device, profile in profiles.items()
            if (old := known[device]) is None or old.last_update < profile.last_update
        }
    )
