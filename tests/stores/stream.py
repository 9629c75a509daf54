"""Readings as they come in, saved by somebody who keeps what could not be saved."""

import asyncio

from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.stores import HistoryStore, StoreError

from .samples import EVER


async def under_way(store: HistoryStore, samples: int = 60) -> None:
    """Wait until a store has some samples of the stream."""
    # Only asking tells.
    while len((await store.load(EVER)).get("phone", ())) < samples:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def stream(
    store: HistoryStore, samples: list[Sample], *, patience: float = 20
) -> int:
    """Write samples a few at a time, as readings come in; return the failures.

    What could not be written is kept, and written with what comes next.
    """
    unsaved: list[Sample] = []
    failures = 0
    for place in range(0, len(samples), 4):
        unsaved += samples[place : place + 4]
        try:
            await store.append({"phone": unsaved})
            unsaved = []
        except StoreError:
            failures += 1
        await asyncio.sleep(0.002)
    async with asyncio.timeout(patience):
        while unsaved:
            try:
                await store.append({"phone": unsaved})
                unsaved = []
            except StoreError:
                failures += 1
                await asyncio.sleep(0.05)
    return failures
