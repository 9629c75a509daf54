"""What the whole integration costs a home, beside Home Assistant's trend helper.

usage: scripts/bench home [DEVICES]     (default: 500)

Prints the event loop's time per reading, the time of a start with a month of
history, memory, how all of it grows, and what the stores take of their engines.

In what is told of the event loop, all devices tell at once and have no history: a
refresh serves many readings, and most states stay as they are. A home whose devices
tell one after the other pays more for each reading.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import gc
import logging
from pathlib import Path
import sqlite3
import sys
import tempfile
import time
import tracemalloc

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from redis.asyncio import Redis

from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores.moment import microseconds
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore
from tests.stores.servers import PASSWORD, running as running_server

from . import house

ROUNDS = 6
SETTLED = 3.0
"""Seconds after which readings have been gathered and analysed."""

GROWTH = (10, 100, 500, 2000)

type Batch = dict[str, list[Sample]]
type SetUp = Callable[[HomeAssistant, int], Awaitable[None]]


async def _nothing(hass: HomeAssistant, count: int) -> None:
    """Set up nothing: what a reading costs Home Assistant anyway."""


async def _trend(hass: HomeAssistant, count: int) -> None:
    """Set up Home Assistant's trend helper on every battery."""
    sensors = {f"t{n}": {"entity_id": house.battery(n)} for n in range(count)}
    config = {"binary_sensor": [{"platform": "trend", "sensors": sensors}]}
    if not await async_setup_component(hass, "binary_sensor", config):
        raise RuntimeError("Home Assistant has no trend helper")


async def _ours(hass: HomeAssistant, count: int) -> None:
    """Set up the integration on every battery."""
    await hass.config_entries.async_add(house.entry_for(count))


async def loop_time(set_up: SetUp, count: int) -> tuple[float, float]:
    """Return the loop's seconds per reading, and those of its longest callback."""
    with tempfile.TemporaryDirectory() as folder:
        async with house.running(Path(folder)) as hass:
            for number in range(count):
                house.tell(hass, number, 90)
            await set_up(hass, count)
            await hass.async_block_till_done()
            await asyncio.sleep(SETTLED)
            with house.loop_time() as busy:
                for level in range(ROUNDS):
                    for number in range(count):
                        house.tell(hass, number, 80 + level)
                        await asyncio.sleep(0)
                    await asyncio.sleep(SETTLED)
    return sum(busy) / ROUNDS / count, max(busy)


async def start(
    count: int, month: list[Sample], *, traced: bool = False
) -> tuple[float, float]:
    """Return the seconds that a start takes, and the kB per device, if traced."""
    with tempfile.TemporaryDirectory() as folder:
        async with house.running(Path(folder)) as hass:
            store = SqliteStore(
                Path(hass.config.path(FILE_NAME)), hass.async_add_executor_job
            )
            for number in range(count):
                house.tell(hass, number, 50)
                await store.append({house.battery(number): month})
            await store.close()
            gc.collect()
            if traced:
                tracemalloc.start()
            begin = time.perf_counter()
            await hass.config_entries.async_add(house.entry_for(count))
            await hass.async_block_till_done()
            took = time.perf_counter() - begin
            gc.collect()
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    return took, held / 1024 / count


async def throughput(month: list[Sample]) -> None:
    """Print what the stores do as a share of what their bare engines do."""
    batches = [
        {house.battery(number): month[at : at + 50] for number in range(40)}
        for at in range(0, 1000, 50)
    ]
    total = sum(len(samples) for batch in batches for samples in batch.values())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = SqliteStore(folder / "ours.db", _in_thread)
        await file.open()
        ours = await _timed(file.append, batches)
        await file.close()
        bare = await _in_thread(partial(_bare_sqlite, folder / "bare.db", batches))
        _row("SQLite", total / ours, total / bare)
        with running_server(folder) as server:
            kept = RedisStore(server.settings, _in_thread)
            await kept.open()
            ours = await _timed(kept.append, batches)
            await kept.close()
            bare = await _bare_valkey(server.port, batches)
            _row("Valkey", total / ours, total / bare)


def _row(engine: str, ours: float, bare: float) -> None:
    """Print one engine's samples per second, through the store and bare."""
    print(f"{engine:8} {ours:10,.0f} {bare:10,.0f} {ours / bare:8.2f}")


def _in_thread[T](work: Callable[[], T]) -> Awaitable[T]:
    """Run work in a thread."""
    return asyncio.get_running_loop().run_in_executor(None, work)


async def _timed(
    append: Callable[[Batch], Awaitable[None]], batches: list[Batch]
) -> float:
    """Return the seconds that appending all batches takes."""
    begin = time.perf_counter()
    for batch in batches:
        await append(batch)
    return time.perf_counter() - begin


def _bare_sqlite(path: Path, batches: list[Batch]) -> float:
    """Return the seconds that SQLite takes for the same rows, in as many commits."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(
        "CREATE TABLE sample (device TEXT, at INTEGER, level REAL, plugged INTEGER,"
        " PRIMARY KEY (device, at)) WITHOUT ROWID"
    )
    begin = time.perf_counter()
    for batch in batches:
        with database:
            database.executemany(
                "INSERT INTO sample VALUES (?, ?, ?, ?)",
                [
                    (device, microseconds(sample.at), sample.level, sample.plugged)
                    for device, samples in batch.items()
                    for sample in samples
                ],
            )
    took = time.perf_counter() - begin
    database.close()
    return took


async def _bare_valkey(port: int, batches: list[Batch]) -> float:
    """Return the seconds that the server takes for the same members."""
    async with Redis(port=port, password=PASSWORD) as client:
        begin = time.perf_counter()
        for batch in batches:
            pipeline = client.pipeline(transaction=False)
            for device, samples in batch.items():
                pipeline.zadd(
                    f"bare:{device}",
                    {
                        f"{microseconds(s.at)}:{s.level}:{s.plugged}": s.at.timestamp()
                        for s in samples
                    },
                )
            await pipeline.execute()
        return time.perf_counter() - begin


async def main(count: int) -> None:
    """Print all tables."""
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    month = house.month_of_samples()
    print(f"{count} devices, {len(month):,} samples each in a month of history")
    print("\nEvent loop per reading      us   without HA's own   longest ms")
    bare, _ = await loop_time(_nothing, count)
    costs = {}
    for name, set_up in (("trend helper", _trend), ("power_scheduler", _ours)):
        cost, longest = await loop_time(set_up, count)
        costs[name] = cost - bare
        own = 1e6 * (cost - bare)
        print(f"{name:20} {1e6 * cost:9.0f} {own:18.0f} {1e3 * longest:12.1f}")
    ratio = costs["power_scheduler"] / costs["trend helper"]
    print(f"ours / trend helper: {ratio:.2f}")
    print("\nGrowth      start s   empty start s   loop us per reading   kB per device")
    for size in GROWTH:
        full, _ = await start(size, month)
        empty, _ = await start(size, [])
        _, held = await start(size, month, traced=True)
        cost, _ = await loop_time(_ours, size)
        own = 1e6 * (cost - bare)
        print(f"{size:6,} {full:12.2f} {empty:15.2f} {own:21.0f} {held:15.1f}")
    print("\nSamples/s      ours       bare    share")
    await throughput(month)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
