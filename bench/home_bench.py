"""What the whole integration costs a home, beside Home Assistant's trend helper.

usage: scripts/bench home [DEVICES]     (default: 500)

Prints the event loop's time per reading, the time of a start with a month of
history, memory, how all of it grows, and what the stores take of their engines.

Every battery repeats a real trace from a point of its own, and time passes as it does
in a home: what it tells is looked at with what others tell within the same seconds.
Seconds are the processor's. A start is the median of some, each in a new process.

Home Assistant takes at most 10,000 enabled entities of an entry, 999 devices: to see
the growth beyond, the bench lifts that.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
import gc
from heapq import merge
from itertools import islice
import logging
from multiprocessing import get_context
from pathlib import Path
import shutil
from statistics import median
import sys
import tempfile
import time
import tracemalloc
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_platform
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.power_scheduler import coordinator
from custom_components.power_scheduler.checkpoints import KEY
from custom_components.power_scheduler.storage import FILE_NAME
from custom_components.power_scheduler.stores.sqlite import SqliteStore

from . import house
from .home_stores import throughput

REPEATS = 3
READINGS = 1000
"""How many readings are measured, at least; each battery tells two on average."""

GROWTH = (10, 100, 500, 2000)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""The same moment in every run: what a reading costs depends on the time of the day."""

type SetUp = Callable[[HomeAssistant, int], Awaitable[None]]
type Told = tuple[datetime, int, float]
"""When which battery tells what level."""


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
    await hass.config_entries.async_add(house.entry_for(house.devices(count)))


class Histories:
    """What homes with a month of history of some batteries leave, made once."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Keep the files, which end now, in a folder."""
        self._folder = folder
        self._now = now

    async def furnish(
        self, hass: HomeAssistant, count: int, *, ended: bool = False
    ) -> None:
        """Give a house what another one has left, which has ended, or was killed."""
        left = self._folder / f"{count}-{'ended' if ended else 'killed'}"
        if not left.exists():
            left.mkdir()
            await (self._end(count, left) if ended else self._live(hass, count, left))
        await hass.async_add_executor_job(
            partial(shutil.copytree, left, hass.config.config_dir, dirs_exist_ok=True)
        )

    async def _live(self, hass: HomeAssistant, count: int, left: Path) -> None:
        """Write what batteries told."""
        store = SqliteStore(left / FILE_NAME, hass.async_add_executor_job)
        for number in range(count):
            past = house.Life(number, self._now).past()
            await store.append({house.battery(number): past})
        await store.close()

    async def _end(self, count: int, left: Path) -> None:
        """Let a house start, and end as it should."""
        with tempfile.TemporaryDirectory() as folder:
            async with house.running(Path(folder)) as hass:
                await self.furnish(hass, count)
                await _set_up_ours(hass, count)
            left.joinpath(".storage").mkdir()
            for name in (FILE_NAME, f".storage/{KEY}"):
                shutil.copy(Path(folder, name), left / name)


@contextmanager
def _moved_clock() -> Iterator[house.Clock]:
    """Let the bench move Home Assistant's clock; readings are not waited for."""
    clock = house.Clock(NOW)
    with (
        patch.object(dt_util, "utcnow", clock.utcnow),
        patch.object(coordinator, "SETTLE", 0.0),
        patch.object(coordinator, "SOON", 0.0),
        # Home Assistant writes its registries once, some time after a start.
        patch.object(Store, "async_delay_save"),
        patch.object(entity_platform, "MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY", 10**6),
    ):
        yield clock


def _stream(count: int) -> Iterator[Told]:
    """Yield what all batteries tell from now on."""

    def told(number: int) -> Iterator[Told]:
        """Yield what one tells."""
        for sample in house.Life(number, NOW).future():
            yield sample.at, number, sample.level

    return merge(*(told(number) for number in range(count)))


async def loop_time(
    set_up: SetUp, count: int, histories: Histories
) -> tuple[float, float, float]:
    """Return what the loop, its longest callback, and other threads take.

    The loop's seconds are per reading, with all that the time between two readings
    costs, and so are the other threads'.
    """
    settle = coordinator.SETTLE
    readings = max(READINGS, 2 * count)
    with tempfile.TemporaryDirectory() as folder, _moved_clock() as clock:
        async with house.running(Path(folder)) as hass:
            await histories.furnish(hass, count)
            for number in range(count):
                newest = house.Life(number, NOW).past(days=0)[-1]
                clock.tell(hass, number, newest.level)
            await set_up(hass, count)
            await hass.async_block_till_done()
            stream, busy = _stream(count), house.Busy()
            await _live(hass, clock, islice(stream, readings // 4), settle, busy)
            busy = house.Busy()
            with busy.following():
                process = time.process_time()
                await _live(hass, clock, islice(stream, readings), settle, busy)
                process = time.process_time() - process
    loop = sum(busy.seconds)
    return loop / readings, max(busy.seconds), (process - loop) / readings


async def _live(
    hass: HomeAssistant,
    clock: house.Clock,
    stream: Iterator[Told],
    settle: float,
    busy: house.Busy,
) -> None:
    """Let batteries tell what they tell, and all that follows happen."""
    gathered_until = clock.now
    for at, number, level in stream:
        if at > gathered_until:
            await _happen(hass)
            await _pass(hass, clock, at)
            gathered_until = at + timedelta(seconds=settle)
        clock.now = at
        with busy.measured():
            clock.tell(hass, number, level)
    await _happen(hass)


async def _pass(hass: HomeAssistant, clock: house.Clock, until: datetime) -> None:
    """Let time pass in which no battery tells anything."""
    looked_at = clock.now
    for entry in hass.config_entries.async_entries(house.DOMAIN):
        while until - looked_at > coordinator.TICK:
            clock.now = looked_at = looked_at + coordinator.TICK
            hass.async_create_task(entry.runtime_data.async_refresh())
            await _happen(hass)


async def _happen(hass: HomeAssistant) -> None:
    """Let all that is due happen."""
    for _ in range(3):
        await asyncio.sleep(0)
    await hass.async_block_till_done()


def start(count: int, histories: Histories | None, *, ended: bool = False) -> float:
    """Return the processor seconds that a start takes, the median of some.

    Without histories nothing was left to start from; else by a house that has
    ended, or was killed.
    """
    seconds = []
    # The first one only makes what is left.
    for _ in range(1 + REPEATS):
        # What ran before in a process, and what it left, is no part of a start.
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            started = process.submit(_start_alone, count, histories, ended=ended)
            seconds.append(started.result())
    return median(seconds[1:])


def _start_alone(count: int, histories: Histories | None, *, ended: bool) -> float:
    """Return the processor seconds that a start takes in a new process."""
    _hush()
    return asyncio.run(_start(count, histories, ended=ended))


def _hush() -> None:
    """Leave out the loader's warning of every custom integration."""
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)


async def _start(count: int, histories: Histories | None, *, ended: bool) -> float:
    """Return the processor seconds that a start takes, of all threads."""
    with tempfile.TemporaryDirectory() as folder, _moved_clock():
        async with house.running(Path(folder)) as hass:
            if histories:
                await histories.furnish(hass, count, ended=ended)
            gc.collect()
            begin = time.process_time()
            await _set_up_ours(hass, count)
            return time.process_time() - begin


async def memory(count: int, histories: Histories) -> tuple[float, float]:
    """Return the kB per device that a start leaves behind: ours, and all.

    Ours is what our code asked for; all is that and what Home Assistant keeps of
    our entities: registries, states, and their listeners.
    """
    with tempfile.TemporaryDirectory() as folder, _moved_clock():
        async with house.running(Path(folder)) as hass:
            await histories.furnish(hass, count)
            gc.collect()
            tracemalloc.start(10)
            await _set_up_ours(hass, count)
            gc.collect()
            taken = tracemalloc.take_snapshot()
            tracemalloc.stop()
    ours = sum(trace.size for trace in taken.traces if _is_ours(trace.traceback))
    everything = sum(trace.size for trace in taken.traces)
    return ours / 1024 / count, everything / 1024 / count


async def _set_up_ours(hass: HomeAssistant, count: int) -> None:
    """Set up the integration, and all that follows from it."""
    for number in range(count):
        house.Clock(NOW).tell(hass, number, 50)
    await _ours(hass, count)
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_entries(house.DOMAIN):
        if entry.state is not ConfigEntryState.LOADED:
            raise RuntimeError(f"The integration did not start: {entry.state}")


def _is_ours(traceback: tracemalloc.Traceback) -> bool:
    """Say whether our code asked for memory: the innermost that is no library's."""
    for frame in reversed(traceback):
        if f"/{house.DOMAIN}/" in frame.filename:
            return True
        if "/homeassistant/" in frame.filename:
            return False
    return False


async def main(count: int) -> None:
    """Print all tables."""
    _hush()
    past = house.Life(0, NOW).past()
    with tempfile.TemporaryDirectory() as folder:
        histories = Histories(Path(folder), NOW)
        print(f"{count} devices with 30 days of history each")
        bare = await loop_costs(count, histories)
        print(
            "\nDevices    start s   after a kill   empty   loop us per reading"
            "   longest ms   kB: ours     all"
        )
        for size in GROWTH:
            full, empty = start(size, histories, ended=True), start(size, None)
            killed = start(size, histories)
            cost, longest, _ = await loop_time(_ours, size, histories)
            ours, everything = await memory(size, histories)
            print(
                f"{size:7,} {full:10.2f} {killed:14.2f} {empty:7.2f}"
                f" {1e6 * (cost - bare):21.0f}"
                f" {1e3 * longest:12.1f} {ours:10.1f} {everything:7.1f}"
            )
    print("\nSamples/s      ours       bare    share")
    await throughput(past)


async def loop_costs(count: int, histories: Histories) -> float:
    """Print what a reading costs, and return what it costs Home Assistant anyway."""
    set_ups = {"nothing": _nothing, "trend helper": _trend, "power_scheduler": _ours}
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in set_ups}
    for _ in range(REPEATS):
        for name, set_up in set_ups.items():
            runs[name].append(await loop_time(set_up, count, histories))
    print("\nPer reading     loop us   beyond nothing   threads us   longest ms")
    medians = {}
    for name, costs in runs.items():
        loop, longest, threads = (median(cost) for cost in zip(*costs, strict=True))
        medians[name] = loop
        own = 1e6 * (loop - medians["nothing"])
        print(
            f"{name:15} {1e6 * loop:7.0f} {own:16.0f} {1e6 * threads:12.0f}"
            f" {1e3 * longest:12.1f}"
        )
    ours, trend = (
        medians[name] - medians["nothing"]
        for name in ("power_scheduler", "trend helper")
    )
    print(f"ours / trend helper: {ours / trend:.2f}")
    return medians["nothing"]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
