"""What the stores take of what their bare engines do with the same batches."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
import sqlite3
from statistics import median
import tempfile
import time

from redis.asyncio import Redis

from custom_components.power_scheduler.core.sample import Sample
from custom_components.power_scheduler.stores.moment import microseconds
from custom_components.power_scheduler.stores.redis import RedisStore
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from . import house
from .servers import PASSWORD, running as running_server

REPEATS = 5

type Batch = dict[str, list[Sample]]


async def throughput(month: list[Sample]) -> None:
    """Print what the stores do as a share of what their bare engines do."""
    batches = [
        {house.battery(number): month[at : at + 50] for number in range(40)}
        for at in range(0, 1000, 50)
    ]
    total = sum(len(samples) for batch in batches for samples in batch.values())
    for engine, run in (("SQLite", _sqlite), ("Valkey", _valkey)):
        ours, bare = zip(*[await run(batches) for _ in range(REPEATS)], strict=True)
        _row(engine, total / median(ours), total / median(bare))


async def _sqlite(batches: list[Batch]) -> tuple[float, float]:
    """Return the seconds of our store, and of SQLite alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = SqliteStore(folder / "ours.db", _in_thread)
        await store.open()
        ours = await _timed(store.append, batches)
        await store.close()
        return ours, await _in_thread(
            partial(_bare_sqlite, folder / "bare.db", batches)
        )


async def _valkey(batches: list[Batch]) -> tuple[float, float]:
    """Return the seconds of our store, and of the server alone."""
    with (
        tempfile.TemporaryDirectory() as name,
        running_server(Path(name)) as server,
    ):
        store = RedisStore(server.settings, _in_thread)
        await store.open()
        ours = await _timed(store.append, batches)
        await store.close()
        return ours, await _bare_valkey(server.port, batches)


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
